"""The places of an event in the database: each change is one on the counter's one row.

That row is the lock: whoever signs up, cancels or changes the capacity takes it first, so what is read
afterwards in the same transaction cannot change any more. The rules are those of `waiting_list.py`.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session

from services.registration.signup import waiting_list
from services.registration.signup.models import PlaceCounter
from services.registration.signup.waiting_list import Outcome, Places
from shared.kit.database import table_of

_counters = table_of(PlaceCounter)
_of_event = _counters.c.event_id == bindparam("of_event")
HOLD = (
    select(_counters.c.capacity, _counters.c.taken, _counters.c.waiting, _counters.c.last_position)
    .where(_of_event)
    .with_for_update()
)
KEEP = update(_counters).where(_of_event)


@dataclass(frozen=True)
class Taken:
    """What a sign-up got."""

    outcome: Outcome
    position: int
    """Orders the waiting list."""
    place_in_list: int
    """From 1 on; 0 for somebody with a place."""


@dataclass
class Held:
    """The counter of an event whose lock the transaction holds."""

    places: Places
    last_position: int

    def take(self) -> Taken:
        """Take a place, or a position in the waiting list."""
        result = waiting_list.outcome(self.places)
        self.places = waiting_list.sign_up(self.places)
        self.last_position += 1
        return Taken(result, self.last_position, self.places.waiting)


def hold(session: Session, event_id: UUID) -> Held | None:
    """The counter as it is now, held until the transaction ends; None where the event has no settings yet."""
    row = session.execute(HOLD, {"of_event": event_id}).one_or_none()
    return Held(Places(row.capacity, row.taken, row.waiting), row.last_position) if row else None


def keep(session: Session, event_id: UUID, held: Held) -> None:
    """Write down what was taken."""
    numbers = {
        "taken": held.places.taken,
        "waiting": held.places.waiting,
        "last_position": held.last_position,
    }
    session.execute(KEEP, {"of_event": event_id, **numbers})


def lock(session: Session, event_id: UUID) -> PlaceCounter | None:
    """The counter's row, held likewise."""
    row = select(PlaceCounter).where(PlaceCounter.event_id == event_id).with_for_update()
    return session.scalars(row.execution_options(populate_existing=True)).one_or_none()


def give_back(session: Session, event_id: UUID) -> None:
    """Somebody with a place leaves: it is free, or goes to the first who waits (see `promote`)."""
    is_awaited = PlaceCounter.waiting > 0
    session.execute(
        update(PlaceCounter)
        .where(PlaceCounter.event_id == event_id)
        .values(
            taken=case((is_awaited, PlaceCounter.taken), else_=PlaceCounter.taken - 1),
            waiting=case((is_awaited, PlaceCounter.waiting - 1), else_=PlaceCounter.waiting),
        )
        .execution_options(synchronize_session=False)
    )


def stop_waiting(session: Session, event_id: UUID) -> None:
    session.execute(
        update(PlaceCounter)
        .where(PlaceCounter.event_id == event_id)
        .values(waiting=PlaceCounter.waiting - 1)
        .execution_options(synchronize_session=False)
    )


def places_of(session: Session, event_id: UUID) -> Places:
    """The numbers as they are at this moment, without a lock; all zero without settings."""
    row = session.execute(
        select(PlaceCounter.capacity, PlaceCounter.taken, PlaceCounter.waiting).where(
            PlaceCounter.event_id == event_id
        )
    ).one_or_none()
    return Places(row.capacity, row.taken, row.waiting) if row else Places(0)
