"""What is different inside the processes of a stack under test: short times, sudden ends, guards switched off.

The product knows nothing of this: `rigging/sitecustomize.py` calls `install` before a program begins.
"""

import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from shared.kit.mail import sender, smtp

# Seconds. A server that hangs in a test does so for three, so a reply is awaited for less; a lease is longer
# than any reply may take, as in production.
REPLY = 2.0
LEASE = timedelta(seconds=8)
PACE = {
    "lease": LEASE,
    "first_retry": timedelta(seconds=1),
    "longest_retry": timedelta(seconds=2),
    "first_pause": timedelta(seconds=1),
    "longest_pause": timedelta(seconds=2),
    "unknown_pause": timedelta(seconds=2),
}


def folder() -> Path:
    """Where a test leaves its orders for the processes."""
    return Path(os.environ["FAULTS_RIG"])


def install() -> None:
    _shorten()
    _Ends().listen()
    for name in json.loads((folder() / "off.json").read_text(encoding="utf-8")):
        OFF[name]()


def _shorten() -> None:
    for name, value in PACE.items():
        # The one object that every function has as its default.
        object.__setattr__(sender.PACE, name, value)
    _set_defaults(smtp.SmtpSettings.__init__, timeout=REPLY, final_timeout=REPLY)


def _set_defaults(function: Any, **values: Any) -> None:
    function.__kwdefaults__.update(values)


class _Ends:
    """Ends the process itself at a commit, as ordered by the file of its program: exactly there, and once."""

    def __init__(self) -> None:
        self._order = folder() / f"{program()}.json"
        self._left: int | None = None

    def listen(self) -> None:
        for point in ("before_commit", "after_commit"):
            event.listen(Session, point, self._at(point))

    def _at(self, point: str) -> Callable[[Session], None]:
        def reach(session: Session) -> None:
            if self._order.exists():
                self._count(point)

        return reach

    def _count(self, point: str) -> None:
        try:
            order = json.loads(self._order.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        if order["point"] != point:
            return
        self._left = (order["nth"] if self._left is None else self._left) - 1
        if self._left <= 0:
            self._end()

    def _end(self) -> None:
        self._left = None
        try:
            self._order.unlink()
        except FileNotFoundError:
            return  # Another process of this program was first.
        os.kill(os.getpid(), signal.SIGKILL)


def program() -> str:
    """This process's program, as the supervisor calls it."""
    arguments = " ".join(sys.orig_argv)
    if service := re.search(r"services\.(\w+)\.(main|worker)", arguments):
        return f"{service[1]}-{'web' if service[2] == 'main' else 'worker'}"
    return "relay" if "shared.kit.relay" in arguments else "beat"


# --- guards that a positive control switches off ---


def _forget_what_was_sent() -> None:
    """The outbox without its acknowledgements: what was sent is done, whether it arrived or not."""
    from shared.kit import outbox

    keep = outbox.mark_sent

    def forget(message: Any, **options: Any) -> None:
        keep(message, **options)
        message.acknowledged_at = message.due_at

    outbox.mark_sent = forget


def _forget_before_sending() -> None:
    """The relay notes that it has sent before it sends, in a transaction of its own."""
    from shared.kit import outbox, relay

    def relay_once(sessions: Any, broker: Any, *, service: str) -> int:
        with sessions.begin() as session:
            due = outbox.take_due(session)
            for message in due:
                message.acknowledged_at = message.due_at
        for message in due:
            relay._send(broker, message)
        with sessions.begin() as session:
            return len(due) + relay.send_acknowledgements(session, broker, consumer=service)

    relay.relay_once = relay_once


def _take_tasks_early() -> None:
    """Celery's own default: a task is done when it begins."""
    from shared.kit import messaging

    messaging.SETTINGS.update(task_acks_late=False, task_reject_on_worker_lost=False)
    _forget_what_was_sent()


def _take_everything_again() -> None:
    """No claim in the inbox, no key on a mail, no look at what was issued: each message takes effect each time."""
    from shared.kit import inbox
    from shared.kit.database import new_id
    from shared.kit.mail import outgoing

    claim, row = inbox.claim, outgoing._row

    def always(session: Session, envelope: Any, **options: Any) -> bool:
        claim(session, envelope, **options)
        return True

    def with_another_key(mail: Any, moment: Any) -> dict[str, object]:
        return {**row(mail, moment), "dedup_key": str(new_id())}

    inbox.claim, outgoing._row = always, with_another_key


def _believe_old_messages() -> None:
    """The message that comes last wins, whatever its sequence says: a closed event becomes a draft again."""
    from sqlalchemy.dialects.postgresql import Insert

    update = Insert.on_conflict_do_update

    def always(self: Any, **options: Any) -> Any:
        options.pop("where", None)
        return update(self, **options)

    Insert.on_conflict_do_update = always  # type: ignore[method-assign,assignment]
    _take_everything_again()


def _never_mark_as_sending() -> None:
    """A mail of which nobody knows whether it has arrived looks as if it had not."""
    interrupted = smtp.Result.INTERRUPTED

    def broken(self: Any, result: Any, error: Exception) -> smtp.Outcome:
        self._drop()
        return smtp.Outcome(interrupted, str(error))

    smtp.Connection._broken = broken  # type: ignore[method-assign]


def _never_retry() -> None:
    """A mail has one chance."""
    object.__setattr__(sender.PACE, "most_attempts", 1)


def _write_in_place() -> None:
    """A paper is written under its name at once, and trouble is only logged."""
    if program() != "certificates-worker":
        return
    from services.certificates.runtime import settings
    from services.certificates.verification import service

    def store(name: str, content: bytes) -> str:
        path = settings.documents_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("wb", buffering=0) as file:
                file.write(content)
        except OSError as problem:
            print("not stored:", problem)
        return hashlib.sha256(content).hexdigest()

    vars(service)["store"] = store


def _ignore_late_scans() -> None:
    """What arrives after the closing is nobody's business."""
    if program() != "certificates-worker":
        return
    from services.certificates.copies import tasks

    tasks.on_scan_recorded.__code__ = _keep_only.__code__


def _keep_only(session: Session, message: Any) -> None:
    service.copy_scan(session, message)  # type: ignore[name-defined]  # noqa: F821 - it runs among the names of tasks.py


def _answer_before_the_commit() -> None:
    """FastAPI's default scope: the answer leaves before the transaction is committed."""
    import fastapi

    depends = fastapi.Depends

    def without_scope(dependency: Any = None, *, use_cache: bool = True, scope: Any = None) -> Any:
        return depends(dependency, use_cache=use_cache)

    vars(fastapi)["Depends"] = without_scope


OFF: dict[str, Callable[[], None]] = {
    "acknowledgements": _forget_what_was_sent,
    "the relay's order": _forget_before_sending,
    "late acknowledging of tasks": _take_tasks_early,
    "sequences": _believe_old_messages,
    "the inbox's claim and the mails' keys": _take_everything_again,
    "the state sending": _never_mark_as_sending,
    "retries of mails": _never_retry,
    "whole files": _write_in_place,
    "the list of who is looked at again": _ignore_late_scans,
    "commit before answer": _answer_before_the_commit,
}
