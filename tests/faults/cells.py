"""The kinds of faults. A cell breaks something around a small event's play; the seed draws the moment.

Each is a context: the event is played inside of it, and when it ends everything is whole again.
"""

import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import product

import psutil
from redis import Redis

from deploy.local.bootstrap import SERVICES
from deploy.local.play.http import PlayFailed, wait_for
from shared.kit.messaging import make_client
from tests.faults.chance import Chance
from tests.faults.guards import MAILS, MESSAGES, WORKERS
from tests.faults.judge import Tolerance, Verdict, judge
from tests.faults.mail_server import a_misbehaving_server
from tests.faults.small_event import COMING, SmallEvent
from tests.faults.world import CHILDREN, RESTART_SECONDS, World
from tests.support import scripted_smtp

Trouble = Callable[[World, SmallEvent, Chance], AbstractContextManager[Tolerance]]

# From the first sign-up to the last mail on a quiet machine; moments are drawn from it.
PLAY_SECONDS = 4.0
# Less than the PDF of a confirmation.
FULL_AT = 4_000
REFUSING_SECONDS = 20.0
# So long a server that has misbehaved once, and is well again, may keep mails waiting.
MAILING_SECONDS = 30.0
COMMITS = ("before_commit", "after_commit")


@dataclass(frozen=True)
class Cell:
    """A kind of fault. With one of its guards (see `guards.py`) switched off it must fail: the positive control.

    `note` says why a guard that one would expect is not among them.
    """

    name: str
    trouble: Trouble
    guards: tuple[str, ...]
    note: str = ""


def run(world: World, cell: Cell, seed: int, *, gives_up: bool = False) -> Verdict:
    """Play one event under a fault and judge it (see `judge` for `gives_up`)."""
    chance = Chance(cell.name, seed)
    event, tolerance = world.event(), Tolerance()
    try:
        with cell.trouble(world, event, chance) as tolerance:
            event.play()
    except PlayFailed as problem:
        event.refusals.append(str(problem))
    world.heal()
    return judge(world, event, tolerance, healed=tolerance.whole_since or time.monotonic(), gives_up=gives_up)


@dataclass
class Later:
    """Does something in a thread of its own at a moment drawn by the seed; an error there is raised here."""

    chance: Chance
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


# --- processes ---


def draw_worker(chance: Chance) -> str:
    """Most of the work is certificates'."""
    return chance.choice([*WORKERS, "certificates-worker", "certificates-worker"])


@contextmanager
def worker_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The child exactly at a commit or with mails in its hands, or the parent, a child or all at any moment."""
    program = draw_worker(chance)
    tolerance = Tolerance(twice=CHILDREN)
    kills = {"all": world.kill, "parent": world.kill_parent, "child": world.kill_child}
    how = chance.in_turn([*COMMITS, "mails", *kills])
    if how not in kills:
        if how == "mails":
            world.order_end("certificates-worker", "after_commit", chance.randint(1, 2), moving=[MAILS])
        else:
            world.order_end(program, how, chance.randint(1, 6), moving=[MESSAGES])
        yield tolerance
        return
    with Later(chance, lambda: kills[how](program)):
        yield tolerance


@contextmanager
def relay_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """Exactly before or after a commit: then the broker has what no row says; or at any moment."""
    how = chance.in_turn([*COMMITS, "at any moment"])
    if how in COMMITS:
        world.order_end("relay", how, chance.randint(1, 6), moving=[MESSAGES])
        yield Tolerance()
        return
    with Later(chance, lambda: world.kill("relay")):
        yield Tolerance()


@contextmanager
def beat_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    with Later(chance, lambda: world.kill("beat")):
        yield Tolerance()


@contextmanager
def web_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """At the nth of the nine commits of a play's requests: the client never hears what was done, and asks again."""
    program = chance.choice(["registration-web", "registration-web", "registration-web", "agenda-web"])
    nth = chance.randint(1, 8) if program == "registration-web" else 1
    world.order_end(program, chance.in_turn(COMMITS), nth)
    yield Tolerance()


@contextmanager
def two_relays_and_two_beats(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """Both beats begin at once, so that their calls come together; in turn the workers stand still for a while,
    and two children take what has gathered.
    """
    world.kill("beat")
    with world.another("shared.kit.relay"), world.another("shared.kit.beat"):
        world.heal()
        wait_for("both relays", lambda: _count_relays(world) >= 2, seconds=RESTART_SECONDS)
        if chance.in_turn([False, True]):
            with world.frozen(*WORKERS):
                yield Tolerance()
                time.sleep(chance.uniform(0, 2))
        else:
            yield Tolerance()
        wait_for_mails(world, event, Tolerance())


def _count_relays(world: World) -> int:
    listening = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN relay_%%'"
    count: int = world.ask(listening)[0][0]
    return count // len(SERVICES)


# --- broker and database ---


@contextmanager
def messages_shuffled(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The workers stand still until all is told; then each task in the broker is there three times, in any order.

    The event changes before it is closed: whoever believes what comes last reopens it.
    """
    with world.frozen(*WORKERS):
        event.change(times=4)
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
    wait_for("the relay", lambda: not _unsent(world), seconds=20)


def _unsent(world: World) -> bool:
    waiting = "SELECT 1 FROM {}.outbox WHERE acknowledged_at IS NULL AND attempts = 0"
    return any(world.ask(waiting.format(service)) for service in SERVICES)


@contextmanager
def redis_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """With all that it has in memory; in turn it stays away for some seconds."""

    def kill() -> None:
        world.kill("redis")
        if chance.in_turn([True, False]):
            world.wait_until_up("redis")
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
    # A sender that cannot write down the answer leaves a mail that is unknown.
    tolerance = Tolerance(twice=2 * CHILDREN)
    if program:
        moving = [] if program == "registration-web" else [MESSAGES, MAILS]
        world.order_end(program, how, chance.randint(1, 8), moving=moving, of_postgres=True)
        yield tolerance
        return
    with Later(chance, lambda: _kill_postgres(world, chance, times=1 + (how == "twice"))):
        yield tolerance


def _kill_postgres(world: World, chance: Chance, *, times: int) -> None:
    for _ in range(times):
        world.kill("postgres")
        world.wait_until_up("postgres")
        time.sleep(chance.uniform(0, 2))


# --- scans and paper ---


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
    """No file of the drawing worker may grow beyond a few kilobytes, for some seconds of the play."""
    limit_files(world, FULL_AT)
    try:
        yield Tolerance()
        time.sleep(chance.uniform(1, PLAY_SECONDS))
    finally:
        limit_files(world, resource.RLIM_INFINITY)


def limit_files(world: World, size: int) -> None:
    """The kernel's limit for files of the certificates' worker and its children: writing more is an error there."""
    parent = psutil.Process(world.pid("certificates-worker"))
    for process in (parent, *parent.children(recursive=True)):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


# --- SMTP ---

VERBS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")


@contextmanager
def smtp_refuses(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """Nobody listens for 20 seconds, from before the play or from a moment of it."""
    pause = chance.in_turn([0.0, chance.uniform(0, 2)])
    supervisor, began = world.stack.supervisor, time.monotonic()
    stop = threading.Timer(pause, supervisor.stop_program, ["mail"])
    stop.start()
    try:
        yield Tolerance()
        time.sleep(max(0.0, began + pause + REFUSING_SECONDS - time.monotonic()))
    finally:
        stop.join()
        supervisor.start_program("mail")


@contextmanager
def smtp_defers(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """421 or 450 at a verb, once to three times."""
    code, verb = chance.in_turn([*product(["421 4.3.2 Closing", "450 4.2.1 Busy"], VERBS[2:] + VERBS[:2])])
    with a_misbehaving_server(world) as script:
        script.at(verb, *[code] * chance.randint(1, 3))
        tolerance = Tolerance()
        yield tolerance
        wait_for_mails(world, event, tolerance)


@contextmanager
def smtp_rejects(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """550 or 552 at a verb: the mail's own is final for it alone, the sender's stops the stream until the command."""
    code, verb = chance.in_turn([*product(["550", "552"], VERBS)])
    is_its_own = verb in ("RCPT", "DATA", "DOT") or (verb, code) == ("MAIL", "552")
    tolerance = Tolerance(refusal=code if is_its_own else "")
    with a_misbehaving_server(world) as script:
        script.at(verb, f"{code} 5.7.1 No")
        yield tolerance
        wait_for_mails(world, event, tolerance, resume=True)


@contextmanager
def smtp_hangs(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """No answer at a verb, or none after the final dot, with or without keeping the mail."""
    verb, step = chance.in_turn(
        [("DOT", scripted_smtp.KEEP_AND_HANG), *((verb, scripted_smtp.HANG) for verb in VERBS[1:])]
    )
    with a_misbehaving_server(world) as script:
        script.at(verb, step)
        tolerance = Tolerance(twice=int(verb == "DOT"))
        yield tolerance
        wait_for_mails(world, event, tolerance)


@contextmanager
def smtp_drops(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The connection ends at a verb, in the content before the final dot, or after it before the mail is kept."""
    verb, step = chance.in_turn(
        [
            ("MAIL", scripted_smtp.DROP),
            ("DATA", scripted_smtp.DROP_BEFORE_DOT),
            ("DOT", scripted_smtp.DROP),
            ("EHLO", scripted_smtp.DROP),
            ("RCPT", scripted_smtp.DROP),
        ]
    )
    with a_misbehaving_server(world) as script:
        script.at(verb, step)
        tolerance = Tolerance()
        yield tolerance
        wait_for_mails(world, event, tolerance)


@contextmanager
def mail_kept_and_dropped(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The one moment at which nobody can know: the server has the mail, and its answer is lost."""
    with a_misbehaving_server(world) as script:
        script.at("DOT", scripted_smtp.KEEP_AND_DROP)
        tolerance = Tolerance(twice=1)
        yield tolerance
        wait_for_mails(world, event, tolerance)


def wait_for_mails(world: World, event: SmallEvent, tolerance: Tolerance, *, resume: bool = False) -> None:
    """What has misbehaved once is well from now on: all mails go, after the command where the stream was stopped.

    Raises PlayFailed when they do not.
    """
    tolerance.whole_since = time.monotonic()

    def are_out() -> bool:
        if resume and world.ask("SELECT 1 FROM certificates.mail_streams WHERE stopped_at IS NOT NULL"):
            world.stack.run("mails", "resume")
            tolerance.whole_since = time.monotonic()
        return _count_mailed(world, event) == len(COMING)

    wait_for("the mails", are_out, seconds=MAILING_SECONDS)


def _count_mailed(world: World, event: SmallEvent) -> int:
    """How many confirmations are sent or failed; none while another mail is on its way."""
    ((mailed, waiting),) = world.ask(
        "SELECT count(*) FILTER (WHERE kind = 'confirmation'), count(*) FILTER (WHERE state IN ('queued',"
        " 'claimed', 'sending') OR state = 'unknown' AND NOT is_resend)"
        " FROM certificates.mails WHERE event_id = %s",
        event.id,
    )
    return 0 if waiting else mailed


CELLS = (
    Cell(
        "a worker is killed",
        worker_killed,
        (
            "late acknowledging and the outbox's acknowledgements",
            "claim and effect in one transaction",
            "leases of mails",
        ),
    ),
    Cell("the relay is killed", relay_killed, ("noting what was sent after sending it",)),
    Cell("beat is killed", beat_killed, ("due work in rows",)),
    Cell("a web process is killed around a commit", web_killed, ("commit before answer", "stored answers")),
    Cell(
        "two relays and two beats",
        two_relays_and_two_beats,
        ("row locks of the relay, claims and keys", "row locks and marks of senders"),
    ),
    Cell(
        "every message three times and shuffled",
        messages_shuffled,
        ("sequences", "claims, keys and equal sequences"),
    ),
    Cell(
        "Redis is killed",
        redis_killed,
        ("the relay's going on after trouble",),
        note="Its file (AOF) saves time alone: without it the outbox sends again, as the next cell shows.",
    ),
    Cell("Redis is killed and its file is lost", redis_lost, ("acknowledgements in the outbox",)),
    Cell(
        "PostgreSQL is killed",
        postgres_killed,
        ("commits that are on disk", "claim and effect in one transaction"),
    ),
    Cell("SMTP refuses for 20 s", smtp_refuses, ("retries",)),
    Cell("SMTP answers 421 or 450", smtp_defers, ("retries",)),
    Cell(
        "SMTP answers 550 or 552",
        smtp_rejects,
        ("stopping at a refused sender", "failing of a refused mail"),
    ),
    Cell("SMTP hangs", smtp_hangs, ("the state sending", "limits of waiting and leases")),
    Cell("SMTP drops the connection", smtp_drops, ("retries",)),
    Cell("SMTP keeps a mail and drops the connection", mail_kept_and_dropped, ("the state sending",)),
    Cell("the last scans come after closing", late_scans, ("looking again after late scans",)),
    Cell("the disk is full while papers are drawn", disk_full, ("whole files",)),
)
