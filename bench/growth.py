"""What a larger event costs: the same work with 100 and with 10,000 people."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure, interleaved
from bench.load import Connection, get
from bench.paper import badge_run
from bench.world import Event, World
from services.certificates.badges import document

FEW, MANY = 100, 10_000
SIGN_UPS = 50
PAGES = 20


def measure(world: World) -> Iterator[Figure]:
    small, large = world.event(capacity=1_000_000), world.event(capacity=1_000_000)
    with world.quiet():
        world.fill(small, FEW)
        world.fill(large, MANY)
        connection = Connection(world.stack.ports.registration)
        few, many = interleaved(
            lambda: sign_up(world, connection, small), lambda: sign_up(world, connection, large)
        )
        yield Figure(f"growth: a sign-up at {MANY} people and at {FEW} (ms)", many, few)
        few, many = interleaved(
            lambda: page(world, connection, small), lambda: page(world, connection, large)
        )
        yield Figure(f"growth: a page of the list at {MANY} people and at {FEW} (ms)", many, few)
    few, many = interleaved(lambda: badges(FEW, times=MANY // FEW), lambda: badges(MANY, times=1), passes=3)
    yield Figure(f"growth: a badge of {MANY} and of {FEW} (ms)", many, few)


def sign_up(world: World, connection: Connection, event: Event) -> float:
    requests = world.sign_ups(event)
    return statistics.median(milliseconds(connection, next(requests), status=202) for _ in range(SIGN_UPS))


def page(world: World, connection: Connection, event: Event) -> float:
    request = get(f"/registration/api/v1/events/{event.slug}/registrations?limit=50", token=world.token)
    return statistics.median(milliseconds(connection, request) for _ in range(PAGES))


def milliseconds(connection: Connection, request: bytes, *, status: int = 200) -> float:
    started = time.perf_counter()
    connection.ask(request, status=status)
    return 1000 * (time.perf_counter() - started)


def badges(people: int, times: int) -> float:
    """Milliseconds of CPU for each badge of so many runs; nobody is in two of them, so no cache knows them."""
    runs = [badge_run(crowd(number * people, people)) for number in range(times)]
    started = time.process_time()
    for run in runs:
        document.draw(run)
    return 1000 * (time.process_time() - started) / (people * times)


def crowd(first: int, people: int) -> list[dict[str, Any]]:
    return [
        {"i": n, "name": f"Jürgen Großkreutz-Müller{n}", "org": "Thüringer Glas & Optik GmbH"}
        for n in range(first, first + people)
    ]
