"""Redis and PostgreSQL that end, messages out of order, scans that come late, a disk that is full."""

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psutil
from redis import Redis

from deploy.local.bootstrap import SERVICES
from deploy.local.play.http import wait_for
from shared.kit.messaging import make_client
from tests.faults.chance import Chance
from tests.faults.guards import MAILS, MESSAGES, WORKERS
from tests.faults.judge import Tolerance
from tests.faults.moments import MAILING_SECONDS, Later
from tests.faults.small_event import COMING, SmallEvent
from tests.faults.world import World

# Less than the PDF of a confirmation.
FULL_AT = 4_000


@contextmanager
def messages_shuffled(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The workers stand still until all is told; then each task in the broker is there three times, in any order.

    Certificates' worker goes on before the others, so that what it tells them is there three times, too. The event
    changes before it is closed: whoever believes what comes last reopens it.
    """
    with world.frozen("registration-worker", "agenda-worker"):
        with world.frozen("certificates-worker"):
            event.change(times=4)
            told = world.ask(TOLD, event.id)
            yield Tolerance()
            _tell_again(world, told)
            _triple(world, chance, "certificates")
        wait_for("what certificates tells the others", lambda: not _works(world, "certificates"), seconds=20)
        _triple(world, chance, "registration", "agenda")


def _triple(world: World, chance: Chance, *queues: str) -> None:
    with Redis.from_url(world.stack.env["REDIS_URL"]) as redis:
        for queue in queues:
            tasks = 3 * redis.lrange(queue, 0, -1)
            chance.shuffle(tasks)
            redis.delete(queue)
            if tasks:
                redis.rpush(queue, *tasks)


def _works(world: World, service: str) -> bool:
    """Whether messages wait for a service, or for the relay."""
    return bool(world.waiting_messages(service)) or _unsent(world)


TOLD = "SELECT name, consumer, envelope FROM agenda.outbox WHERE subject = %s"


def _tell_again(world: World, told: Sequence[Any]) -> None:
    """What was said of the event before the play, too; and time for the relay to send the rest."""
    with make_client(world.stack.env["REDIS_URL"]) as broker:
        for name, consumer, envelope in told:
            broker.send_task(name, [envelope], queue=consumer)
    wait_for("the relay", lambda: not _unsent(world), seconds=20)


def _unsent(world: World) -> bool:
    waiting = "SELECT 1 FROM {}.outbox WHERE acknowledged_at IS NULL AND attempts = 0"
    return any(world.ask(waiting.format(service)) for service in SERVICES)


@contextmanager
def redis_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """With all that it has in memory; in turn it stays away for some seconds."""

    def kill() -> None:
        world.kill_and_await("redis")
        if chance.in_turn([True, False]):
            with world.stopped("redis"):
                time.sleep(chance.uniform(1, 4))

    with Later(chance, kill):
        yield Tolerance()


@contextmanager
def redis_lost(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """Redis dies and its disk with it: with all messages in it, for the workers stand still, or at any moment."""

    def lose() -> None:
        world.stack.supervisor.stop_program("redis")
        for part in (world.stack.var / "redis" / "appendonlydir").glob("*"):
            part.unlink()
        world.stack.supervisor.start_program("redis")

    if chance.in_turn([True, False]):
        with world.frozen(*WORKERS):
            yield Tolerance()
            time.sleep(chance.uniform(0, 2))
            lose()
        return
    with Later(chance, lose):
        yield Tolerance()


@contextmanager
def postgres_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The server with all its processes: around a commit of a web process, worker or relay, or at any moment, or twice."""
    program, how = chance.in_turn(
        [
            ("registration-web", "after_commit"),
            ("certificates-worker", "before_commit"),
            ("relay", "before_commit"),
            ("", "at any moment"),
            ("certificates-worker", "after_commit"),
            ("registration-web", "before_commit"),
            ("", "twice"),
        ]
    )
    times = 1 + (how == "twice")
    # A sender keeps the mail server's answer until it can be written down: nothing comes twice.
    tolerance = Tolerance()
    if program:
        moving = [] if program == "registration-web" else [MESSAGES, MAILS]
        world.order_end(program, how, chance.randint(1, 8), moving=moving, of_postgres=True)
        yield tolerance
        world.await_end(program)
        return
    with Later(chance, lambda: _kill_postgres(world, chance, times=times)):
        yield tolerance


def _kill_postgres(world: World, chance: Chance, *, times: int) -> None:
    for _ in range(times):
        world.kill_and_await("postgres")
        time.sleep(chance.uniform(0, 2))


@contextmanager
def late_scans(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """One to three people are scanned only after the event was closed: when the others are served, or at once."""
    event.late = tuple(chance.sample(COMING, chance.randint(1, 3)))
    on_time = len(COMING) - len(event.late)
    if chance.in_turn([True, False]):
        event.before_late = lambda: wait_for(
            "the others' confirmations",
            lambda: _count_issued(world, event) >= on_time,
            seconds=MAILING_SECONDS,
        )
    yield Tolerance()


def _count_issued(world: World, event: SmallEvent) -> int:
    query = "SELECT count(*) FROM certificates.confirmations WHERE event_id = %s"
    count: int = world.ask(query, event.id)[0][0]
    return count


@contextmanager
def disk_full(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """No file of the drawing worker may grow beyond a few kilobytes, for some seconds of the play.

    Badges and a sign-in sheet are ordered meanwhile: they wait, and are drawn when there is room.
    """
    event.papers = ("badge-runs", "sign-in-sheets")
    limit_files(world, FULL_AT)
    try:
        yield Tolerance()
        time.sleep(chance.uniform(1, 4))
    finally:
        limit_files(world, resource.RLIM_INFINITY)


def limit_files(world: World, size: int) -> None:
    """The kernel's limit for files of the certificates' worker and its children: writing more is an error there."""
    parent = psutil.Process(world.pid("certificates-worker"))
    for process in (parent, *parent.children(recursive=True)):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
