"""A whole mailing: many confirmations from the queue into the SMTP sink by two workers, and their memory."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import psutil
from sqlalchemy import func, select, text

from bench.figures import Figure
from bench.world import World
from shared.kit.database import Sessions, make_engine, make_sessions, new_id
from shared.kit.mail import Attachment, Mail, Mailbox, NewMail, compose, queue

# In every run of the bench, and what is asked for: `make bench NAMES=mass_mail_10000`.
SOME, MANY = 1_000, 10_000
WORKERS = 2
LEAST = 50
# What a signed confirmation has, and its credential.
PAPER, CREDENTIAL = b"%PDF-1.4\n" + bytes(range(256)) * 134, b"eyJ" + b"x" * 2_500
SENDER = Mailbox.parse("Treffpunkt <treffpunkt@example.org>")
MEGABYTE = 2**20


def measure(world: World, mails: int) -> Iterator[Figure]:
    engine = make_engine(world.stack.postgres.url("certificates"))
    sessions = make_sessions(engine)
    with world.quiet():
        event_id = _queue(sessions, mails)
        with _workers(world) as workers:
            rate, memory = _watch(sessions, workers, event_id, mails)
    yield Figure(
        f"{mails:,} confirmations mailed by {WORKERS} workers, a second (at least {LEAST})", rate, LEAST
    )
    early, late = _ends(memory)
    yield Figure("the same: a worker's memory at the end and after a tenth (MB resident)", late, early)
    with sessions.begin() as session:
        found = session.scalar(select(func.count()).where(Mail.event_id == event_id, Mail.state == "sent"))
    yield Figure("the same: mails that were not sent", mails - (found or 0), None)
    engine.dispose()


measure_some = partial(measure, mails=SOME)
measure_many = partial(measure, mails=MANY)


def _queue(sessions: Sessions, mails: int) -> UUID:
    """One mail is composed, and the others are its copies: what is measured begins in the queue."""
    event_id = new_id()
    with sessions.begin() as session:
        queue(session, _mail(event_id))
        names = [column.name for column in Mail.__table__.columns if column.name not in ("id", "dedup_key")]
        columns = ", ".join(names)
        session.execute(
            text(
                f"INSERT INTO mails (id, dedup_key, {columns}) "  # noqa: S608 - names of our own columns
                f"SELECT gen_random_uuid(), dedup_key || n, {columns} FROM mails, generate_series(2, :mails) n "
                "WHERE event_id = :event"
            ),
            {"mails": mails, "event": event_id},
        )
    return event_id


def _mail(event_id: UUID) -> NewMail:
    message = compose(
        to=Mailbox("person@example.org", "Jürgen Großkreutz-Müller"),
        subject="Ihre Teilnahmebestätigung: Vernetzungstreffen",
        text="Guten Tag,\n\nvielen Dank für Ihre Teilnahme.\n" * 10,
        reply_to=SENDER,
        sender=SENDER,
        locale="de",
        attachments=[
            Attachment("KIH-2022-0001.pdf", PAPER),
            Attachment("KIH-2022-0001.jwt", CREDENTIAL, "application/vc+jwt"),
        ],
        kind="confirmation",
    )
    return NewMail(
        organisation_id=UUID(int=1), event_id=event_id, dedup_key=f"bench:{new_id()}:", message=message
    )


@contextmanager
def _workers(world: World) -> Iterator[list[psutil.Process]]:
    command = [sys.executable, "-m", "bench.mass_mail_worker"]
    environment = {**os.environ, **world.stack.env}
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        for _ in range(WORKERS)
    ]
    try:
        yield [psutil.Process(each.pid) for each in started]
    finally:
        for each in started:
            each.communicate(timeout=60)


def _watch(
    sessions: Sessions, workers: Sequence[psutil.Process], event_id: UUID, mails: int
) -> tuple[float, list[tuple[int, float]]]:
    """Mails a second from the first one sent to the last, and the largest worker (MB) after each so many."""
    memory: list[tuple[int, float]] = []
    done = [Mail.event_id == event_id, Mail.state.not_in(("queued", "claimed", "sending"))]
    finished = 0
    while finished < mails:
        time.sleep(0.5)
        with sessions.begin() as session:
            finished = session.scalar(select(func.count()).where(*done)) or 0
        memory.append((finished, max(each.memory_info().rss for each in workers) / MEGABYTE))
    with sessions.begin() as session:
        times = select(func.min(Mail.sent_at), func.max(Mail.sent_at)).where(*done)
        first, last = session.execute(times).one()
    if first is None or last is None:
        raise RuntimeError("No mail was sent.")
    return (mails - 1) / (last - first).total_seconds(), memory


def _ends(memory: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """The median memory between a tenth and a fifth of the mails, and over the last tenth."""
    most = memory[-1][0]
    early = [size for done, size in memory if most / 10 <= done <= most / 5] or [memory[0][1]]
    late = [size for done, size in memory if done >= most * 9 / 10]
    return statistics.median(early), statistics.median(late)
