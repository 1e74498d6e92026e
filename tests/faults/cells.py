"""The kinds of faults. A cell breaks something around a small event's play; the seed draws the moment.

Each is a context: the event is played inside of it, and when it ends everything is whole again.
"""

import random
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import psutil
from redis import Redis

from deploy.local.bootstrap import SERVICES
from deploy.local.play.http import PlayFailed
from shared.kit.messaging import make_client
from tests.faults.judge import Tolerance, Verdict, judge
from tests.faults.mail_server import a_misbehaving_server
from tests.faults.small_event import SmallEvent
from tests.faults.world import World
from tests.support import scripted_smtp

Trouble = Callable[[World, SmallEvent, random.Random], AbstractContextManager[Tolerance]]

# From the first sign-up to the last confirmation a small event takes about so many seconds.
PLAY_SECONDS = 5.0
# Less than the PDF of a confirmation.
FULL_AT = 4_000
REFUSING_SECONDS = 20.0


@dataclass(frozen=True)
class Cell:
    """A kind of fault. Without its guards, switched off by `rig`, the cell must fail (the positive control)."""

    name: str
    trouble: Trouble
    guards: tuple[str, ...] = ()


def run(world: World, cell: Cell, seed: int, *, patience: float = 60.0, has_keys: bool = True) -> Verdict:
    """Play one event under a fault and judge it."""
    chance = random.Random(f"{cell.name}:{seed}")
    event = world.event()
    event.has_keys = has_keys
    try:
        with cell.trouble(world, event, chance) as tolerance:
            event.play()
    except PlayFailed as problem:
        event.refusals.append(str(problem))
        tolerance = Tolerance()
    world.heal()
    return judge(world, event, tolerance, healed=time.monotonic(), patience=patience)


@dataclass
class Later:
    """Does something in a thread of its own at a moment drawn by the seed; an error there is raised here."""

    chance: random.Random
    strike: Callable[[], None]
    error: list[Exception] = field(default_factory=list)

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._run, args=[self.chance.uniform(0, PLAY_SECONDS)])
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        if self.error:
            raise self.error[0]

    def _run(self, pause: float) -> None:
        time.sleep(pause)
        try:
            self.strike()
        except Exception as error:
            self.error.append(error)


def draw_service(chance: random.Random) -> str:
    """Most of the work is certificates'."""
    return chance.choice([*SERVICES, "certificates", "certificates"])


@contextmanager
def worker_killed(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """The whole worker at any moment, or its parent, or its child, or the child exactly at a commit."""
    program = f"{draw_service(chance)}-worker"
    how = chance.choice(["all", "parent", "child", "commit", "commit"])
    if how == "commit":
        point, nth = chance.choice(["before_commit", "after_commit"]), chance.randint(1, 60)
        world.order_end(program, point, nth)
        yield Tolerance(twice=1)
        return
    kill = {"all": world.kill, "parent": world.kill_parent, "child": world.kill_child}[how]
    with Later(chance, lambda: kill(program)):
        yield Tolerance(twice=1)


@contextmanager
def relay_killed(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """At any moment, or exactly before or after a commit: then the broker has what no row says."""
    if chance.random() < 0.5:
        world.order_end("relay", chance.choice(["before_commit", "after_commit"]), chance.randint(1, 40))
        yield Tolerance()
        return
    with Later(chance, lambda: world.kill("relay")):
        yield Tolerance()


@contextmanager
def beat_killed(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    with Later(chance, lambda: world.kill("beat")):
        yield Tolerance()


@contextmanager
def web_killed(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """At the nth of the nine commits of a play's requests: the client never hears what was done, and asks again."""
    program = chance.choice(["registration-web", "registration-web", "registration-web", "agenda-web"])
    nth = chance.randint(1, 8) if program == "registration-web" else 1
    point = chance.choice(["before_commit", "after_commit", "after_commit"])
    world.order_end(program, point, nth)
    yield Tolerance()


@contextmanager
def messages_shuffled(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """The workers stand still until all is told; then each task in the broker is there three times, in any order."""
    with world.frozen(*(f"{service}-worker" for service in SERVICES)):
        yield Tolerance()
        _tell_again(world, event)
        with Redis.from_url(world.stack.env["REDIS_URL"]) as redis:
            for queue in SERVICES:
                tasks = 3 * redis.lrange(queue, 0, -1)
                chance.shuffle(tasks)
                redis.delete(queue)
                if tasks:
                    redis.rpush(queue, *tasks)


def _tell_again(world: World, event: SmallEvent) -> None:
    """What was said of the event before the play, too; and time for the relay to send the rest."""
    told = world.ask("SELECT name, consumer, envelope FROM agenda.outbox WHERE subject = %s", event.id)
    with make_client(world.stack.env["REDIS_URL"]) as broker:
        for name, consumer, envelope in told:
            broker.send_task(name, [envelope], queue=consumer)
    time.sleep(2)


@contextmanager
def redis_killed(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    with Later(chance, lambda: world.kill("redis")):
        yield Tolerance()


@contextmanager
def redis_lost(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """Redis dies and its disk with it."""

    def lose() -> None:
        world.stack.supervisor.stop_program("redis")
        for part in (world.stack.var / "redis" / "appendonlydir").glob("*"):
            part.unlink()
        world.stack.supervisor.start_program("redis")

    with Later(chance, lose):
        yield Tolerance()


@contextmanager
def queues_emptied(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """Redis forgets all it has, while the workers stand still: whatever is on its way is lost."""
    with world.frozen(*(f"{service}-worker" for service in SERVICES)):
        yield Tolerance()
        time.sleep(chance.uniform(1.5, 3))
        with Redis.from_url(world.stack.env["REDIS_URL"]) as redis:
            redis.flushall()


@contextmanager
def postgres_killed(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """The server with all its processes, at any moment; half the time twice."""

    def kill() -> None:
        world.kill("postgres")
        if chance.random() < 0.5:
            time.sleep(chance.uniform(1, 3))
            world.kill("postgres")

    with Later(chance, kill):
        # A sender that cannot write down the answer leaves a mail that is unknown.
        yield Tolerance(twice=2)


@contextmanager
def two_relays_and_two_beats(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    with world.another("shared.kit.relay"), world.another("shared.kit.beat"):
        time.sleep(chance.uniform(0, 3))
        yield Tolerance()
        time.sleep(PLAY_SECONDS)


@contextmanager
def late_scans(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """One to three people are scanned only after the event was closed: at once, or when the others are served."""
    event.late = tuple(chance.sample(event.due, chance.randint(1, 3)))
    event.pause_before_late = chance.choice([0.0, 2 * PLAY_SECONDS])
    yield Tolerance()


@contextmanager
def disk_full(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """No file of the drawing worker may grow beyond a few kilobytes, for some seconds of the play."""
    limit_files(world, FULL_AT)
    try:
        yield Tolerance()
        time.sleep(chance.uniform(1, PLAY_SECONDS))
    finally:
        limit_files(world, resource.RLIM_INFINITY)


def limit_files(world: World, size: int) -> None:
    """The kernel's limit for files of the certificates' worker and its child: writing more is an error there."""
    parent = psutil.Process(world.pid("certificates-worker"))
    for process in (parent, *parent.children(recursive=True)):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


# --- SMTP ---

VERBS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")


@contextmanager
def smtp_refuses(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """Nobody listens for 20 seconds, from any moment on."""
    pause = chance.uniform(0, 2)
    with world.stopped("mail"):
        yield Tolerance()
        time.sleep(max(0.0, REFUSING_SECONDS - pause))


@contextmanager
def smtp_defers(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """421 or 450 at a verb, once to three times."""
    code = chance.choice(["421 4.3.2 Closing", "450 4.2.1 Busy"])
    with a_misbehaving_server(world) as script:
        script.at(chance.choice(VERBS), *[code] * chance.randint(1, 3))
        yield from until_mails_are_out(world, event, Tolerance())


@contextmanager
def smtp_rejects(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """550 or 552 at a verb: the recipient's is final for that mail, the sender's stops the stream."""
    code = chance.choice(["550", "552"])
    verb = chance.choice(VERBS)
    with a_misbehaving_server(world) as script:
        script.at(verb, f"{code} 5.7.1 No")
        yield from until_mails_are_out(world, event, Tolerance(refusal=code), resume=True)


@contextmanager
def smtp_hangs(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """No answer at a verb, or none after the final dot, with or without keeping the mail."""
    verb = chance.choice(VERBS[1:])
    step = (
        chance.choice([scripted_smtp.HANG, scripted_smtp.KEEP_AND_HANG])
        if verb == "DOT"
        else scripted_smtp.HANG
    )
    with a_misbehaving_server(world) as script:
        script.at(verb, step)
        yield from until_mails_are_out(world, event, Tolerance(twice=int(verb == "DOT")))


@contextmanager
def smtp_drops(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """The connection ends: at a verb, in the content, or after the final dot before or after keeping the mail."""
    verb, step = chance.choice(
        [
            ("EHLO", scripted_smtp.DROP),
            ("MAIL", scripted_smtp.DROP),
            ("RCPT", scripted_smtp.DROP),
            ("DATA", scripted_smtp.DROP_BEFORE_DOT),
            ("DOT", scripted_smtp.DROP),
            ("DOT", scripted_smtp.KEEP_AND_DROP),
        ]
    )
    with a_misbehaving_server(world) as script:
        script.at(verb, step)
        yield from until_mails_are_out(
            world, event, Tolerance(twice=int(step == scripted_smtp.KEEP_AND_DROP))
        )


@contextmanager
def mail_kept_and_dropped(world: World, event: SmallEvent, chance: random.Random) -> Iterator[Tolerance]:
    """The one moment at which nobody can know: the server has the mail, and its answer is lost."""
    with a_misbehaving_server(world) as script:
        script.at("DOT", scripted_smtp.KEEP_AND_DROP)
        yield from until_mails_are_out(world, event, Tolerance(twice=1))


def until_mails_are_out(
    world: World, event: SmallEvent, tolerance: Tolerance, *, resume: bool = False
) -> Iterator[Tolerance]:
    """The server stays until what it has spoilt was met: a stream that it stopped goes on by the command."""
    yield tolerance
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        waiting = world.ask(
            "SELECT 1 FROM certificates.mails WHERE event_id = %s AND (state IN ('queued', 'claimed', 'sending')"
            " OR state = 'unknown' AND NOT is_resend)",
            event.id,
        )
        confirmed = world.ask(
            "SELECT count(*) FROM certificates.mails WHERE event_id = %s AND kind = 'confirmation'", event.id
        )[0][0]
        if confirmed == len(event.due) and not waiting:
            return
        if resume and world.ask("SELECT 1 FROM certificates.mail_streams WHERE stopped_at IS NOT NULL"):
            world.stack.run("mails", "resume")
        time.sleep(0.3)


CELLS = (
    Cell("a worker is killed", worker_killed, ("late acknowledging of tasks",)),
    Cell("the relay is killed", relay_killed, ("the relay's order",)),
    Cell("beat is killed", beat_killed),
    Cell("a web process is killed around a commit", web_killed, ("commit before answer",)),
    Cell("every message three times and shuffled", messages_shuffled, ("sequences",)),
    Cell("Redis is killed", redis_killed),
    Cell("Redis is killed and its file is lost", redis_lost, ("acknowledgements",)),
    Cell("Redis forgets everything on its way", queues_emptied, ("acknowledgements",)),
    Cell("PostgreSQL is killed", postgres_killed),
    Cell("SMTP refuses for 20 s", smtp_refuses, ("retries of mails",)),
    Cell("SMTP answers 421 or 450", smtp_defers, ("retries of mails",)),
    Cell("SMTP answers 550 or 552", smtp_rejects),
    Cell("SMTP hangs", smtp_hangs),
    Cell("SMTP drops the connection", smtp_drops),
    Cell("SMTP keeps a mail and drops the connection", mail_kept_and_dropped, ("the state sending",)),
    Cell("two relays and two beats", two_relays_and_two_beats),
    Cell("the last scans come after closing", late_scans, ("the list of who is looked at again",)),
    Cell("the disk is full while papers are drawn", disk_full, ("whole files",)),
)
