"""Answers that are remembered: the same POST with the same key has one effect and one answer.

After the IETF draft "The Idempotency-Key HTTP Header Field". The answer is stored in the
transaction of its effect, so neither exists without the other.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.errors import Conflict, Malformed, ProblemError
from shared.kit.clock import Clock, utc_now
from shared.kit.database import KitBase

# Two days: a client that was offline over a night still gets its answer.
KEEP = timedelta(hours=48)
LONGEST_KEY = 200


class KeyUsedForSomethingElse(ProblemError):
    """This Idempotency-Key was used with another content. Please take a new one."""

    status = 422


class RequestInFlight(Conflict):
    """The same request is being answered at this moment."""


class IdempotencyKeyTooLong(Malformed):
    """An Idempotency-Key has at most {limit} characters."""


class StoredAnswer(KitBase):
    """The answer to a request, under the hash of who asked what with which key."""

    __tablename__ = "stored_answers"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes]
    stored_at: Mapped[datetime]


def key_of(*parts: str) -> bytes:
    """A hash of who asks, where, and with which key; nothing of it can be read back."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def find_answer(session: Session, key: bytes, body_hash: bytes) -> StoredAnswer | None:
    """The stored answer to an equal request, or None for the first one, which then holds a lock.

    Raises RequestInFlight while another transaction answers the same key, and
    KeyUsedForSomethingElse where the key came with another body.
    """
    lock = select(func.pg_try_advisory_xact_lock(int.from_bytes(key[:8], "big", signed=True)))
    if not session.scalar(lock):
        raise RequestInFlight
    answer = session.get(StoredAnswer, key)
    if answer is not None and answer.body_hash != body_hash:
        raise KeyUsedForSomethingElse
    return answer


def purge(session: Session, *, now: Clock = utc_now) -> None:
    session.execute(delete(StoredAnswer).where(StoredAnswer.stored_at < now() - KEEP))
