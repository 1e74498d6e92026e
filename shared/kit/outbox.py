"""The outbox: facts are written down in the transaction that makes them true.

PostgreSQL is the truth and the broker a doorbell that may forget: a row is done when its consumer
has acknowledged it, not when it was sent. The relay sends what is due, again and again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, delete, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.contracts.messages import Message, seal
from shared.kit.clock import Clock, utc_now
from shared.kit.database import KitBase, insert_rows, new_id

# A consumer that runs acknowledges within a second; ten leave room for a restart without a
# second copy of everything.
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=10)
# 10 s, 20 s, 40 s … 10 min: the twelfth attempt comes about an hour after the first. What has
# failed for that long needs a person.
MOST_ATTEMPTS = 12
# Erasing a person must leave no copy in delivered messages, so they go soon.
KEEP_DELIVERED = timedelta(hours=1)
# Long enough for somebody to look after a season of events, not a store of people's data.
KEEP_PARKED = timedelta(days=90)


RING = "SELECT pg_notify('relay_' || current_schema(), '')"


class OutboxMessage(KitBase):
    """A message to one consumer."""

    __tablename__ = "outbox"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    aggregate: Mapped[str]
    subject: Mapped[UUID]
    sequence: Mapped[int]
    envelope: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_outbox_due", "due_at", postgresql_where=text("acknowledged_at IS NULL AND parked_at IS NULL")
        ),
        Index("ix_outbox_acknowledged_at", "acknowledged_at"),
    )


def publish(session: Session, *messages: Message, now: Clock = utc_now) -> None:
    """Write messages to the outbox, one row for each consumer, in the caller's transaction."""
    if messages:
        rows = [row for message in messages for row in _rows(message, now())]
        insert_rows(session, OutboxMessage, rows, then=RING)


def ring(session: Session) -> None:
    """Wake this service's relay when the transaction commits (PostgreSQL sends equal ones once)."""
    session.execute(text(RING))


def _rows(message: Message, now: datetime) -> list[dict[str, Any]]:
    message_id = new_id()
    return [
        {
            "message_id": message_id,
            "consumer": consumer.value,
            "name": message.name,
            "aggregate": message.aggregate,
            "subject": message.subject,
            "sequence": message.sequence,
            "envelope": seal(message, message_id=message_id, time=now, consumer=consumer).model_dump(
                mode="json"
            ),
            "created_at": now,
            "attempts": 0,
            "due_at": now,
        }
        for consumer in message.consumers
    ]


def take_due(session: Session, *, limit: int = 200, now: Clock = utc_now) -> Sequence[OutboxMessage]:
    """Lock messages that are due for sending, oldest first; two relays never get the same row."""
    due = (
        select(OutboxMessage)
        .where(
            OutboxMessage.acknowledged_at.is_(None),
            OutboxMessage.parked_at.is_(None),
            OutboxMessage.due_at <= now(),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.message_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(due).all()


def mark_sent(message: OutboxMessage, *, now: Clock = utc_now) -> None:
    """Count an attempt and set the moment of the next one."""
    message.due_at = now() + min(FIRST_PAUSE * 2**message.attempts, LONGEST_PAUSE)
    message.attempts += 1


def is_exhausted(message: OutboxMessage) -> bool:
    return message.attempts >= MOST_ATTEMPTS


def park(message: OutboxMessage, *, now: Clock = utc_now) -> None:
    """Send this one no more until somebody says so."""
    message.parked_at = now()


def acknowledge(
    session: Session, consumer: str, message_ids: Sequence[UUID], *, now: Clock = utc_now
) -> None:
    """The consumer's effect is committed; a repeated acknowledgement changes nothing."""
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.consumer == consumer,
            OutboxMessage.message_id.in_(message_ids),
            OutboxMessage.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=now(), parked_at=None, error=None)
    )


def record_failure(
    session: Session, consumer: str, message_id: UUID, error: str, *, is_final: bool, now: Clock = utc_now
) -> None:
    """Note why a consumer could not take a message; park it at once where trying again is no use."""
    changes: dict[str, Any] = {"error": error}
    if is_final:
        changes["parked_at"] = now()
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.consumer == consumer,
            OutboxMessage.message_id == message_id,
            OutboxMessage.acknowledged_at.is_(None),
        )
        .values(changes)
    )


def list_parked(session: Session) -> Sequence[OutboxMessage]:
    parked = select(OutboxMessage).where(OutboxMessage.parked_at.is_not(None))
    return session.scalars(parked.order_by(OutboxMessage.parked_at)).all()


def resend_parked(
    session: Session, message_ids: Sequence[UUID] | None = None, *, now: Clock = utc_now
) -> int:
    """Give parked messages (all, or the named ones) their attempts back; returns how many."""
    parked = update(OutboxMessage).where(OutboxMessage.parked_at.is_not(None))
    if message_ids is not None:
        parked = parked.where(OutboxMessage.message_id.in_(message_ids))
    again = parked.values(parked_at=None, attempts=0, due_at=now()).returning(OutboxMessage.message_id)
    count = len(session.scalars(again).all())
    ring(session)
    return count


def purge_delivered(session: Session, *, now: Clock = utc_now) -> None:
    delivered = OutboxMessage.acknowledged_at < now() - KEEP_DELIVERED
    given_up = OutboxMessage.parked_at < now() - KEEP_PARKED
    session.execute(delete(OutboxMessage).where(or_(delivered, given_up)))
