"""Sessions and plans as the API and the pages show them."""

from collections.abc import Mapping
from uuid import UUID

from services.agenda.networking.models import Plan
from services.agenda.networking.plans import rows_of, tables_of
from services.agenda.networking.report import Report
from services.agenda.networking.schemas import (
    ClockAnswer,
    MetAnswer,
    OrganisationsAnswer,
    PlanAnswer,
    ReportAnswer,
    Seated,
    SessionAnswer,
)
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.instances import AWAY


def session_answer(meeting: Meeting) -> SessionAnswer:
    rules = meeting.rules
    return SessionAnswer(
        session=meeting.row.key,
        title=meeting.row.title,
        starts_at=meeting.row.starts_at,
        rounds=meeting.rounds if meeting.row.networking else 0,
        format=rules.format or "",
        organisations=rules.organisations or "",
        edition=meeting.settings.edition,
        round=meeting.settings.round,
        rules=rules,
    )


def plan_answer(plan: Plan, *, already_asked: bool = False, with_seats: bool = False) -> PlanAnswer:
    return PlanAnswer(
        number=plan.number,
        state=plan.state,
        already_asked=already_asked,
        edition=plan.edition,
        replans=plan.replans,
        progress=progress_of(plan),
        seconds=plan.seconds,
        seconds_taken=plan.seconds_taken or 0.0,
        requested_at=plan.requested_at,
        finished_at=plan.finished_at,
        published_at=plan.published_at,
        reason=plan.reason,
        figures=plan.figures,
        people=len(plan.people),
        version=plan.version,
        seats=seats_of(plan) if with_seats and rows_of(plan) else None,
    )


def progress_of(plan: Plan) -> float:
    """The part of the time that has been searched; 1 when no search goes on."""
    if plan.finished_at is not None:
        return 1.0
    return round(min(1.0, (plan.seconds_taken or 0.0) / plan.seconds), 2)


def seats_of(plan: Plan) -> list[Seated]:
    """Everybody's way by the tables' keys, in the order of the plan's people."""
    keys = [table.key for table in tables_of(plan)]
    return [
        Seated(
            person=UUID(person),
            tables=[None if row[number] == AWAY else keys[row[number]] for row in rows_of(plan)],
        )
        for number, person in enumerate(plan.people)
    ]


def clock_answer(meeting: Meeting) -> ClockAnswer:
    settings = meeting.settings
    return ClockAnswer(
        round=settings.round,
        rounds=meeting.rounds,
        is_held=settings.seconds_left is not None,
        ends_at=settings.round_ends_at,
        seconds_left=settings.seconds_left,
        edition=settings.edition,
    )


def report_answer(report: Report, names: Mapping[UUID, str]) -> ReportAnswer:
    named = sorted(
        (MetAnswer(name=names[person], met=count) for person, count in report.met.items() if person in names),
        key=lambda one: (-one.met, one.name),
    )
    return ReportAnswer(
        people=report.people,
        meetings=report.meetings,
        pairs=report.pairs,
        share_of_all_pairs=round(report.share_of_all_pairs, 4),
        fewest=report.fewest,
        median=report.median,
        most=report.most,
        organisations=[
            OrganisationsAnswer(first=one.first, second=one.second, pairs=one.pairs)
            for one in report.organisations
        ],
        named=named,
    )
