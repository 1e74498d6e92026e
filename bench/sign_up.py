"""Sign-ups over HTTP beside what PostgreSQL itself does for one, and beside a route that does nothing."""

import random
from collections.abc import Iterator, Sequence
from itertools import repeat

from bench import limits
from bench.figures import Figure, interleaved
from bench.load import Moment, Request, get, rate, stampede
from bench.world import Event, World

SECONDS = 2
STAMPEDE, PLACES, STAMPEDE_SECONDS = 2000, 200, 5.0


def measure(world: World) -> Iterator[Figure | str]:
    event = world.event(capacity=1_000_000)
    with world.quiet():
        yield from _rates(world, event)
    crowded = world.event(capacity=PLACES)
    with world.quiet():
        yield from _stampede(world, crowded)


def _rates(world: World, event: Event) -> Iterator[Figure | str]:
    port = world.stack.ports.registration
    cpu: list[float] = []

    def sign_ups() -> float:
        before = world.cpu_seconds("registration-web", "postgres")
        found = rate(port, world.sign_ups(event), clients=limits.CLIENTS, seconds=SECONDS, status=202)
        cpu.append((world.cpu_seconds("registration-web", "postgres") - before) / (found * SECONDS))
        return found

    def nothing() -> float:
        return rate(port, repeat(get("/healthz")), clients=limits.CLIENTS, seconds=SECONDS / 2)

    sign_ups()
    cpu.clear()
    try:
        limit = limits.PgBench(world.stack.postgres)
        ours, statement, idle = interleaved(sign_ups, lambda: limit.rate(SECONDS), nothing)
        yield Figure("sign-ups a second, beside pgbench", ours, statement)
    except limits.LimitMissing as missing:
        yield str(missing)
        ours, idle = interleaved(sign_ups, nothing)
    yield Figure("sign-ups a second, beside a route that does nothing", ours, idle)
    yield Figure("CPU per sign-up, web and database (ms; at most 6)", 1000 * sorted(cpu)[len(cpu) // 2], 6)


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
