"""The places of an event in the database: each change is one statement on the counter's one row.

That row is the lock: whoever signs up, cancels or changes the capacity takes it first, so what is read
afterwards in the same transaction cannot change any more. The rules are those of `waiting_list.py`.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, and_, case, cast, not_, select, update
from sqlalchemy.orm import Session

from services.registration.signup.models import PlaceCounter
from services.registration.signup.waiting_list import Outcome, Places


@dataclass(frozen=True)
class Taken:
    """What a sign-up got, and the position that orders the waiting list."""

    outcome: Outcome
    position: int


def take(session: Session, event_id: UUID) -> Taken | None:
    """Take a place, or a position in the waiting list; None where the event has no settings yet."""
    has_place = and_(PlaceCounter.waiting == 0, PlaceCounter.taken < PlaceCounter.capacity)
    row = session.execute(
        update(PlaceCounter)
        .where(PlaceCounter.event_id == event_id)
        .values(
            taken=PlaceCounter.taken + cast(has_place, Integer),
            waiting=PlaceCounter.waiting + cast(not_(has_place), Integer),
            last_position=PlaceCounter.last_position + 1,
        )
        .returning(PlaceCounter.waiting, PlaceCounter.last_position)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    # Whoever has a place found nobody waiting, and whoever waits is one of those who wait now.
    return row and Taken("confirmed" if row.waiting == 0 else "waiting", row.last_position)


def untake(session: Session, event_id: UUID, taken: Taken) -> None:
    """As if `take` had not been, in the same transaction: its lock kept everybody else from what it took.

    A savepoint would do the same and cost each sign-up that is not refused two statements.
    """
    had_place = taken.outcome == "confirmed"
    session.execute(
        update(PlaceCounter)
        .where(PlaceCounter.event_id == event_id)
        .values(
            taken=PlaceCounter.taken - int(had_place),
            waiting=PlaceCounter.waiting - int(not had_place),
            last_position=PlaceCounter.last_position - 1,
        )
        .execution_options(synchronize_session=False)
    )


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


def lock(session: Session, event_id: UUID) -> PlaceCounter | None:
    """The counter as it is now, held until the transaction ends."""
    row = select(PlaceCounter).where(PlaceCounter.event_id == event_id).with_for_update()
    return session.scalars(row.execution_options(populate_existing=True)).one_or_none()


def places_of(session: Session, event_id: UUID) -> Places:
    """The numbers as they are at this moment, without a lock; all zero without settings."""
    row = session.execute(
        select(PlaceCounter.capacity, PlaceCounter.taken, PlaceCounter.waiting).where(
            PlaceCounter.event_id == event_id
        )
    ).one_or_none()
    return Places(row.capacity, row.taken, row.waiting) if row else Places(0)
