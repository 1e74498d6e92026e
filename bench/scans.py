"""Scans of the door: a hundred in a request, and one by one."""

import itertools
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any

from bench.figures import Figure, interleaved
from bench.load import Connection, get, post
from bench.world import World

BATCH = 100
BATCHES = 10
SINGLES = 50
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Door:
    """A device whose every scan is a new one, of people with a place."""

    def __init__(self, world: World, slug: str, refs: Sequence[str]) -> None:
        self._port = world.stack.ports.registration
        self.connect()
        self._address = f"/registration/api/v1/events/{slug}/scans"
        self._token = world.token
        self._refs = itertools.cycle(refs)
        self._minutes = itertools.count()

    def connect(self) -> None:
        """Anew: the service closes a connection on which nobody asks for five seconds."""
        self._connection = Connection(self._port)

    def send(self, size: int) -> None:
        scans = [self._scan() for _ in range(size)]
        request = post(self._address, {"scans": scans}, token=self._token)
        results = self._connection.ask(request).json["results"]
        if any(result["result"] != "accepted" for result in results):
            raise RuntimeError(f"not every scan was accepted: {results[:3]}")

    def milliseconds(self, size: int, times: int) -> float:
        """What one scan takes, in requests of `size` scans."""
        started = time.perf_counter()
        for _ in range(times):
            self.send(size)
        return 1000 * (time.perf_counter() - started) / (size * times)

    def _scan(self) -> dict[str, Any]:
        instant = BEGIN + timedelta(minutes=next(self._minutes))
        return {"scanned_at": instant.isoformat(), "direction": "in", "ref": next(self._refs)}

    def nothing(self, times: int) -> float:
        """Milliseconds of a request to a route that does nothing."""
        started = time.perf_counter()
        for request in repeat(get("/healthz"), times):
            self._connection.ask(request)
        return 1000 * (time.perf_counter() - started) / times


def measure(world: World) -> Iterator[Figure]:
    event = world.event(capacity=1000)
    with world.quiet():
        door = Door(world, event.slug, world.fill(event, 500))
        door.send(BATCH)
        batched, single, nothing = interleaved(
            lambda: door.milliseconds(BATCH, BATCHES),
            lambda: door.milliseconds(1, SINGLES),
            lambda: door.nothing(SINGLES),
        )
    yield Figure("a scan in a batch of 100 (ms; at most 2)", batched, 2)
    yield Figure("a scan alone (ms), beside a route that does nothing", single, nothing)
