"""The model event, played as by `make demo` while its stack is broken again and again."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psutil
import psycopg

from deploy.local.play import attendees, data, demo, organiser
from deploy.local.play.demo import Demo
from deploy.local.play.http import PlayFailed, Visitor, wait_for
from deploy.local.play.mails import Received, Spool
from deploy.local.stack import StackFailed
from tests.faults.chance import Chance
from tests.faults.judge import Tolerance, Verdict, judge
from tests.faults.mail_server import a_misbehaving_server
from tests.faults.small_event import is_in_flight
from tests.faults.world import CHILDREN, World
from tests.support import scripted_smtp
from tests.support.scripted_smtp import Script

NAME = "the model event under many faults"
# What was killed is started again only when a busy machine comes to it; until then the play waits.
PATIENCE = 240.0
SMTP_TROUBLE = (
    ("RCPT", "450 4.2.1 Busy"),
    ("DATA", "421 4.3.2 Closing"),
    ("DOT", "451 4.3.0 Try again"),
    ("MAIL", "550 5.7.1 No"),
    ("MAIL", scripted_smtp.DROP),
    ("DATA", scripted_smtp.DROP_BEFORE_DOT),
    ("DOT", scripted_smtp.DROP),
    ("DOT", scripted_smtp.KEEP_AND_DROP),
    ("DOT", scripted_smtp.KEEP_AND_HANG),
)
# A sender that ends may leave a mail of which nobody knows: one for each child of a worker that is killed
# (registration's once, certificates' three times), and two that the server keeps without an answer.
MOST_UNKNOWN = CHILDREN * (1 + 3) + 2


def run_model_event(world: World, seed: int) -> Verdict:
    """Play it once while the seed's strikes fall, heal, and judge it as a small event is judged."""
    chance, event = Chance(NAME, seed), ModelEvent()
    with a_misbehaving_server(world) as script:
        strikes = _strikes(world, script, chance)
        _play(world, event, _Storm(world, strikes, chance))
    world.heal()
    resume_stopped_mails(world)
    healed = time.monotonic()
    event.id = str(world.ask("SELECT id FROM agenda.events")[0][0])
    return judge(world, event, Tolerance(twice=MOST_UNKNOWN), healed=healed)


def _play(world: World, event: "ModelEvent", storm: "_Storm") -> None:
    with tempfile.TemporaryDirectory() as folder, _asking_again(event):
        play = Demo(
            world.stack, Path(folder), tell=lambda stage: storm.begin() if stage == "sign up" else None
        )
        play.spool = play.attendees.spool = FirstCopies(world.stack.mailbox)
        try:
            play.play()
        except PlayFailed as problem:
            event.refusals.append(str(problem))
        finally:
            storm.end()


@dataclass
class ModelEvent:
    """What the judges want to know of the model event (`judge.Played`)."""

    id: str = ""
    is_closed: bool = False
    registrations: list[UUID] = field(default_factory=list)
    scans: list[UUID] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def guests(self) -> list[str]:
        return [person.email for person in data.participants()]

    @property
    def due(self) -> list[str]:
        people = data.expected()["participants"]
        return [person.email for person in data.participants() if people[person.ref]["confirmation_due"]]

    def is_ours(self, address: str) -> bool:
        return True

    def may_have_another(self, kind: str, address: str) -> bool:
        """Some give their place back and get it again, with another ticket."""
        return kind != "confirmation"

    def note(self, path: str, answer: httpx2.Response) -> None:
        """Keep what an answer with 2xx promises."""
        if path.endswith("/close"):
            self.is_closed = True
        elif path.endswith("/registrations"):
            self.registrations.append(UUID(answer.json()["id"]))
        elif path.endswith("/scans"):
            ids = [result["scan_id"] for result in answer.json()["results"]]
            self.scans += [UUID(scan_id) for scan_id in ids if scan_id]


class FirstCopies(Spool):
    """A mail that came twice is seen once here: the play is not about it, the judges are."""

    def all(self) -> list[Received]:
        copies = {str(mail.message["Message-ID"]): mail for mail in reversed(super().all())}
        return list(reversed(copies.values()))


@contextmanager
def _asking_again(event: ModelEvent) -> Iterator[None]:
    """All visitors ask again, with the same key, until they are answered, as the small event's client does."""
    impatient = Visitor._ask

    def ask(self: Visitor, method: str, path: str, status: set[int], **options: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": uuid4().hex} | options.pop("headers", {})
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(httpx2.TransportError):
                answer = self._client.request(method, path, headers=headers, **options)
                if answer.status_code in status:
                    if method == "POST" and answer.is_success:
                        event.note(path, answer)
                    return answer
                if answer.status_code < 500 and not is_in_flight(answer):
                    raise PlayFailed(f"{method} {path}: {answer.status_code}\n{answer.text[:500]}")
            time.sleep(0.2)
        raise PlayFailed(f"{method} {path} was not answered for {PATIENCE:.0f} s")

    Visitor._ask = ask  # type: ignore[method-assign] # The play makes its visitors itself.
    for module in (attendees, demo, organiser):
        vars(module)["wait_for"] = _wait_long_for
    try:
        yield
    finally:
        Visitor._ask = impatient  # type: ignore[method-assign] # As above.
        for module in (attendees, demo, organiser):
            vars(module)["wait_for"] = wait_for


def _wait_long_for(what: str, look: Callable[[], Any], *, seconds: float = 0) -> Any:
    return wait_for(what, look, seconds=PATIENCE)


# --- what strikes ---


def _strikes(world: World, script: Script, chance: Chance) -> list[Callable[[], None]]:
    """Each program once or twice, the mail server in each way, in any order."""
    killed = ["relay", "beat", "redis", "postgres", "registration-web", "agenda-web", "certificates-web"]
    workers = ["registration-worker", "agenda-worker", "certificates-worker"]
    strikes: list[Callable[[], None]] = [partial(world.kill, program) for program in killed + workers]
    strikes += [partial(kill, "certificates-worker") for kill in (world.kill_parent, world.kill_child)]
    strikes += [partial(script.at, verb, step) for verb, step in SMTP_TROUBLE]
    chance.shuffle(strikes)
    return strikes


def resume_stopped_mails(world: World) -> None:
    """What an organiser does who sees that the mail server has refused the sender."""
    with suppress(psycopg.OperationalError):  # The database may be away at this moment.
        if world.ask("SELECT 1 FROM certificates.mail_streams WHERE stopped_at IS NOT NULL"):
            with suppress(StackFailed):
                world.stack.run("mails", "resume")


class _Storm:
    """Strikes in a thread of its own, with pauses of a second or two; an organiser looks after the mails meanwhile."""

    def __init__(self, world: World, strikes: Sequence[Callable[[], None]], chance: Chance) -> None:
        self._world = world
        self._strikes = strikes
        self._chance = chance
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        # Also when the play is over: none is left out.
        for strike in self._strikes:
            self._ended.wait(self._chance.uniform(0.5, 2))
            # What was struck a moment ago may not be there yet.
            with suppress(LookupError, psutil.NoSuchProcess, ProcessLookupError):
                strike()
            resume_stopped_mails(self._world)
        while not self._ended.wait(1):
            resume_stopped_mails(self._world)
