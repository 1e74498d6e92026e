"""Sending what is due. Run it as often as wanted, in as many processes as wanted.

Each step is committed before the next one begins, and no transaction is open while a server
thinks. Whoever dies leaves a lease behind: one that ends in `claimed` goes back to the queue, for
the mail cannot have left; one that ends in `sending` becomes `unknown`, for the server may have it.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.kit.clock import Clock, utc_now
from shared.kit.database import Sessions, new_id
from shared.kit.mail.models import Mail, MailStream
from shared.kit.mail.smtp import Connection, Outcome, Result, SenderRefused, SmtpSettings, Unreachable
from shared.kit.mail.throttle import Throttle

log = structlog.get_logger(__name__)

# Called in the transaction that writes down that a mail is sent, failed or unknown, so that a
# service can publish the fact.
OnResult = Callable[[Session, Mail], None]

ADDRESS = re.compile(r"[^\s<]+@[^\s>]+")

DEAD_SENDER = "The sending process ended before the server had answered."

# The connection is at fault, or may be, and not the one mail.
CONNECTION_TROUBLE = frozenset({Result.INTERRUPTED, Result.UNANSWERED, Result.DEFERRED, Result.REFUSED})


@dataclass(frozen=True, kw_only=True)
class Pace:
    """All pauses of sending. The defaults suit public servers; tests and small machines go faster."""

    # Longer than a task may run, so that only the dead lose their claims.
    lease: timedelta = timedelta(seconds=90)
    # Greylisting servers take a mail after one to ten minutes.
    first_retry: timedelta = timedelta(seconds=30)
    longest_retry: timedelta = timedelta(hours=1)
    # With the retries above: two days, about what other mail servers allow.
    most_attempts: int = 50
    # A server that cannot be reached is asked after 2 s, 4 s, 8 s … 5 min.
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(minutes=5)
    # Before an unknown mail goes once more; a late answer may still settle it.
    unknown_pause: timedelta = timedelta(minutes=5)
    # How long a server's answer waits for a database that restarts; a task may take it beside its mails.
    patience: timedelta = timedelta(seconds=30)


PACE = Pace()


@dataclass(frozen=True)
class SendReport:
    """What one run did, in mails; `held_up` is why the stream stands still, or empty."""

    sent: int = 0
    queued_again: int = 0
    failed: int = 0
    unknown: int = 0
    held_up: str = ""

    @property
    def total(self) -> int:
        return self.sent + self.queued_again + self.failed + self.unknown


def send_due(
    sessions: Sessions,
    settings: SmtpSettings,
    *,
    limit: int = 50,
    seconds: float = 5.0,
    throttle: Throttle | None = None,
    on_result: OnResult | None = None,
    pace: Pace = PACE,
    now: Clock = utc_now,
) -> SendReport:
    """Send up to `limit` due mails over one connection; begin none after `seconds`.

    `throttle` gives leave for each mail; `on_result` is called inside the transaction of each
    final result. Raises nothing for what a server does: that stands in the mails and the stream.
    """
    run = _Run(sessions, settings, seconds, throttle, on_result or _no_one, pace, now)
    recover(sessions, on_result=on_result, pace=pace, now=now)
    with sessions.begin() as session:
        held_up = _reason_to_wait(session, settings.stream, now())
        mails = [] if held_up else _claim(session, run.claim_id, limit, pace, now())
    if not mails:
        return SendReport(held_up=held_up)
    try:
        return _send_all(run, mails)
    finally:
        _release(run)


def recover(
    sessions: Sessions, *, on_result: OnResult | None = None, pace: Pace = PACE, now: Clock = utc_now
) -> None:
    """Take back the mails of senders whose lease has ended."""
    with sessions.begin() as session:
        ended = Mail.lease_until < now()
        # What another process has in hand now will be taken back next time; nobody waits for a lock.
        claimed = (
            select(Mail.id).where(Mail.state == "claimed", ended).with_for_update(skip_locked=True).cte()
        )
        lost = update(Mail).where(Mail.id == claimed.c.id)
        session.execute(lost.values(state="queued", lease_until=None, claim_id=None))
        sending = select(Mail).where(Mail.state == "sending", ended).with_for_update(skip_locked=True)
        for mail in session.scalars(sending):
            _write(mail, Outcome(Result.UNANSWERED, DEAD_SENDER), pace, now())
            (on_result or _no_one)(session, mail)
            log.warning("mail.unknown", mail=str(mail.id), kind=mail.kind)


@dataclass(frozen=True)
class _Run:
    """What all steps of one run share. `claim_id` is its mark on the mails it has."""

    sessions: Sessions
    settings: SmtpSettings
    seconds: float
    throttle: Throttle | None
    on_result: OnResult
    pace: Pace
    now: Clock
    claim_id: UUID = field(default_factory=new_id)


def _no_one(session: Session, mail: Mail) -> None:
    """Nobody listens for results."""


def _reason_to_wait(session: Session, name: str, now: datetime) -> str:
    stream = session.get(MailStream, name)
    if stream is None or not (stream.stopped_at or (stream.pause_until and stream.pause_until > now)):
        return ""
    return stream.reason


def _claim(session: Session, claim_id: UUID, limit: int, pace: Pace, now: datetime) -> Sequence[UUID]:
    """Take due mails, oldest first; two senders never get the same one."""
    due = select(Mail.id).where(_is_due(), Mail.not_before <= now).order_by(Mail.not_before, Mail.id)
    # As a CTE it is computed once; as a plain subquery the planner may lock more rows than `limit`.
    taken = due.limit(limit).with_for_update(skip_locked=True).cte("due")
    claimed = (
        update(Mail)
        .where(Mail.id == taken.c.id)
        .values(
            state="claimed",
            claim_id=claim_id,
            lease_until=now + pace.lease,
            is_resend=or_(Mail.is_resend, Mail.state == "unknown"),
        )
        .returning(Mail.id, Mail.not_before)
    )
    rows = session.execute(claimed).all()
    return [row.id for row in sorted(rows, key=lambda row: (row.not_before, row.id))]


def _is_due() -> ColumnElement[bool]:
    """Queued, or unknown and to be sent once more; a second unknown of the same mail is left."""
    once_more = and_(
        Mail.state == "unknown", Mail.policy == "again", ~Mail.is_resend, Mail.message.is_not(None)
    )
    return or_(Mail.state == "queued", once_more)


def _send_all(run: _Run, mails: Sequence[UUID]) -> SendReport:
    try:
        connection = Connection.open(run.settings)
    except SenderRefused as error:
        return SendReport(held_up=_stop_stream(run, str(error)))
    except Unreachable as error:
        return SendReport(held_up=_pause_stream(run, str(error)))
    with connection:
        return _send_over(connection, run, mails)


def _send_over(connection: Connection, run: _Run, mails: Sequence[UUID]) -> SendReport:
    counts = dict.fromkeys(("sent", "queued", "failed", "unknown"), 0)
    deadline = time.monotonic() + run.seconds
    held_up = ""
    for mail_id in mails:
        if not connection.is_open or not _has_leave(run.throttle, deadline):
            break
        outcome = _send_one(connection, run, mail_id)
        if outcome is None:
            continue
        counts[_record(run, mail_id, outcome)] += 1
        held_up = _judge_stream(connection, run, outcome)
        if held_up:
            break
    return SendReport(counts["sent"], counts["queued"], counts["failed"], counts["unknown"], held_up)


def _has_leave(throttle: Throttle | None, deadline: float) -> bool:
    """Wait for a turn; False when it would come too late for this run."""
    while time.monotonic() < deadline:
        waiting = throttle() if throttle else 0.0
        if waiting <= 0:
            return True
        time.sleep(max(0.0, min(waiting, deadline - time.monotonic())))
    return False


def _send_one(connection: Connection, run: _Run, mail_id: UUID) -> Outcome | None:
    """None when the mail is not ours any more: suppressed, forgotten, or the lease was lost."""
    with run.sessions.begin() as session:
        mine = select(Mail.recipient, Mail.message).where(_is_ours(run, mail_id, "claimed"))
        mail = session.execute(mine).first()
    if mail is None or mail.message is None:
        return None
    outcome = connection.deliver(mail.recipient, mail.message, before_dot=lambda: _mark_sending(run, mail_id))
    return None if outcome.result is Result.WITHDRAWN else outcome


def _is_ours(run: _Run, mail_id: UUID, *states: str) -> ColumnElement[bool]:
    return and_(Mail.id == mail_id, Mail.claim_id == run.claim_id, Mail.state.in_(states))


def _mark_sending(run: _Run, mail_id: UUID) -> bool:
    """Committed while only the final dot is missing: from here on a crash leaves `unknown` behind."""
    lease = run.now() + run.pace.lease
    mark = update(Mail).where(_is_ours(run, mail_id, "claimed"))
    with run.sessions.begin() as session:
        marked = session.scalar(mark.values(state="sending", lease_until=lease).returning(Mail.id))
    return marked is not None


def _record(run: _Run, mail_id: UUID, outcome: Outcome) -> str:
    """Write down what became of a mail; returns its state."""
    try:
        return _patiently(run, lambda: _record_and_tell(run, mail_id, outcome, run.on_result))
    except Exception:
        # Whoever listens may fail, but a mail that was sent must not look unsent: it would go twice.
        _record_and_tell(run, mail_id, outcome, _no_one)
        raise


def _patiently(run: _Run, write: Callable[[], str]) -> str:
    """A database that is away for a moment is awaited: if the server's answer were lost, the mail would go twice."""
    deadline = time.monotonic() + run.pace.patience.total_seconds()
    while True:
        try:
            return write()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _record_and_tell(run: _Run, mail_id: UUID, outcome: Outcome, tell: OnResult) -> str:
    # `unknown` is ours too: an answer that comes after the lease is better than none.
    ours = select(Mail).where(_is_ours(run, mail_id, "claimed", "sending", "unknown")).with_for_update()
    with run.sessions.begin() as session:
        mail = session.scalar(ours)
        if mail is None:
            return _state_after(outcome)
        _write(mail, outcome, run.pace, run.now())
        if mail.state != "queued":
            tell(session, mail)
        log.info(f"mail.{mail.state}", mail=str(mail.id), kind=mail.kind, code=outcome.reply[:3])
        return mail.state


def _state_after(outcome: Outcome) -> str:
    return {Result.ACCEPTED: "sent", Result.REFUSED: "failed", Result.UNANSWERED: "unknown"}.get(
        outcome.result, "queued"
    )


def _write(mail: Mail, outcome: Outcome, pace: Pace, now: datetime) -> None:
    mail.lease_until = None
    mail.last_reply = outcome.reply
    # A server that refuses us says nothing about the mail.
    mail.attempts += 0 if outcome.result is Result.SENDER_REFUSED else 1
    match outcome.result:
        case Result.ACCEPTED:
            mail.state, mail.sent_at, mail.message = "sent", now, None
        case Result.REFUSED:
            mail.state = "failed"
        case Result.UNANSWERED:
            mail.state, mail.not_before = "unknown", now + pace.unknown_pause
        case Result.SENDER_REFUSED:
            mail.state, mail.claim_id = "queued", None
        case _:
            _retry(mail, pace, now)


def _retry(mail: Mail, pace: Pace, now: datetime) -> None:
    mail.claim_id = None
    if mail.attempts >= pace.most_attempts:
        mail.state = "failed"
        return
    mail.state = "queued"
    mail.not_before = now + _growing(pace.first_retry, mail.attempts - 1, pace.longest_retry)


def _growing(first: timedelta, times: int, longest: timedelta) -> timedelta:
    # Beyond 2 ** 30 there is nothing left to grow, and timedelta would overflow.
    return min(first * (1 << min(times, 30)), longest)


def _judge_stream(connection: Connection, run: _Run, outcome: Outcome) -> str:
    if outcome.result is Result.SENDER_REFUSED:
        return _stop_stream(run, outcome.reply)
    if outcome.result in CONNECTION_TROUBLE and not connection.is_open:
        return _pause_stream(run, outcome.reply)
    _clear_stream(run)
    return ""


def _stop_stream(run: _Run, reply: str) -> str:
    reason = without_addresses(reply)
    log.error("mail.stream_stopped", reason=reason)
    _hold_up(run, {"reason": reason, "stopped_at": run.now(), "pause_until": None})
    return reason


def _pause_stream(run: _Run, reply: str) -> str:
    reason = without_addresses(reply)
    log.warning("mail.stream_paused", reason=reason)
    _hold_up(run, {"reason": reason, "pause_until": run.now() + run.pace.first_pause})
    return reason


def without_addresses(reply: str) -> str:
    """A server's answer without the recipients that it quotes.

    What holds up a stream outlives the erasing of a person, and not everybody may read who that is.
    """
    return ADDRESS.sub("…", reply)


def _hold_up(run: _Run, facts: dict[str, Any]) -> None:
    """Write down why the stream stands still; repeated pauses grow."""
    name = run.settings.stream
    statement = insert(MailStream).values(name=name, since=run.now(), failures=0, **facts)
    with run.sessions.begin() as session:
        session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=facts))
        stream = session.get_one(MailStream, name, with_for_update=True)
        if stream.pause_until:
            growing = _growing(run.pace.first_pause, stream.failures, run.pace.longest_pause)
            stream.pause_until = run.now() + growing
        stream.failures += 1


def _clear_stream(run: _Run) -> None:
    """The server answers again. A stream that was stopped meanwhile stays so: that is a person's to mend."""
    paused = [MailStream.name == run.settings.stream, MailStream.stopped_at.is_(None)]
    with run.sessions.begin() as session:
        session.execute(delete(MailStream).where(*paused))


def _release(run: _Run) -> None:
    """Give back what this run has claimed and not begun."""
    with run.sessions.begin() as session:
        ours = update(Mail).where(Mail.claim_id == run.claim_id, Mail.state == "claimed")
        session.execute(ours.values(state="queued", lease_until=None, claim_id=None))
