"""The `schedule.json` of a large programme beside `json.dumps` of the same document, and its queries."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any

from bench.figures import Figure, interleaved
from bench.load import Connection, get
from bench.world import World

SESSIONS = 300
TIMES = 20
BEGIN = datetime.fromisoformat("2030-05-06T09:00:00+02:00")


def measure(world: World) -> Iterator[Figure]:
    event = world.event(capacity=10, sessions=[session(number) for number in range(SESSIONS)])
    request = get(f"/agenda/e/{event.slug}/schedule.json")
    connection = Connection(world.stack.ports.agenda)
    document = connection.ask(request).json
    with world.quiet():
        ours, limit = interleaved(
            lambda: milliseconds(lambda: connection.ask(request)),
            lambda: milliseconds(lambda: json.dumps(document)),
        )
        queries = world.queries(lambda: connection.ask(request))
    yield Figure(f"schedule.json of {SESSIONS} sessions (ms), beside json.dumps", ours, limit)
    yield Figure(f"schedule.json of {SESSIONS} sessions: queries (at most 10)", queries, 10)


def session(number: int) -> dict[str, Any]:
    return {
        "key": f"session-{number}",
        "kind": "talk",
        "title": f"Vortrag {number}: Künstliche Intelligenz im Mittelstand",
        "room": "hall",
        "starts_at": (BEGIN + timedelta(minutes=10 * number)).isoformat(),
        "minutes": 10,
        "speaker_organisation": f"Institut {number % 60}",
    }


def milliseconds(act: Any) -> float:
    started = time.perf_counter()
    for _ in repeat(None, TIMES):
        act()
    return 1000 * (time.perf_counter() - started) / TIMES
