"""Closing an event's attendance: how much there is to wait for, and which devices still hold scans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.checkin.models import Closing, Correction, DoorDevice, Scan
from services.registration.signup.models import Event, Registration
from shared.contracts.agenda import EventClosed
from shared.contracts.registration import AttendanceClosed
from shared.contracts.registration import DoorDevice as ToldDevice
from shared.kit.clock import Clock, utc_now
from shared.kit.outbox import publish


def close_attendance(session: Session, message: EventClosed) -> None:
    """Tell how much there is to wait for. What comes later travels by itself and is counted anew there."""
    _tell(session, message.organisation_id, message.event_id, at_least=message.sequence)


def hear_of_device(session: Session, event: Event, name: str, held: int, *, now: Clock = utc_now) -> None:
    """A device at the door says how many scans it still holds; after closing that is told to whoever waits."""
    changes = _keep(session, event, name, held, now())
    if changes and session.get(Closing, event.id) is not None:
        _tell(session, event.organisation_id, event.id)


def _keep(session: Session, event: Event, name: str, held: int, moment: datetime) -> bool:
    """True where the device says something else than before."""
    before = session.get(DoorDevice, (event.id, name), with_for_update=True)
    facts = {"held": held, "seen_at": moment}
    row = insert(DoorDevice).values(
        event_id=event.id, name=name, organisation_id=event.organisation_id, **facts
    )
    keys = [DoorDevice.event_id, DoorDevice.name]
    known = before.held if before else 0
    session.execute(row.on_conflict_do_update(index_elements=keys, set_=facts))
    session.expire_all()
    return known != held


def _tell(session: Session, organisation_id: UUID, event_id: UUID, *, at_least: int = 1) -> None:
    def count(model: type[Scan] | type[Correction]) -> int:
        return session.scalar(select(func.count()).where(model.event_id == event_id)) or 0

    # First, since its row is the lock: whoever tells later has counted later.
    sequence = _next_sequence(session, organisation_id, event_id, at_least)
    told = select(func.count()).where(
        Registration.event_id == event_id, Registration.confirmed_at.is_not(None)
    )
    publish(
        session,
        AttendanceClosed(
            organisation_id=organisation_id,
            sequence=sequence,
            event_id=event_id,
            registrations=session.scalar(told) or 0,
            scans=count(Scan),
            corrections=count(Correction),
            devices=_devices(session, event_id),
        ),
    )


def _next_sequence(session: Session, organisation_id: UUID, event_id: UUID, at_least: int) -> int:
    first = insert(Closing).values(event_id=event_id, organisation_id=organisation_id, sequence=at_least)
    later = first.on_conflict_do_update(
        index_elements=[Closing.event_id], set_={"sequence": func.greatest(Closing.sequence + 1, at_least)}
    )
    return session.scalars(later.returning(Closing.sequence)).one()


def _devices(session: Session, event_id: UUID) -> tuple[ToldDevice, ...]:
    holding = select(DoorDevice).where(DoorDevice.event_id == event_id, DoorDevice.held > 0)
    return tuple(
        ToldDevice(name=each.name, held=each.held, seen_at=each.seen_at)
        for each in session.scalars(holding.order_by(DoorDevice.name))
    )
