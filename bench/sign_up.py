"""Sign-ups over HTTP beside what PostgreSQL itself does for one, and beside a route that does nothing."""

import random
import statistics
from collections.abc import Iterator, Sequence
from itertools import repeat

from bench import limits
from bench.figures import Figure, interleaved
from bench.load import Moment, Request, get, rate, stampede
from bench.world import Event, World

SECONDS = 2
# People at the form when an event opens, beside the eight of pgbench.
RUSH = 32
STAMPEDE, PLACES, STAMPEDE_SECONDS = 2000, 200, 5.0


def measure(world: World) -> Iterator[Figure | str]:
    event = world.event(capacity=1_000_000)
    with world.quiet():
        yield from _rates(world, event)
    crowded = world.event(capacity=PLACES)
    with world.quiet():
        yield from _stampede(world, crowded)


def _rates(world: World, event: Event) -> Iterator[Figure | str]:
    few, many = Clients(world, event, limits.CLIENTS), Clients(world, event, RUSH)
    few.sign_up()
    few.cpu.clear()
    try:
        limit = limits.PgBench(world.stack.postgres)
        rush, ours, statement, idle = interleaved(
            many.sign_up, few.sign_up, lambda: limit.rate(SECONDS), many.ask_nothing
        )
        yield Figure(f"sign-ups a second, {RUSH} clients, beside pgbench (at least 0.15)", rush, statement)
        yield Figure(f"sign-ups a second, {few.count} clients, beside pgbench", ours, statement)
    except limits.LimitMissing as missing:
        yield str(missing)
        rush, idle = interleaved(many.sign_up, many.ask_nothing)
    yield Figure(f"sign-ups a second, {RUSH} clients, beside a route that does nothing", rush, idle)
    for clients in (few, many):
        if clients.cpu:
            yield Figure(
                f"CPU per sign-up, {clients.count} clients, web and database (ms; at most 6)",
                1000 * statistics.median(clients.cpu),
                6,
            )


class Clients:
    """So many of the public at once, each asking as soon as there is an answer; `cpu` is seconds per sign-up."""

    def __init__(self, world: World, event: Event, count: int) -> None:
        self._world, self._event, self.count = world, event, count
        self._port = world.stack.ports.registration
        self.cpu: list[float] = []

    def sign_up(self) -> float:
        """Sign-ups a second."""
        before = self._cpu_seconds()
        people = self._world.sign_ups(self._event)
        found = rate(self._port, people, clients=self.count, seconds=SECONDS, status=202)
        self.cpu.append((self._cpu_seconds() - before) / (found * SECONDS))
        return found

    def ask_nothing(self) -> float:
        """Answers a second of a route that does nothing."""
        return rate(self._port, repeat(get("/healthz")), clients=self.count, seconds=SECONDS / 2)

    def _cpu_seconds(self) -> float:
        return self._world.cpu_seconds("registration-web", "postgres")


def _stampede(world: World, event: Event) -> Iterator[Figure]:
    chance = random.Random(20221124)  # noqa: S311 - a reproducible crowd, not a secret
    moments = sorted(chance.uniform(0, STAMPEDE_SECONDS) for _ in range(STAMPEDE))
    people = [world.person() for _ in moments]
    requests = [
        Request(at, person["email"], world.sign_up(event, person))
        for at, person in zip(moments, people, strict=True)
    ]
    seen = stampede(world.stack.ports.registration, requests)
    good = [moment for moment in seen if moment.answer.status == 202]
    yield Figure("stampede: errors among 2,000", len(seen) - len(good), 0)
    places = [moment for moment in good if moment.answer.json["status"] == "confirmed"]
    yield Figure("stampede: places given, of 200", len(places), PLACES)
    yield Figure("stampede: people who were overtaken", overtaken(world, event, good), 0)
    longest = max(moment.answered - moment.sent for moment in seen)
    yield Figure("stampede: longest wait for an answer (s)", longest)
    yield Figure(
        "stampede: last answer after the first request (s)",
        max(m.answered for m in seen) - min(m.sent for m in seen),
    )


def overtaken(world: World, event: Event, seen: Sequence[Moment]) -> int:
    """How many had their answer before somebody else even asked, and yet stand behind that person."""
    rows = world.rows("SELECT email, position FROM registration.registrations WHERE event_id = %s", event.id)
    positions = dict(rows)
    count, foremost = 0, len(seen) + 1
    # From the last to ask to the first: `foremost` is the best position among all who asked after an answer.
    later = sorted(seen, key=lambda moment: moment.sent)
    for moment in sorted(seen, key=lambda moment: moment.answered, reverse=True):
        while later and later[-1].sent > moment.answered:
            foremost = min(foremost, positions[later.pop().key])
        count += positions[moment.key] > foremost
    return count
