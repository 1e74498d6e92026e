"""What is known about a closed event: how much of it has arrived, and from when on confirmations go out."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.certificates.attendance.rule import MailingStart
from services.certificates.attendance.service import rules_of
from services.certificates.confirmations.models import GoAhead, Review
from services.certificates.confirmations.readiness import (
    Amounts,
    Closing,
    Device,
    Missing,
    Readiness,
    readiness,
)
from services.certificates.copies.models import (
    AttendanceTotals,
    Attendee,
    Correction,
    Event,
    ProgrammeRelease,
    Scan,
)
from shared.errors import Conflict


class EventNotClosed(Conflict):
    """This event is not closed yet."""


def readiness_of(session: Session, event: Event) -> Readiness:
    """Whether this closed event's confirmations may go out, and what is missing. Raises EventNotClosed."""
    return readiness(closing_of(session, event))


def closing_of(session: Session, event: Event) -> Closing:
    """What is known about a closed event, as `readiness` wants it. Raises EventNotClosed."""
    if event.closed_at is None:
        raise EventNotClosed
    rules = rules_of(session, event)
    totals = session.get(AttendanceTotals, event.event_id)
    review = session.get(Review, event.event_id)
    go_ahead = session.get(GoAhead, event.event_id)
    return Closing(
        closed_at=event.closed_at,
        has_programme=_has_programme(session, event),
        expected=Amounts(totals.registrations, totals.scans, totals.corrections) if totals else None,
        arrived=_arrived(session, event.event_id),
        start=MailingStart(rules.mailing_start),
        delay=timedelta(minutes=rules.mailing_delay_minutes),
        reviewed_at=review.reviewed_at if review else None,
        devices=_devices(totals),
        without=frozenset(map(Missing, go_ahead.without)) if go_ahead else frozenset(),
    )


def _devices(totals: AttendanceTotals | None) -> tuple[Device, ...]:
    """Who still holds scans, as far as registration has heard."""
    told = totals.devices if totals else []
    return tuple(
        Device(each["name"], each["held"], datetime.fromisoformat(each["seen_at"]))
        for each in told
        if each["held"] > 0
    )


def _has_programme(session: Session, event: Event) -> bool:
    if event.closed_release is None:
        return True
    return session.get(ProgrammeRelease, (event.event_id, event.closed_release)) is not None


def _arrived(session: Session, event_id: UUID) -> Amounts:
    def count(model: type[Attendee] | type[Scan] | type[Correction]) -> int:
        rows = select(func.count()).select_from(model).where(model.event_id == event_id)
        return session.scalar(rows) or 0

    return Amounts(count(Attendee), count(Scan), count(Correction))
