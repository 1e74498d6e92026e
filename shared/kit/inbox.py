"""The inbox: a message takes effect once, however often it arrives.

The claim is a row in the transaction of the effect: both are committed or neither. The relay
acknowledges what stands here to its producer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.contracts.messages import Envelope
from shared.kit.clock import Clock, utc_now
from shared.kit.database import KitBase, table_of
from shared.kit.outbox import ring

# The producer sends again for about an hour, and by command after days: a claim outlives that.
KEEP = timedelta(days=30)


class InboxMessage(KitBase):
    """A message whose effect is committed."""

    __tablename__ = "inbox"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    producer: Mapped[str]
    name: Mapped[str]
    received_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_inbox_unacknowledged", "producer", postgresql_where=text("acknowledged_at IS NULL")),
        Index("ix_inbox_received_at", "received_at"),
    )


CLAIM = insert(table_of(InboxMessage)).on_conflict_do_nothing().returning(table_of(InboxMessage).c.message_id)


def claim(session: Session, envelope: Envelope, *, now: Clock = utc_now) -> bool:
    """True for a message that was not seen before; an old one is only acknowledged again."""
    row = {
        "message_id": envelope.id,
        "producer": producer_of(envelope),
        "name": envelope.type,
        "received_at": now(),
    }
    is_new = session.execute(CLAIM, row).first() is not None
    if not is_new:
        _acknowledge_again(session, envelope.id)
    ring(session)
    return is_new


def producer_of(envelope: Envelope) -> str:
    """The service that sent a message."""
    return envelope.source.removeprefix("/")


def _acknowledge_again(session: Session, message_id: UUID) -> None:
    """A message that comes again means that the producer never heard of its success."""
    session.execute(
        update(InboxMessage).where(InboxMessage.message_id == message_id).values(acknowledged_at=None)
    )


def take_unacknowledged(session: Session, *, limit: int = 500) -> Sequence[InboxMessage]:
    """Lock messages whose producer has not heard of their effect yet, oldest first."""
    rows = (
        select(InboxMessage).where(InboxMessage.acknowledged_at.is_(None)).order_by(InboxMessage.message_id)
    )
    return session.scalars(rows.limit(limit).with_for_update(skip_locked=True)).all()


def purge(session: Session, *, now: Clock = utc_now) -> None:
    """Forget messages that nobody can send again (KEEP)."""
    session.execute(delete(InboxMessage).where(InboxMessage.received_at < now() - KEEP))
