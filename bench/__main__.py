"""`make bench`: what we do beside what could be done, measured in one interleaved run on a real stack."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psutil

from bench import exports, growth, issuing, mails, mass_mail, messages, networking, paper, scans, sign_up
from bench.figures import Figure
from bench.world import World
from deploy.local.files import ROOT
from deploy.local.stack import Stack
from shared.kit.settings import Settings
from shared.kit.telemetry import configure_logging

Measure = Callable[[World], Iterator[Figure | str]]
MEASURES: dict[str, Measure] = {
    "sign_up": sign_up.measure,
    "scans": scans.measure,
    "paper": paper.measure,
    "exports": exports.measure,
    "issuing": issuing.measure,
    "mails": mails.measure,
    "mass_mail": mass_mail.measure_some,
    "messages": messages.measure,
    "growth": growth.measure,
    "networking": networking.measure,
}
# What takes minutes is measured when it is asked for by name.
LONG: dict[str, Measure] = {"mass_mail_10000": mass_mail.measure_many}

# A line for each mail and message would be half of what is measured here, and is not asked for.
QUIET = {"LOG_LEVEL": "WARNING"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"some of {', '.join(MEASURES | LONG)}; without: all but the last",
    )
    parser.add_argument("--web", type=int, default=os.cpu_count() or 1, help="web processes of each service")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(MEASURES | LONG):
        parser.error(f"There is no measurement {', '.join(sorted(unknown))}.")
    configure_logging(Settings(log_level=QUIET["LOG_LEVEL"]))
    stack = Stack(ROOT / "var" / "bench", web_processes=arguments.web, environment=QUIET)
    if stack.var.exists():
        stack.erase()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}; name: ours, limit, ratio", flush=True)
    with stack:
        world = World(stack)
        for name in arguments.names or MEASURES:
            tell(name, (MEASURES | LONG)[name], world)
    stack.erase()
    return 0


def machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB"


def tell(name: str, measure: Measure, world: World) -> None:
    started = time.monotonic()
    print(f"\n{name}", flush=True)
    for said in measure(world):
        print(f"  {said}" if isinstance(said, Figure) else f"  MISSING: {said}", flush=True)
    print(f"  ({time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
