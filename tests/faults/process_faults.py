"""Processes that end with -9 at a drawn moment, or that are there twice."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.bootstrap import SERVICES
from deploy.local.play.http import wait_for
from tests.faults.chance import Chance
from tests.faults.guards import MAILS, MESSAGES, WORKERS
from tests.faults.judge import Tolerance
from tests.faults.moments import Later, wait_for_mails
from tests.faults.small_event import SmallEvent
from tests.faults.world import CHILDREN, RESTART_SECONDS, World

COMMITS = ("before_commit", "after_commit")


def draw_worker(chance: Chance) -> str:
    """Most of the work is certificates'."""
    return chance.choice([*WORKERS, "certificates-worker", "certificates-worker"])


@contextmanager
def worker_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The child exactly at a commit or with mails in its hands, or the parent, a child or all at any moment."""
    program = draw_worker(chance)
    kills = {"all": world.kill, "parent": world.kill_parent, "child": world.kill_child}
    how = chance.in_turn([*COMMITS, "mails", *kills])
    if how not in kills:
        if how == "mails":
            program = "certificates-worker"
            world.order_end(program, "after_commit", chance.randint(1, 2), moving=[MAILS])
        else:
            world.order_end(program, how, chance.randint(1, 6), moving=[MESSAGES])
        # It has sent nothing yet of what it has taken.
        yield Tolerance()
        world.await_end(program)
        return
    tolerance = Tolerance(twice=CHILDREN if program == "certificates-worker" else 0)
    with Later(chance, lambda: kills[how](program)):
        yield tolerance


@contextmanager
def relay_killed(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """Exactly before or after a commit: then the broker has what no row says; or at any moment."""
    how = chance.in_turn([*COMMITS, "at any moment"])
    if how in COMMITS:
        world.order_end("relay", how, chance.randint(1, 6), moving=[MESSAGES])
        yield Tolerance()
        world.await_end("relay")
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
    world.await_end(program)


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
