"""Plans: ordered, found, thrown away. `searching` finds their seats."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from services.agenda.events import service as events
from services.agenda.networking.brief import Published, Table
from services.agenda.networking.models import UNDER_WAY, Plan, State
from services.agenda.networking.people import participants
from services.agenda.networking.problem import Problem, make_problem
from services.agenda.networking.schemas import PlanOrder, Replan
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.instances import AWAY
from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id


class PlanNotFound(NotFound):
    """There is no such plan."""


class NothingPublished(Conflict):
    """No plan of this session is published yet."""


class RoundHasPassed(Conflict):
    """Round {round} has begun already, and what has passed does not change."""


class IsUnderWay(Conflict):
    """Plan {number} is still being searched. Please wait for it, or throw it away, and ask again."""


class PlanIsShown(Conflict):
    """People have this plan. It stays, so that their way can be explained."""


def order(
    session: Session, meeting: Meeting, wanted: PlanOrder, *, now: Clock = utc_now
) -> tuple[Plan, bool]:
    """A plan that is searched within `wanted.seconds`, and whether it was asked for before and is under way.

    Raises what stands in `impossible`, NothingPublished and RoundHasPassed.
    """
    events.must_be_open(meeting.event)
    under_way = _under_way(session, meeting)
    if under_way is not None:
        return under_way, True
    published = find_published(session, meeting) if wanted.replan else None
    frozen = _frozen(meeting, wanted) if published else 0
    problem = _problem(session, meeting, wanted, published, frozen, wanted.as_of or now())
    plan = new_plan(session, meeting, problem, now=now)
    plan.state, plan.seconds, plan.seed = State.queued, wanted.seconds, wanted.seed
    plan.replans = published.number if published else None
    session.flush()
    return plan, False


def new_plan(session: Session, meeting: Meeting, problem: Problem, *, now: Clock = utc_now) -> Plan:
    """The session's next plan, as a draft without a seating."""
    plan = Plan(
        id=new_id(),
        organisation_id=meeting.event.organisation_id,
        event_id=meeting.event.id,
        session_id=meeting.row.id,
        number=_next_number(session, meeting),
        state=State.draft,
        people=[str(person) for person in problem.people],
        tables=[asdict(table) for table in problem.tables],
        problem=problem.document,
        units=problem.units,
        seconds=PlanOrder().seconds,
        requested_at=now(),
        version=1,
    )
    session.add(plan)
    return plan


def _under_way(session: Session, meeting: Meeting) -> Plan | None:
    waiting = select(Plan).where(Plan.session_id == meeting.row.id, Plan.state.in_(UNDER_WAY))
    return session.scalars(waiting).first()


def _next_number(session: Session, meeting: Meeting) -> int:
    """Whoever orders holds the event's row, so that no two plans get one number."""
    latest = session.scalar(select(func.max(Plan.number)).where(Plan.session_id == meeting.row.id))
    return (latest or 0) + 1


def _frozen(meeting: Meeting, wanted: PlanOrder) -> int:
    """How many rounds stay as they are."""
    passed = meeting.settings.round
    first = wanted.from_round or passed + 1
    if first <= passed:
        raise RoundHasPassed(round=first)
    return min(first - 1, meeting.rounds)


def _problem(
    session: Session,
    meeting: Meeting,
    wanted: PlanOrder,
    published: Plan | None,
    frozen: int,
    as_of: datetime,
) -> Problem:
    known = [UUID(person) for person in published.people] if published else []
    people = participants(session, meeting, wanted.people, as_of=as_of, known=known, frozen=frozen)
    before = (
        as_published(published, frozen, keeps=wanted.replan is Replan.fewest_changes) if published else None
    )
    return make_problem(
        meeting.format, meeting.rules, meeting.rounds, meeting.tables, people, published=before
    )


def as_published(plan: Plan, frozen: int, *, keeps: bool) -> Published:
    """The plan that people have, as the next problem begins with it."""
    people, keys = [UUID(person) for person in plan.people], [table["key"] for table in plan.tables]
    rows = [
        {person: keys[table] for person, table in zip(people, row, strict=True) if table != AWAY}
        for row in rows_of(plan)
    ]
    return Published(
        rows,
        frozen,
        pins=[(r, people[p], keys[t]) for r, p, t in plan.problem.get("edited", ())],
        units=[[people[p] for p in unit] for unit in plan.units] if plan.units else None,
        keeps_company=keeps,
    )


def rows_of(plan: Plan) -> list[list[int]]:
    """The seating, round by round; empty while there is none."""
    return plan.rows or []


def absences_of(plan: Plan) -> set[tuple[int, int]]:
    """Which people (numbers into `plan.people`) are away in which rounds, from 0; the problem's spans are half open."""
    return {
        (person, number)
        for person, first, end in plan.problem.get("absent", ())
        for number in range(first, end)
    }


def tables_of(plan: Plan) -> list[Table]:
    return [Table(**table) for table in plan.tables]


def plans_of(session: Session, meeting: Meeting) -> Sequence[Plan]:
    """The newest first; what fills pages of each is only read where somebody asks for it."""
    mine = select(Plan).where(Plan.session_id == meeting.row.id).order_by(Plan.number.desc())
    return session.scalars(
        mine.options(*map(defer, (Plan.problem, Plan.rows, Plan.tables, Plan.units)))
    ).all()


def find_plan(session: Session, meeting: Meeting, number: int) -> Plan:
    """Raises PlanNotFound."""
    plan = session.scalar(select(Plan).where(Plan.session_id == meeting.row.id, Plan.number == number))
    if plan is None:
        raise PlanNotFound
    return plan


def published_plan(session: Session, session_id: UUID) -> Plan | None:
    """What people have now; None before the first publication."""
    shown = select(Plan).where(Plan.session_id == session_id, Plan.state == State.published)
    return session.scalar(shown)


def published_plans(session: Session, event_id: UUID) -> dict[UUID, Plan]:
    """What people have now of each session (its id) of an event."""
    shown = select(Plan).where(Plan.event_id == event_id, Plan.state == State.published)
    return {plan.session_id: plan for plan in session.scalars(shown)}


def find_published(session: Session, meeting: Meeting) -> Plan:
    """Raises NothingPublished."""
    plan = published_plan(session, meeting.row.id)
    if plan is None:
        raise NothingPublished
    return plan


def remove(session: Session, plan: Plan) -> None:
    """Throw away a draft, or stop a search. Raises PlanIsShown."""
    if plan.edition is not None:
        raise PlanIsShown
    session.delete(plan)
    session.flush()
