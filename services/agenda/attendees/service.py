"""Keeps the copy of confirmed attendees and of their arrivals."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.agenda.attendees.models import Arrival, Attendee
from shared.contracts.registration import (
    Direction,
    RegistrationFacts,
    RegistrationStatus,
    ScanRecorded,
)


def note(session: Session, registration: RegistrationFacts) -> None:
    """Take over a registration's state, unless a later one is known already."""
    is_confirmed = registration.status is RegistrationStatus.confirmed
    row = insert(Attendee).values(
        registration_id=registration.registration_id,
        organisation_id=registration.organisation_id,
        event_id=registration.event_id,
        sequence=registration.sequence,
        is_confirmed=is_confirmed,
        name=f"{registration.first_name} {registration.last_name}".strip() if is_confirmed else "",
        organisation=registration.organisation if is_confirmed else "",
        wishes=registration.answers if is_confirmed else {},
    )
    changes = {
        name: row.excluded[name] for name in ("sequence", "is_confirmed", "name", "organisation", "wishes")
    }
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Attendee.registration_id],
            set_=changes,
            where=Attendee.sequence < row.excluded.sequence,
        )
    )


def note_arrival(session: Session, scan: ScanRecorded) -> None:
    """Remember the earliest entry; exits and scans of cancelled tickets are no arrival."""
    if scan.direction is not Direction.entry or scan.flag is not None:
        return
    row = insert(Arrival).values(
        registration_id=scan.registration_id,
        organisation_id=scan.organisation_id,
        event_id=scan.event_id,
        arrived_at=scan.scanned_at,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Arrival.registration_id],
            set_={"arrived_at": func.least(Arrival.arrived_at, row.excluded.arrived_at)},
        )
    )


def count_confirmed(session: Session, event_id: UUID) -> int:
    confirmed = select(func.count()).where(Attendee.event_id == event_id, Attendee.is_confirmed)
    return session.scalar(confirmed) or 0


def count_arrived(session: Session, event_id: UUID) -> int:
    """How many of the confirmed attendees have come in."""
    arrived = (
        select(func.count())
        .select_from(Attendee)
        .join(Arrival, Arrival.registration_id == Attendee.registration_id)
        .where(Attendee.event_id == event_id, Attendee.is_confirmed)
    )
    return session.scalar(arrived) or 0
