"""Publishing a plan: people see it from now on, and the other services hear of everybody's way."""

from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.events import service as events
from services.agenda.networking.models import Plan, State
from services.agenda.networking.plans import RoundHasPassed, as_published, published_plan, rows_of, tables_of
from services.agenda.networking.service import Meeting, keep
from shared.contracts.agenda import NetworkingPlanPublished, NetworkingRound
from shared.errors import Conflict
from shared.kit.clock import Clock, utc_now
from shared.kit.outbox import publish as tell


class NotPublishable(Conflict):
    """Only a draft can be published."""


class PlanFitsNoLonger(Conflict):
    """The session has other rounds now than when this plan was made. Please make a new one."""


def publish(
    session: Session, meeting: Meeting, plan: Plan, *, mails: bool = True, now: Clock = utc_now
) -> Plan:
    """Show a draft to people. Publishing it twice changes nothing, unless there is something to tell.

    That is a session that has moved, or `mails` about a plan that was published without: whoever has had no mail
    about the own way, as it is now, gets one.

    Raises NotPublishable, PlanFitsNoLonger and RoundHasPassed for a draft that changes a round that has begun.
    """
    events.must_be_open(meeting.event)
    is_told = plan.is_told_by_mail or not mails
    if plan.state == State.published and is_told and not has_moved(meeting, plan):
        return plan
    if plan.state not in (State.draft, State.published) or not rows_of(plan):
        raise NotPublishable
    if len(rows_of(plan)) != meeting.rounds:
        raise PlanFitsNoLonger
    if plan.state == State.draft:
        _replace_published(session, meeting, plan)
    meeting.settings.edition += 1
    plan.state, plan.edition, plan.published_at = State.published, meeting.settings.edition, now()
    plan.told = {**_whereabouts(meeting), "mails": mails}
    plan.version += 1
    keep(session, meeting)
    tell(session, _message(meeting, plan, mails=mails))
    return plan


def has_moved(meeting: Meeting, plan: Plan) -> bool:
    """The session has another room or other times than people were told with this plan."""
    return plan.told is not None and not _whereabouts(meeting).items() <= plan.told.items()


def _whereabouts(meeting: Meeting) -> dict[str, Any]:
    room = meeting.row.room.name if meeting.row.room else None
    instants = [[moment.astimezone(UTC).isoformat() for moment in times] for times in meeting.times()]
    return {"room": room, "rounds": instants}


def _replace_published(session: Session, meeting: Meeting, plan: Plan) -> None:
    shown = published_plan(session, meeting.row.id)
    _keep_past(meeting, shown, plan)
    if shown is not None:
        shown.state = State.replaced
        # One plan of a session is published at a time, in every instant of the transaction.
        session.flush()


def _keep_past(meeting: Meeting, shown: Plan | None, plan: Plan) -> None:
    """A round that has begun goes on as people have it."""
    passed = meeting.settings.round
    if shown is None or not passed:
        return
    before, after = (as_published(each, 0, keeps=True).rows for each in (shown, plan))
    for number in range(passed):
        if before[number] != after[number]:
            raise RoundHasPassed(round=number + 1)


def _message(meeting: Meeting, plan: Plan, *, mails: bool) -> NetworkingPlanPublished:
    rows = rows_of(plan)
    return NetworkingPlanPublished(
        organisation_id=plan.organisation_id,
        sequence=meeting.settings.edition,
        event_id=plan.event_id,
        session_id=plan.session_id,
        title=meeting.row.title,
        room=meeting.row.room.name if meeting.row.room else None,
        rounds=tuple(NetworkingRound(starts_at=begin, ends_at=end) for begin, end in meeting.times()),
        tables=tuple(table.title for table in tables_of(plan)),
        ways={UUID(person): tuple(row[number] for row in rows) for number, person in enumerate(plan.people)},
        mails=mails,
        has_stations=plan.has_stations,
    )
