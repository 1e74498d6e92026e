"""What organisers see of an event's papers: gathered from the other features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services.certificates.attendance.rule import Verdict
from services.certificates.attendance.service import (
    EventAttendance,
    Participation,
    Totals,
    attendance_of,
    hold_rules,
    totals_of,
)
from services.certificates.confirmations.checks import HeldUp, count_waiting, held_up
from services.certificates.confirmations.closing import closing_of
from services.certificates.confirmations.models import Confirmation, Review
from services.certificates.confirmations.readiness import (
    Closing,
    Readiness,
    is_overdue,
    may_do_without,
    readiness,
)
from services.certificates.confirmations.service import (
    count_valid,
    issued_to,
    unprintable_people,
)
from services.certificates.copies.models import Attendee, Event
from services.certificates.runs.problems import not_made
from services.certificates.tickets.models import Ticket
from shared.errors import Stale
from shared.kit.clock import Clock, utc_now


@dataclass(frozen=True)
class Person:
    """One line of the attendance page."""

    participation: Participation
    is_due: bool
    confirmations: Sequence[Confirmation]
    problem: str | None


@dataclass(frozen=True)
class Confirmations:
    """How far an event's confirmations are. `readiness` is None until the event is closed."""

    readiness: Readiness | None
    closing: Closing | None
    is_overdue: bool
    may_do_without: bool
    has_started: bool
    review: Review | None
    issued: int
    waiting: int
    held_up: Sequence[HeldUp]

    @property
    def wants_review(self) -> bool:
        """Whether the organiser's word would change anything."""
        return self.readiness is not None and self.review is None


@dataclass(frozen=True)
class AttendancePage:
    """Everything about who was there and who gets a confirmation: the totals, and some of the people.

    `stuck` counts who is due and cannot be printed or mailed.
    """

    is_one_day: bool
    programme_minutes: int
    totals: Totals
    stuck: int
    people: Sequence[Person]
    confirmations: Confirmations


def attendance_page(
    session: Session, event: Event, shown: Sequence[UUID], *, now: Clock = utc_now
) -> AttendancePage:
    """What the attendance page shows, with these of the people."""
    attendance = attendance_of(session, event)
    stuck = unprintable_people(session, event.event_id)
    return AttendancePage(
        is_one_day=event.ends_at - event.starts_at < timedelta(days=1),
        programme_minutes=attendance.programme.seconds // 60,
        totals=totals_of(attendance),
        stuck=sum(person.attendee.registration_id in stuck for person in attendance.people),
        people=_people(session, attendance, shown, stuck),
        confirmations=_confirmations(session, event, now()),
    )


def _people(
    session: Session, attendance: EventAttendance, shown: Sequence[UUID], stuck: Mapping[UUID, str]
) -> list[Person]:
    participations = {person.attendee.registration_id: person for person in attendance.people}
    issued = issued_to(session, shown)
    return [
        Person(
            participation=participations[registration_id],
            is_due=participations[registration_id].verdict is Verdict.DUE,
            confirmations=list(issued[registration_id].values()),
            problem=stuck.get(registration_id),
        )
        for registration_id in shown
        # Who has cancelled between the two questions is not shown.
        if registration_id in participations
    ]


def _confirmations(session: Session, event: Event, now: datetime) -> Confirmations:
    is_closed = event.state == "closed" and event.closed_at is not None
    closing = closing_of(session, event) if is_closed else None
    state = readiness(closing) if closing else None
    return Confirmations(
        readiness=state,
        closing=closing,
        is_overdue=closing is not None and is_overdue(closing, now),
        may_do_without=bool(closing and may_do_without(closing, now)),
        has_started=state is not None and state.has_come(now),
        review=session.get(Review, event.event_id),
        issued=count_valid(session, event.event_id),
        waiting=count_waiting(session, event.event_id),
        held_up=held_up(session, event.event_id),
    )


def tickets_with_problems(session: Session, event_id: UUID) -> list[tuple[Attendee, list[dict[str, Any]]]]:
    """Whose tickets could not be made or mailed, or were mailed with something left out."""
    is_incomplete = and_(Ticket.cancelled_at.is_(None), Ticket.problems != [])
    pairs = (
        select(Attendee, Ticket.problems)
        .outerjoin(Ticket, and_(Ticket.registration_id == Attendee.registration_id, is_incomplete))
        .where(Attendee.event_id == event_id, or_(is_incomplete, Attendee.ticket_failures > 0))
        .order_by(Attendee.sort_key, Attendee.registration_id)
    )
    return [
        (attendee, _problems(attendee, of_ticket or [])) for attendee, of_ticket in session.execute(pairs)
    ]


def _problems(attendee: Attendee, of_ticket: list[dict[str, Any]]) -> list[dict[str, Any]]:
    failed = [not_made(attendee.registration_id, attendee.name)] if attendee.ticket_failures else []
    return [*failed, *of_ticket]


def must_be_version(session: Session, event: Event, version: str) -> None:
    """A form is the answer to the rules that it showed; from now on they wait for it. Raises Stale."""
    if str(hold_rules(session, event).version) != version:
        raise Stale
