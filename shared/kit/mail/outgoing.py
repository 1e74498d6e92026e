"""Queuing mails, and what organisers and privacy do with queued ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Result, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id, table_of
from shared.kit.mail.compose import KIND_HEADER
from shared.kit.mail.models import Mail, MailStream, Policy, State

# Long enough for an organiser to come back from a holiday and send a failed mail again.
KEPT_UNSENT = timedelta(days=30)

KIND = re.compile(r"[a-z][a-z0-9_-]*")


class MailNotFound(NotFound):
    """There is no such mail."""


class MailNotSendable(Conflict):
    """This mail is on its way, or its content is no longer kept."""


@dataclass(frozen=True, kw_only=True)
class NewMail:
    """A mail to queue. What `message` (from `compose`) says of itself is not asked twice.

    `dedup_key` names the reason for the mail, such as `ticket:{registration}:{version}`: a second
    one with the same key is not queued. `about_id` is the person's registration.
    """

    organisation_id: UUID
    event_id: UUID | None = None
    about_id: UUID | None = None
    dedup_key: str
    message: EmailMessage
    policy: Policy = "again"
    not_before: datetime | None = None


_mails = table_of(Mail)
QUEUE = insert(_mails).on_conflict_do_nothing(index_elements=[_mails.c.dedup_key]).returning(_mails.c.id)


def queue(session: Session, mail: NewMail, *, now: Clock = utc_now) -> bool:
    """Put a mail into the caller's transaction; False if one with its key was queued before."""
    return session.execute(QUEUE, _row(mail, now())).first() is not None


def _row(mail: NewMail, moment: datetime) -> dict[str, object]:
    message = mail.message
    kind = str(message[KIND_HEADER])
    if not KIND.fullmatch(kind):
        raise ValueError(f"The kind of a mail is one word in small letters, not {kind!r}.")
    return {
        "id": new_id(),
        "organisation_id": mail.organisation_id,
        "event_id": mail.event_id,
        "about_id": mail.about_id,
        "kind": kind,
        "recipient": message["To"].addresses[0].addr_spec,
        "locale": str(message["Content-Language"]),
        "message": message.as_bytes(),
        "message_id": str(message["Message-ID"]),
        "dedup_key": mail.dedup_key,
        "policy": mail.policy,
        "not_before": mail.not_before or moment,
        "queued_at": moment,
    }


def list_mails(
    session: Session,
    event_id: UUID,
    state: State | None = None,
    *,
    kind: str | None = None,
    about_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> Sequence[Mail]:
    """An event's mails in the order of queuing, without their content; `after` is the last id seen."""
    conditions = [Mail.event_id == event_id]
    conditions += [Mail.state == state] if state else []
    conditions += [Mail.kind == kind] if kind else []
    conditions += [Mail.about_id == about_id] if about_id else []
    conditions += [Mail.id > after] if after else []
    return session.scalars(select(Mail).where(*conditions).order_by(Mail.id).limit(limit)).all()


def list_unsent(session: Session) -> Sequence[Mail]:
    """Failed and unknown mails of all events, the oldest first: what a person has to look at."""
    unsent = select(Mail).where(Mail.state.in_(("failed", "unknown")))
    return session.scalars(unsent.order_by(Mail.queued_at)).all()


@dataclass(frozen=True)
class Backlog:
    """Mails that have not left, in numbers; `queued_since` is when the oldest queued one was written."""

    queued: int
    queued_since: datetime | None
    failed: int
    unknown: int


def backlog(session: Session, organisations: Sequence[UUID]) -> Backlog:
    """What these organisations' mails wait for."""
    is_queued = Mail.state.in_(("queued", "claimed", "sending"))
    numbers = select(
        func.count().filter(is_queued),
        func.min(Mail.queued_at).filter(is_queued),
        func.count().filter(Mail.state == "failed"),
        func.count().filter(Mail.state == "unknown"),
    )
    unfinished = Mail.state.not_in(("sent", "suppressed"))
    found = numbers.where(unfinished, Mail.organisation_id.in_(organisations))
    return Backlog(*session.execute(found).one())


@dataclass(frozen=True)
class StuckMail:
    """A mail that did not leave as it should, without its content."""

    mail: Mail
    has_content: bool

    @property
    def can_be_sent_again(self) -> bool:
        """One that a server has put off goes by itself."""
        return self.has_content and self.mail.state in ("failed", "unknown")


def list_stuck(
    session: Session, organisations: Sequence[UUID], *, after: UUID | None, limit: int
) -> list[StuckMail]:
    """Mails that failed, that are unknown, or that a server has put off, in the order of queuing.

    One more than `limit` where there are more; `after` is the last id seen.
    """
    was_put_off = and_(Mail.state == "queued", Mail.attempts > 0)
    stuck = select(Mail, Mail.message.is_not(None)).where(
        or_(Mail.state.in_(("failed", "unknown")), was_put_off), Mail.organisation_id.in_(organisations)
    )
    if after is not None:
        stuck = stuck.where(Mail.id > after)
    return [StuckMail(*row) for row in session.execute(stuck.order_by(Mail.id).limit(limit + 1))]


def count_mails(session: Session, event_id: UUID) -> dict[str, dict[State, int]]:
    """How many mails of an event there are, by kind and state: {"ticket": {"sent": 60}}."""
    counts: dict[str, dict[State, int]] = {}
    grouped = select(Mail.kind, Mail.state, func.count()).where(Mail.event_id == event_id)
    for kind, state, count in session.execute(grouped.group_by(Mail.kind, Mail.state)):
        counts.setdefault(kind, {})[state] = count
    return counts


def send_again(session: Session, event_id: UUID | None, mail_id: UUID, *, now: Clock = utc_now) -> None:
    """Queue a failed or unknown mail once more, with the same Message-ID, as an organiser asks.

    `event_id` is the mail's, None for one of no event. Raises MailNotFound, and MailNotSendable for one that is sent, in work or without content.
    """
    found = session.scalar(select(Mail.state).where(Mail.id == mail_id, Mail.event_id == event_id))
    if found is None:
        raise MailNotFound
    again = update(Mail).where(
        Mail.id == mail_id, Mail.state.in_(("failed", "unknown")), Mail.message.is_not(None)
    )
    fresh = {"state": "queued", "attempts": 0, "not_before": now(), "claim_id": None}
    # A mail that failed has not arrived; one that is unknown may have.
    may_have_arrived = Mail.is_resend | (Mail.state == "unknown")
    if not _changed(session.execute(again.values(**fresh, is_resend=may_have_arrived))):
        raise MailNotSendable


def suppress(session: Session, about_id: UUID, *, kinds: Sequence[str] = ()) -> int:
    """Take a person's waiting mails (all, or those kinds) out of the queue; how many there were.

    One that is already going over the wire is not stopped.
    """
    return _take_out(session, Mail.about_id == about_id, *([Mail.kind.in_(kinds)] if kinds else []))


def withhold(session: Session, dedup_key: str) -> bool:
    """Take one waiting mail out of the queue, by the reason for which it was queued; whether it was there.

    One that is already going over the wire is not stopped.
    """
    return bool(_take_out(session, Mail.dedup_key == dedup_key))


def _take_out(session: Session, *conditions: ColumnElement[bool]) -> int:
    waiting = update(Mail).where(Mail.state.in_(("queued", "claimed")), *conditions)
    values = {"state": "suppressed", "message": None, "lease_until": None, "claim_id": None}
    return _changed(session.execute(waiting.values(values)))


def forget(session: Session, about_id: UUID) -> int:
    """Delete all mails about a person, in whatever state; how many there were."""
    return _delete(session, Mail.about_id == about_id)


def forget_event(session: Session, event_id: UUID) -> int:
    """Delete all mails of an event; how many there were."""
    return _delete(session, Mail.event_id == event_id)


def purge(session: Session, now: datetime, *, kept: timedelta = KEPT_UNSENT) -> int:
    """Drop the content of failed and unknown mails that nobody sent again; of how many.

    Sent and suppressed mails lose theirs at once, so there is nothing left to purge of them.
    """
    old = [Mail.state.in_(("failed", "unknown")), Mail.message.is_not(None), Mail.queued_at < now - kept]
    return _changed(session.execute(update(Mail).where(*old).values(message=None)))


def held_up_streams(session: Session) -> Sequence[MailStream]:
    """What keeps this service's mails from leaving, for the organiser's page; empty when they flow."""
    return session.scalars(select(MailStream).order_by(MailStream.name)).all()


def resume_stream(session: Session, name: str | None = None) -> int:
    """Let a held-up stream flow again (all of them without a name); how many there were."""
    statement = delete(MailStream)
    return _changed(session.execute(statement.where(MailStream.name == name) if name else statement))


def _delete(session: Session, condition: ColumnElement[bool]) -> int:
    return _changed(session.execute(delete(Mail).where(condition)))


def _changed(result: Result[Any]) -> int:
    # What UPDATE and DELETE return is a CursorResult; the typing of `execute` does not say so.
    return cast(CursorResult[Any], result).rowcount
