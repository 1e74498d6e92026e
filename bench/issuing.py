"""Confirmations from the organiser's call of the API to what is stored, signed and queued as a mail."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from bench.figures import Figure
from bench.world import World

PEOPLE = 1_000
# What projects do that draw such papers in a request, both unsigned: Indico 6.1, tickets of pretix 10.5.
LEAST = 50


def measure(world: World) -> Iterator[Figure]:
    [(organisation,)] = world.rows("SELECT id FROM registration.organisations LIMIT 1")
    with world.quiet():
        run(world, "prepare", str(organisation), str(PEOPLE))
        before = world.cpu_seconds("postgres")
        seconds, issued = json.loads(run(world, "issue", str(organisation), world.token))
        database = world.cpu_seconds("postgres") - before
    if issued != PEOPLE:
        raise RuntimeError(f"{issued} of {PEOPLE} confirmations were issued")
    yield Figure(
        f"confirmations drawn, signed, stored and queued for a CPU-second (at least {LEAST})",
        issued / seconds,
        LEAST,
    )
    yield Figure("the same, with the database's CPU", issued / (seconds + database))


def run(world: World, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program with our own arguments
        [sys.executable, "-m", "bench.issuing_run", *arguments],
        env={**os.environ, **world.stack.env},
        capture_output=True,
        text=True,
        check=True,
    )
    # Its log comes first.
    return done.stdout.splitlines()[-1] if done.stdout else ""
