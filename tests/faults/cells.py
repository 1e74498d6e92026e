"""The kinds of faults. A cell breaks something around a small event's play; the seed draws the moment.

Each trouble is a context: the event is played inside of it, and when it ends everything is whole again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from deploy.local.play.http import PlayFailed
from tests.faults.chance import Chance
from tests.faults.data_faults import (
    disk_full,
    late_scans,
    messages_shuffled,
    postgres_killed,
    redis_killed,
    redis_lost,
)
from tests.faults.guards import SHOWN_BY
from tests.faults.judge import Tolerance, Verdict, judge
from tests.faults.process_faults import (
    beat_killed,
    relay_killed,
    two_relays_and_two_beats,
    web_killed,
    worker_killed,
)
from tests.faults.small_event import SmallEvent
from tests.faults.smtp_faults import (
    mail_kept_and_dropped,
    smtp_defers,
    smtp_drops,
    smtp_hangs,
    smtp_refuses,
    smtp_rejects,
)
from tests.faults.world import World

Trouble = Callable[[World, SmallEvent, Chance], AbstractContextManager[Tolerance]]


@dataclass(frozen=True)
class Cell:
    """A kind of fault. With one of its guards (see `guards.py`) switched off it must fail: the positive control.

    `note` says why a guard that one would expect is not among them.
    """

    name: str
    trouble: Trouble
    guards: tuple[str, ...]
    note: str = ""
    is_calm: bool = False
    """Whether nothing is broken: then it must hold without its guards, so that no control fails by itself."""


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


@contextmanager
def nothing_broken(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    yield Tolerance()


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
    Cell("nothing is broken", nothing_broken, tuple(SHOWN_BY), is_calm=True),
)
