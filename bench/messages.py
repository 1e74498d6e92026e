"""Messages a second through outbox, Redis, inbox and back, beside Redis alone with the same bytes."""

import time
from collections.abc import Iterator

import psutil
import redis

from bench.figures import Figure, interleaved
from bench.scans import BATCH, Door
from bench.world import World

SCANS = 200
QUEUE = "bench"


def measure(world: World) -> Iterator[Figure]:
    """A scan is told to two services; it is counted for each of them, once its acknowledgement is back."""
    event = world.event(capacity=1000)
    with world.quiet():
        door = Door(world, event.slug, world.fill(event, 500))
    relay = psutil.Process(world.stack.pids["relay"])
    broker = redis.Redis.from_url(world.stack.env["REDIS_URL"])

    def ours() -> float:
        door.connect()
        relay.suspend()
        try:
            for _ in range(SCANS // BATCH):
                door.send(BATCH)
            messages = world.unacknowledged()
            started = time.perf_counter()
        finally:
            relay.resume()
        world.settled()
        return messages / (time.perf_counter() - started)

    def limit() -> float:
        envelopes = [bytes(row[0], "utf-8") for row in world.rows(ENVELOPES)]
        started = time.perf_counter()
        for envelope in envelopes:
            broker.rpush(QUEUE, envelope)
            broker.lpop(QUEUE)
        return len(envelopes) / (time.perf_counter() - started)

    world.settled()
    chain, alone = interleaved(ours, limit, passes=3)
    yield Figure("messages a second, there and acknowledged, beside Redis alone", chain, alone)


ENVELOPES = "SELECT envelope::text FROM registration.outbox ORDER BY created_at DESC LIMIT 1000"
