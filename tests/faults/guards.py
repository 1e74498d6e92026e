"""The guards of the product, and how a positive control switches each of them off: the cell must fail then.

Where several guards stand behind one another, an entry switches off all of them: with one alone missing, the
next one holds.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators

from shared.kit import inbox, messaging, outbox
from shared.kit.clock import utc_now
from shared.kit.database import new_id
from shared.kit.mail import outgoing, sender, smtp
from shared.kit.mail.models import Mail
from tests.faults.programs import folder, program

# In a session's `info`: what its commit moves on, one of the two.
MOVES = "moves"
MESSAGES, MAILS = "messages", "mails"
# How long somebody who takes without a lock looks before taking: two then meet, which else needs luck.
HESITATION = 0.5


@contextmanager
def _a_transaction_of_its_own(session: Session) -> Iterator[Session]:
    with Session(session.get_bind(), expire_on_commit=False) as own, own.begin():
        yield own


# --- outbox, relay, inbox ---


def _forget_what_was_sent() -> None:
    """The outbox without its acknowledgements: what was sent is done, whether it arrived or not."""
    keep = outbox.mark_sent

    def forget(message: Any, **options: Any) -> None:
        keep(message, **options)
        message.acknowledged_at = message.due_at

    outbox.mark_sent = forget


def _forget_before_sending() -> None:
    """The relay notes that a message is done before it sends it, in a transaction of its own."""
    take = outbox.take_due

    def take_and_forget(session: Session, **options: Any) -> Sequence[Any]:
        with _a_transaction_of_its_own(session) as own:
            due = take(own, **options)
            own.info.update({MOVES: MESSAGES} if due else {})
            for message in due:
                message.acknowledged_at = message.due_at
        return due

    outbox.take_due = take_and_forget


def _end_the_relay_at_trouble() -> None:
    """A thread of the relay that has lost its broker or its database does not begin again."""
    if program() != "relay":
        return
    connect, has_listened = psycopg.connect, threading.local()

    def listen_once(*values: Any, **options: Any) -> Any:
        # Only the relay's bell commits by itself.
        if options.get("autocommit"):
            if hasattr(has_listened, "once"):
                raise SystemExit
            has_listened.once = True
        return connect(*values, **options)

    vars(psycopg)["connect"] = listen_once


def _take_tasks_early() -> None:
    """Celery's own default, a task is done when it begins; and the outbox does not ask what became of it."""
    messaging.SETTINGS.update(task_acks_late=False, task_reject_on_worker_lost=False)
    _forget_what_was_sent()


def _claim_apart() -> None:
    """The claim of a message is committed before its effect."""
    claim = inbox.claim

    def claim_apart(session: Session, envelope: Any, **options: Any) -> bool:
        with _a_transaction_of_its_own(session) as own:
            return claim(own, envelope, **options)

    inbox.claim = claim_apart


def _believe_old_messages() -> None:
    """The message that comes last wins, whatever its sequence says: a closed event becomes a draft again."""
    _on_conflict(lambda options: {name: value for name, value in options.items() if name != "where"})


def _take_for_news() -> None:
    """Nothing knows what was here before: no claim, no key of a mail, no equal sequence, no ticket that is up to date."""
    claim, row = inbox.claim, outgoing._row

    def always(session: Session, envelope: Any, **options: Any) -> bool:
        claim(session, envelope, **options)
        return True

    def with_another_key(mail: Any, moment: datetime) -> dict[str, object]:
        return {**row(mail, moment), "dedup_key": str(new_id())}

    inbox.claim, outgoing._row = always, with_another_key
    _on_conflict(_take_equal_sequences)
    if program() == "certificates-worker":
        from services.certificates.tickets import service

        service._is_up_to_date = lambda ticket, attendee: False


def _on_conflict(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    update_row = Insert.on_conflict_do_update

    def changed(self: Any, **options: Any) -> Any:
        return update_row(self, **change(options))

    Insert.on_conflict_do_update = changed  # type: ignore[method-assign,assignment] # A guard is switched off.


def _take_equal_sequences(options: dict[str, Any]) -> dict[str, Any]:
    condition = options.get("where")
    if getattr(condition, "operator", None) is operators.lt:
        options["where"] = condition.left <= condition.right  # type: ignore[union-attr] # It compares two columns.
    return options


def _take_messages_together() -> None:
    """Two relays take the same messages, and nothing knows at the other end that they came before."""
    take = outbox.take_due

    def take_without_locks(session: Session, **options: Any) -> Sequence[Any]:
        with _a_transaction_of_its_own(session) as own:
            due = take(own, **options)
        if due:
            time.sleep(HESITATION)
        session.add_all(due)
        return due

    outbox.take_due = take_without_locks
    _take_for_news()


# --- mail ---


def _take_mails_together() -> None:
    """Senders look which mails are due and then take them, without a lock, and do not compare whose they are."""

    def take(session: Session, claim_id: UUID, limit: int, pace: Any, now: datetime) -> Sequence[UUID]:
        due = select(Mail.id).where(sender._is_due(), Mail.not_before <= now).order_by(Mail.id).limit(limit)
        mails = session.scalars(due).all()
        if mails:
            time.sleep(HESITATION)
        facts = {"state": "claimed", "claim_id": claim_id, "lease_until": now + pace.lease}
        session.execute(update(Mail).where(Mail.id.in_(mails), Mail.message.is_not(None)).values(facts))
        return mails

    sender._claim = take
    sender._is_ours = lambda run, mail_id, *states: Mail.id == mail_id


def _never_mark_as_sending() -> None:
    """A mail of which nobody knows whether it has arrived looks as if it had not."""
    interrupted = smtp.Result.INTERRUPTED

    def broken(self: Any, result: Any, error: Exception) -> smtp.Outcome:
        self._drop()
        return smtp.Outcome(interrupted, str(error))

    smtp.Connection._broken = broken  # type: ignore[method-assign] # A guard is switched off.


def _never_retry() -> None:
    """A mail has one chance, also where the server cannot be reached."""
    object.__setattr__(sender.PACE, "most_attempts", 1)
    pause = sender._pause_stream

    def fail_and_pause(run: Any, reply: str) -> str:
        ours = update(Mail).where(Mail.claim_id == run.claim_id, Mail.state == "claimed")
        with run.sessions.begin() as session:
            session.execute(ours.values(state="failed", last_reply=reply, lease_until=None))
        return pause(run, reply)

    sender._pause_stream = fail_and_pause


def _blame_the_mail() -> None:
    """A server that refuses the sender is taken to have refused the mail."""
    write = sender._write

    def write_blaming(mail: Any, outcome: smtp.Outcome, pace: Any, now: datetime) -> None:
        is_ours = outcome.result is smtp.Result.SENDER_REFUSED
        write(mail, smtp.Outcome(smtp.Result.REFUSED, outcome.reply) if is_ours else outcome, pace, now)

    sender._write = write_blaming


def _blame_the_sender() -> None:
    """A server that refuses one mail is taken to have refused the sender: the mail stays in front of all others."""
    write = sender._write

    def write_blaming(mail: Any, outcome: smtp.Outcome, pace: Any, now: datetime) -> None:
        is_its_own = outcome.result is smtp.Result.REFUSED
        write(
            mail,
            smtp.Outcome(smtp.Result.SENDER_REFUSED, outcome.reply) if is_its_own else outcome,
            pace,
            now,
        )

    sender._write = write_blaming


def _never_take_back() -> None:
    """A mail that somebody claimed stays theirs, though they be dead."""

    def recover(*_: Any, **__: Any) -> None:
        """The leases are not looked at."""

    sender.recover = recover


def _wait_for_ever() -> None:
    """Replies of a server are awaited without a limit, and nobody takes a mail from who waits."""
    defaults: dict[str, Any] = smtp.SmtpSettings.__init__.__kwdefaults__  # type: ignore[assignment] # It has some.
    defaults.update(timeout=3600.0, final_timeout=3600.0)
    _never_take_back()


def _remember_in_beat() -> None:
    """What is due is known to the beat that runs, and to no row: it dies with it."""
    began = folder() / "beat-began"
    if program() == "beat":
        began.write_text(utc_now().isoformat(), encoding="utf-8")
        return
    is_due = sender._is_due

    def is_remembered() -> Any:
        with suppress(FileNotFoundError, ValueError):
            return and_(is_due(), Mail.queued_at >= datetime.fromisoformat(began.read_text(encoding="utf-8")))
        return is_due()

    sender._is_due = is_remembered


# --- web, paper, attendance ---


def _answer_before_the_commit() -> None:
    """FastAPI's default scope: the answer leaves before the transaction is committed."""
    import fastapi

    depends = fastapi.Depends

    def without_scope(dependency: Any = None, *, use_cache: bool = True, scope: Any = None) -> Any:
        return depends(dependency, use_cache=use_cache)

    vars(fastapi)["Depends"] = without_scope


def _remember_no_answer() -> None:
    """A request that comes again with its key is a new one."""
    from shared.kit.web import idempotency

    def never(*_: Any, **__: Any) -> None:
        """No answer is looked for, and none will be stored."""

    idempotency.once = never


def _write_in_place() -> None:
    """A paper is written under its name at once, and trouble is only logged."""
    if program() != "certificates-worker":
        return
    from services.certificates.confirmations import issuing
    from services.certificates.runtime import settings

    def store(name: str, content: bytes) -> str:
        path = settings.documents_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("wb", buffering=0) as file:
                file.write(content)
        except OSError as problem:
            print("not stored:", problem)
        return hashlib.sha256(content).hexdigest()

    vars(issuing)["store"] = store


def _ignore_late_scans() -> None:
    """What arrives after the closing is nobody's business."""
    if program() != "certificates-worker":
        return
    from services.certificates.copies import tasks

    tasks.on_scan_recorded.__code__ = _keep_only.__code__


def _keep_only(session: Session, message: Any) -> None:
    service.copy_scan(session, message)  # type: ignore[name-defined]  # noqa: F821 - it runs among the names of tasks.py


WEBS = ("registration-web", "agenda-web", "certificates-web")
WORKERS = ("registration-worker", "agenda-worker", "certificates-worker")
RELAY, BEAT = "relay", "beat"


class Guard(NamedTuple):
    """How it is switched off inside a process, and in which programs it stands."""

    switch_off: Callable[[], None]
    programs: Sequence[str]


OFF: dict[str, Guard] = {
    "acknowledgements in the outbox": Guard(_forget_what_was_sent, [RELAY]),
    "noting what was sent after sending it": Guard(_forget_before_sending, [RELAY]),
    "the relay's going on after trouble": Guard(_end_the_relay_at_trouble, [RELAY]),
    "late acknowledging and the outbox's acknowledgements": Guard(_take_tasks_early, [*WORKERS, RELAY]),
    "claim and effect in one transaction": Guard(_claim_apart, WORKERS),
    "sequences": Guard(_believe_old_messages, WORKERS),
    "claims, keys and equal sequences": Guard(_take_for_news, WORKERS),
    "row locks of the relay, claims and keys": Guard(_take_messages_together, [*WORKERS, RELAY]),
    "row locks and marks of senders": Guard(_take_mails_together, WORKERS),
    "the state sending": Guard(_never_mark_as_sending, WORKERS),
    "retries": Guard(_never_retry, WORKERS),
    "stopping at a refused sender": Guard(_blame_the_mail, WORKERS),
    "failing of a refused mail": Guard(_blame_the_sender, WORKERS),
    "leases of mails": Guard(_never_take_back, WORKERS),
    "limits of waiting and leases": Guard(_wait_for_ever, WORKERS),
    "due work in rows": Guard(_remember_in_beat, [*WORKERS, BEAT]),
    "commit before answer": Guard(_answer_before_the_commit, WEBS),
    "stored answers": Guard(_remember_no_answer, WEBS),
    "whole files": Guard(_write_in_place, WORKERS),
    "looking again after late scans": Guard(_ignore_late_scans, WORKERS),
}
EVERYTHING = (*WEBS, *WORKERS, RELAY, BEAT)
# Guards that are settings of PostgreSQL itself. The long delay gives a kill time to come before the writing.
IN_THE_DATABASE: dict[str, dict[str, str]] = {
    "commits that are on disk": {"synchronous_commit": "off", "wal_writer_delay": "10000"},
}
# By what the judges see that a guard is missing, a part of what they say: another failure is no control.
SHOWN_BY: dict[str, str] = {
    "acknowledgements in the outbox": "has no",
    "noting what was sent after sending it": "has no",
    "the relay's going on after trouble": "unacknowledged in",
    "late acknowledging and the outbox's acknowledgements": "has no",
    "claim and effect in one transaction": "has no",
    "sequences": "has no confirmation",
    "claims, keys and equal sequences": "different mails",
    "row locks of the relay, claims and keys": "different mails",
    "row locks and marks of senders": "not listed as sent once more",
    "the state sending": "not listed as sent once more",
    "retries": "listed as failed: ['",
    "stopping at a refused sender": "listed as failed: ['",
    "failing of a refused mail": "listed as failed: []",
    "leases of mails": "still on its way",
    "limits of waiting and leases": "s for the mails",
    "due work in rows": "still on its way",
    "commit before answer": "answered with 2xx, and not in",
    "stored answers": "already-registered",
    "whole files": "it is torn",
    "looking again after late scans": "has no confirmation",
    "commits that are on disk": "answered with 2xx, and not in",
}
