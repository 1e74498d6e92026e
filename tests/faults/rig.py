"""What is different inside the processes of a stack under test: short times, sudden ends, guards switched off.

The product knows nothing of this: `rigging/sitecustomize.py` calls `install` before a program begins.
"""

import fcntl
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psutil
from sqlalchemy import event
from sqlalchemy.orm import Session

from shared.kit import inbox, outbox
from shared.kit.mail import sender, smtp
from tests.faults import guards
from tests.faults.guards import MAILS, MESSAGES, MOVES
from tests.faults.programs import folder, program

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
# After a confirmation that could not be stored.
PAUSE = timedelta(seconds=3)


def install() -> None:
    _shorten()
    for name in json.loads((folder() / "off.json").read_text(encoding="utf-8")):
        guards.OFF[name].switch_off()
    _mark_what_moves()
    _Ends().listen()


def _shorten() -> None:
    for name, value in PACE.items():
        # The one object that every function has as its default.
        object.__setattr__(sender.PACE, name, value)
    _set_defaults(smtp.SmtpSettings.__init__, timeout=REPLY, final_timeout=REPLY)
    if program() == "certificates-worker":
        from services.certificates.confirmations import issuing

        issuing.PAUSE = PAUSE


def _set_defaults(function: Any, **values: Any) -> None:
    function.__kwdefaults__.update(values)


def _mark_what_moves() -> None:
    """Most commits are of jobs that found nothing to do; the others are those at which an end hurts."""
    _mark(inbox, "claim", MESSAGES)
    _mark(outbox, "take_due", MESSAGES)
    _mark(sender, "_claim", MAILS)


def _mark(module: Any, name: str, what: str) -> None:
    take = getattr(module, name)

    def take_and_mark(session: Session, *values: Any, **options: Any) -> Any:
        taken = take(session, *values, **options)
        if taken:
            session.info[MOVES] = what
        return taken

    setattr(module, name, take_and_mark)


class _Ends:
    """Ends this process, or PostgreSQL, at a commit, as ordered by the file of its program: exactly there, and once."""

    def __init__(self) -> None:
        self._order = folder() / f"{program()}.json"

    def listen(self) -> None:
        for point in ("before_commit", "after_commit"):
            event.listen(Session, point, self._at(point))

    def _at(self, point: str) -> Callable[[Session], None]:
        def reach(session: Session) -> None:
            with suppress(FileNotFoundError):
                if (victim := self._count(point, session.info.get(MOVES))) is not None:
                    end_with_children(victim)

        return reach

    def _count(self, point: str, moved: str | None) -> int | None:
        """Who has to end now: all processes of a program count together, in the order itself, one at a time."""
        with self._order.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            order = json.load(file)
            is_meant = order["point"] == point and (not order["moving"] or moved in order["moving"])
            # Whoever waited for the lock while another one ended finds nothing left to count.
            if not is_meant or not order["nth"]:
                return None
            order["nth"] -= 1
            file.seek(0)
            json.dump(order, file)
            file.truncate()
            if order["nth"]:
                return None
            self._order.unlink(missing_ok=True)
        return order["victim"] or os.getpid()


def end_with_children(pid: int) -> None:
    """-9 for a process and all that it has started; the process itself comes last, if it is this one."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        children = parent.children(recursive=True) if pid != os.getpid() else []
        for process in (parent, *children):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
