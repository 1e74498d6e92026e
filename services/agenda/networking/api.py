"""Networking sessions, their rules and plans, for programs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.agenda.events.models import Event
from services.agenda.networking import day, edits, plans, publishing, service, stand_ins
from services.agenda.networking.answers import clock_answer, plan_answer, report_answer, session_answer
from services.agenda.networking.forms import version_of
from services.agenda.networking.models import Plan
from services.agenda.networking.rules import Absence, Rules
from services.agenda.networking.schemas import (
    AwayOrder,
    BackOrder,
    ClockAnswer,
    ClockOrder,
    EditAnswer,
    EditOrder,
    PlanAnswer,
    PlanOrder,
    PublishOrder,
    ReportAnswer,
    SessionAnswer,
    StandInOrder,
)
from services.agenda.networking.service import Meeting
from services.agenda.networking.shown import report
from services.agenda.web import EventToChange, EventToRead, PlanNumber, Route, tag
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db, OnceForToken
from shared.kit.web.idempotency import IdempotentRoute

PREFIX = "/agenda/api/v1/events/{event}/networking"

router = APIRouter(prefix=PREFIX, tags=["networking"], route_class=Route)


# Their tag names the rules alone, and the answer shows the day's round too: no reader has seen it by the tag.
rules_router = APIRouter(prefix=PREFIX, tags=["networking"], route_class=IdempotentRoute)
report_router = APIRouter(
    prefix="/agenda/api/v1/events/{event}/networking-report", tags=["networking"], route_class=Route
)


@report_router.get("")
def get_report(event: EventToRead, session: Db) -> ReportAnswer:
    """Who met whom by the published plans; who was not inside by the door's scans is not counted."""
    return report_answer(*report(session, event))


def meeting_to_read(key: str, event: EventToRead, session: Db) -> Meeting:
    return service.find_meeting(session, event, key)


def meeting_to_change(key: str, event: EventToChange, session: Db) -> Meeting:
    return service.find_meeting(session, event, key)


MeetingToRead = Annotated[Meeting, Depends(meeting_to_read, scope="function")]
MeetingToChange = Annotated[Meeting, Depends(meeting_to_change, scope="function")]


def plan_to_read(number: PlanNumber, meeting: MeetingToRead, session: Db) -> Plan:
    return plans.find_plan(session, meeting, number)


def plan_to_change(number: PlanNumber, meeting: MeetingToChange, session: Db) -> Plan:
    return plans.find_plan(session, meeting, number)


PlanToRead = Annotated[Plan, Depends(plan_to_read, scope="function")]
PlanToChange = Annotated[Plan, Depends(plan_to_change, scope="function")]


def rules_etag(meeting: Meeting) -> str:
    """Of the rules alone, and the session they are for: the clock and publications leave it as it is."""
    return etag_of(meeting.row.id, version_of(meeting.settings.rules), meeting.row.version)


def plan_etag(plan: Plan) -> str:
    return etag_of(plan.id, plan.version, plan.state, plan.seconds_taken)


def place(event: Event, key: str, number: int) -> str:
    return f"{PREFIX.format(event=event.id)}/{key}/plans/{number}"


@router.get("")
def list_sessions(event: EventToRead, session: Db) -> Sequence[SessionAnswer]:
    """The sessions in which people meet in rounds, by their beginning."""
    return [session_answer(meeting) for meeting in service.meetings_of(session, event)]


@rules_router.get("/{key}/rules")
def get_rules(meeting: MeetingToRead, response: Response) -> SessionAnswer:
    tag(response, rules_etag(meeting))
    return session_answer(meeting)


@rules_router.put("/{key}/rules")
def replace_rules(
    meeting: MeetingToChange, rules: Rules, request: Request, session: Db, response: Response
) -> SessionAnswer:
    """Say how people meet; drafts that were made before stay as they are."""
    must_match(request, rules_etag(meeting))
    service.set_rules(session, meeting, rules)
    tag(response, rules_etag(meeting))
    return session_answer(meeting)


@router.post("/{key}/plans", status_code=202, dependencies=[OnceForToken])
def order_plan(
    meeting: MeetingToChange, session: Db, response: Response, wanted: PlanOrder | None = None
) -> PlanAnswer:
    """Ask for a plan. While one is under way no second is begun: the answer is that one, and says so."""
    plan, is_known = plans.order(session, meeting, wanted or PlanOrder())
    response.headers["Location"] = place(meeting.event, meeting.row.key, plan.number)
    return plan_answer(plan, already_asked=is_known)


@router.get("/{key}/plans")
def list_plans(meeting: MeetingToRead, session: Db) -> Sequence[PlanAnswer]:
    """The session's plans with their figures, the newest first."""
    return [plan_answer(plan) for plan in plans.plans_of(session, meeting)]


@router.get("/{key}/plans/{number}")
def get_plan(plan: PlanToRead, response: Response) -> PlanAnswer:
    tag(response, plan_etag(plan))
    return plan_answer(plan, with_seats=True)


@router.delete("/{key}/plans/{number}", status_code=204)
def remove_plan(plan: PlanToChange, request: Request, session: Db) -> None:
    """Throw away a draft, or stop a search."""
    must_match(request, plan_etag(plan))
    plans.remove(session, plan)


@router.post("/{key}/plans/{number}/edits", dependencies=[OnceForToken])
def edit_plan(meeting: MeetingToChange, plan: PlanToChange, wanted: EditOrder, session: Db) -> EditAnswer:
    """Move somebody by hand. A change that breaks a hard rule is refused with the rule's name."""
    return edits.edit(session, meeting, plan, wanted)


@router.post("/{key}/plans/{number}/publish")
def publish_plan(
    meeting: MeetingToChange, plan: PlanToChange, session: Db, wanted: PublishOrder | None = None
) -> PlanAnswer:
    """Show the plan to people, and tell everybody whose way is new; later too, if it was published without mails."""
    mails = wanted.mails if wanted else True
    return plan_answer(publishing.publish(session, meeting, plan, mails=mails))


@router.post("/{key}/away", status_code=204)
def mark_away(meeting: MeetingToChange, wanted: AwayOrder, session: Db) -> None:
    """Somebody does not come, comes late or leaves; the next plan knows it."""
    day.mark_away(session, meeting, Absence.model_validate(wanted.model_dump()))


@router.post("/{key}/back", status_code=204)
def mark_back(meeting: MeetingToChange, wanted: BackOrder, session: Db) -> None:
    """Somebody is there after all."""
    day.mark_back(session, meeting, wanted.person)


@router.post("/{key}/stand-ins", dependencies=[OnceForToken])
def stand_in(meeting: MeetingToChange, wanted: StandInOrder, session: Db) -> PlanAnswer:
    """A newcomer takes the printed way of somebody who did not come; the plan is published at once."""
    return plan_answer(stand_ins.stand_in(session, meeting, wanted))


@router.get("/{key}/clock")
def get_clock(meeting: MeetingToRead) -> ClockAnswer:
    return clock_answer(meeting)


@router.post("/{key}/clock", dependencies=[OnceForToken])
def turn_clock(meeting: MeetingToChange, wanted: ClockOrder, session: Db) -> ClockAnswer:
    """Begin, hold, resume, end or take back a round. Rounds that have begun never change any more."""
    day.turn_clock(session, meeting, wanted)
    return clock_answer(meeting)
