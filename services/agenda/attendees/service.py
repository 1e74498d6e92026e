"""Keeps the copy of confirmed attendees and of who came in and went out when."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import distinct, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.agenda.attendees.models import Arrival, Attendee, Departure, StruckScan
from shared.contracts.registration import (
    AttendanceCorrected,
    CorrectionKind,
    Direction,
    RegistrationFacts,
    RegistrationStatus,
    ScanRecorded,
)
from shared.kit.sorting import name_key

_FACTS = ("sequence", "is_confirmed", "name", "sort_key", "organisation", "category", "wishes")


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
        sort_key=name_key(registration.last_name, registration.first_name) if is_confirmed else "",
        organisation=registration.organisation if is_confirmed else "",
        category=registration.category if is_confirmed else "",
        wishes=registration.answers if is_confirmed else {},
    )
    changes = {name: row.excluded[name] for name in _FACTS}
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Attendee.registration_id],
            set_=changes,
            where=Attendee.sequence < row.excluded.sequence,
        )
    )


def note_scan(session: Session, scan: ScanRecorded) -> None:
    """Scans of cancelled tickets count for nothing."""
    if scan.flag is not None:
        return
    if scan.direction is Direction.entry:
        _add(session, Arrival, entry_id=scan.scan_id, arrived_at=scan.scanned_at, **_whose(scan))
    else:
        _add(session, Departure, exit_id=scan.scan_id, left_at=scan.scanned_at, **_whose(scan))


def note_correction(session: Session, correction: AttendanceCorrected) -> None:
    """An added stay is an arrival and a departure; a struck scan is none any more."""
    if correction.kind is CorrectionKind.strike_scan:
        facts = {"organisation_id": correction.organisation_id, "event_id": correction.event_id}
        _add(session, StruckScan, scan_id=correction.scan_id, **facts)
        return
    number, whose = correction.correction_id, _whose(correction)
    _add(session, Arrival, entry_id=number, arrived_at=correction.entered_at, **whose)
    _add(session, Departure, exit_id=number, left_at=correction.left_at, **whose)


def _whose(message: ScanRecorded | AttendanceCorrected) -> dict[str, Any]:
    return message.model_dump(include={"organisation_id", "event_id", "registration_id"})


def _add(session: Session, model: type[Arrival | Departure | StruckScan], **values: object) -> None:
    session.execute(insert(model).values(**values).on_conflict_do_nothing())


def list_confirmed(
    session: Session, event_id: UUID, *, among: Collection[UUID] | None = None
) -> Sequence[Attendee]:
    """Everybody who has a place (or those among these registrations who have), by name."""
    confirmed = select(Attendee).where(Attendee.event_id == event_id, Attendee.is_confirmed)
    if among is not None:
        confirmed = confirmed.where(Attendee.registration_id.in_(among))
    return session.scalars(confirmed.order_by(Attendee.sort_key, Attendee.registration_id)).all()


def passages(session: Session, event_id: UUID) -> list[tuple[datetime, UUID, bool]]:
    """Who went through the door when, in the order of time, and whether inwards; struck scans are left out."""
    struck = set(session.scalars(select(StruckScan.scan_id).where(StruckScan.event_id == event_id)))
    ins = select(Arrival.arrived_at, Arrival.registration_id, Arrival.entry_id)
    outs = select(Departure.left_at, Departure.registration_id, Departure.exit_id)
    found = [
        (when, person, is_inwards)
        for is_inwards, rows in (
            (True, ins.where(Arrival.event_id == event_id)),
            (False, outs.where(Departure.event_id == event_id)),
        )
        for when, person, scan in session.execute(rows)
        if scan not in struck
    ]
    # At one instant an entry comes before an exit.
    return sorted(found, key=lambda passage: (passage[0], not passage[2]))


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
