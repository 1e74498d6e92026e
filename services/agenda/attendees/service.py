"""Keeps the copy of confirmed attendees and of their arrivals."""

from typing import Any
from uuid import UUID

from sqlalchemy import distinct, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.agenda.attendees.models import Arrival, Attendee, StruckScan
from shared.contracts.registration import (
    AttendanceCorrected,
    CorrectionKind,
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
    """Exits and scans of cancelled tickets are no arrival."""
    if scan.direction is Direction.entry and scan.flag is None:
        _add(session, Arrival, entry_id=scan.scan_id, arrived_at=scan.scanned_at, **_whose(scan))


def note_correction(session: Session, correction: AttendanceCorrected) -> None:
    """An added stay is an arrival; a struck scan is none any more."""
    if correction.kind is CorrectionKind.strike_scan:
        facts = {"organisation_id": correction.organisation_id, "event_id": correction.event_id}
        _add(session, StruckScan, scan_id=correction.scan_id, **facts)
    else:
        _add(
            session,
            Arrival,
            entry_id=correction.correction_id,
            arrived_at=correction.entered_at,
            **_whose(correction),
        )


def _whose(message: ScanRecorded | AttendanceCorrected) -> dict[str, Any]:
    return message.model_dump(include={"organisation_id", "event_id", "registration_id"})


def _add(session: Session, model: type[Arrival | StruckScan], **values: object) -> None:
    session.execute(insert(model).values(**values).on_conflict_do_nothing())


def count_confirmed(session: Session, event_id: UUID) -> int:
    """How many people have a place."""
    confirmed = select(func.count()).where(Attendee.event_id == event_id, Attendee.is_confirmed)
    return session.scalar(confirmed) or 0


def count_arrived(session: Session, event_id: UUID) -> int:
    """How many of the confirmed attendees have come in."""
    is_struck = exists().where(StruckScan.scan_id == Arrival.entry_id)
    arrived = (
        select(func.count(distinct(Attendee.registration_id)))
        .join(Arrival, Arrival.registration_id == Attendee.registration_id)
        .where(Attendee.event_id == event_id, Attendee.is_confirmed, ~is_struck)
    )
    return session.scalar(arrived) or 0
