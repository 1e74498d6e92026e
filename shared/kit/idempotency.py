"""Answers that are remembered: the same POST with the same key has one effect and one answer.

After the IETF draft "The Idempotency-Key HTTP Header Field". The answer is stored in the
transaction of its effect, so neither exists without the other.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, LargeBinary, Row, any_, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.errors import Conflict, Malformed, ProblemError
from shared.kit.clock import Clock, utc_now
from shared.kit.database import KitBase, insert_rows, table_of

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


_number_column = func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))).column_valued("number")
TRY_LOCKS = select(_number_column, func.pg_try_advisory_xact_lock(_number_column))
_answers = table_of(StoredAnswer)
STORED = select(_answers).where(_answers.c.key == any_(bindparam("keys", type_=ARRAY(LargeBinary))))


@dataclass(frozen=True)
class Answer:
    """What a request is answered with; header names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class RequestKey(NamedTuple):
    """By what a request is recognised when it comes again."""

    key: bytes
    """The hash of who asks what with which key (see `key_of`)."""
    body_hash: bytes


def key_of(*parts: str) -> bytes:
    """A hash of who asks, where, and with which key; nothing of it can be read back."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


def find_answer(session: Session, request: RequestKey) -> Answer | None:
    """The stored answer to an equal request, or None for the first one, which then holds a lock.

    Raises RequestInFlight while another transaction answers the same key, and
    KeyUsedForSomethingElse where the key came with another body.
    """
    found = find_answers(session, [request]).get(request)
    if isinstance(found, ProblemError):
        raise found
    return found


def find_answers(session: Session, requests: Sequence[RequestKey]) -> dict[RequestKey, Answer | ProblemError]:
    """The same for requests of different keys at once; those that are missing in it are new."""
    if not requests:
        return {}
    # One statement after the other: what an earlier holder of a lock stored is seen only afterwards.
    is_ours = dict(session.execute(TRY_LOCKS, {"numbers": [_number(request) for request in requests]}).all())
    rows = session.execute(STORED, {"keys": [request.key for request in requests]})
    stored = {row.key: row for row in rows}
    found = {
        request: _found(request, stored.get(request.key)) if is_ours[_number(request)] else RequestInFlight()
        for request in requests
    }
    return {request: answer for request, answer in found.items() if answer is not None}


def _number(request: RequestKey) -> int:
    return int.from_bytes(request.key[:8], "big", signed=True)


def _found(request: RequestKey, row: Row[Any] | None) -> Answer | ProblemError | None:
    if row is None:
        return None
    if row.body_hash != request.body_hash:
        return KeyUsedForSomethingElse()
    return Answer(row.status, {**row.headers, "idempotency-replayed": "true"}, row.body)


def store(session: Session, answers: Sequence[tuple[RequestKey, Answer]], *, now: Clock = utc_now) -> None:
    """Remember what requests that came for the first time are answered."""
    rows = [
        {
            "key": request.key,
            "body_hash": request.body_hash,
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": answer.body,
            "stored_at": now(),
        }
        for request, answer in answers
    ]
    insert_rows(session, StoredAnswer, rows)


def forget(session: Session, requests: Sequence[RequestKey]) -> None:
    """The same requests are new ones when they come again."""
    session.execute(delete(StoredAnswer).where(StoredAnswer.key.in_([request.key for request in requests])))


def purge(session: Session, *, now: Clock = utc_now) -> None:
    session.execute(delete(StoredAnswer).where(StoredAnswer.stored_at < now() - KEEP))
