"""Plans for networking: cost beside its proven bound, and the solver's seconds, for the public suite and a re-plan."""

import json
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.figures import Figure
from bench.world import World
from services.agenda.networking.solving.instances import Instance, parse
from services.agenda.networking.solving.replans import keep_published
from services.agenda.networking.solving.solve import solve

SUITE = Path(__file__).parents[2] / "shared" / "networking" / "public.json"
# For each instance; most are solved at once, by a construction.
SECONDS = 2.0
# What the paper of 60 people and the room wait for.
REPLAN_LIMIT = 0.2
# Plans that a construction finds, whole: read, built, proven and measured.
PAIRS_LIMIT, CAFE_LIMIT = 0.05, 0.1


def measure(_: World) -> Iterator[Figure | str]:
    yield Figure("networking: seconds for 500 pairs in 10 rounds", _time(_many_pairs()), PAIRS_LIMIT)
    yield Figure("networking: seconds for a café of 1,200 in 5 rounds", _time(_large_cafe()), CAFE_LIMIT)
    yield Figure("networking: seconds to plan again for 60 with 7 no-shows", _replan(), REPLAN_LIMIT)
    if not SUITE.exists():
        yield "the public suite is not beside the project"
        return
    for document in json.loads(SUITE.read_text(encoding="utf-8"))["instances"]:
        solution = solve(parse(document), seconds=SECONDS)
        yield Figure(f"networking: cost of {document['id']}, and its bound", solution.cost, solution.bound)
        yield Figure(
            f"networking: cost of {document['id']}, and the best known",
            solution.cost,
            document["best_known_cost"],
        )
        yield Figure(f"networking: seconds for {document['id']}, and given", solution.seconds, SECONDS)


def _time(document: Mapping[str, object], times: int = 9) -> float:
    """The median; the plan has to be without a repeat."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        solution = solve(parse(document), seconds=SECONDS)
        seconds.append(time.perf_counter() - started)
        if solution.cost:
            raise AssertionError(f"{document['id']}: {solution.cost} repeats")
    return statistics.median(seconds)


def _many_pairs() -> dict[str, object]:
    return {
        "id": "pairs of 1,000",
        "format": "pairs",
        "n": 1000,
        "rounds": 10,
        "tables": 500,
        "cap": [2, 2],
        "empty_ok": True,
        "max_sitouts": 0,
        "weights": {"repeats": 1},
    }


def _large_cafe() -> dict[str, object]:
    return {
        "id": "café of 1,200",
        "format": "cafe",
        "n": 1200,
        "rounds": 5,
        "tables": 100,
        "cap": [12, 12],
        "distinct_tables": True,
        "weights": {"repeats": 1},
    }


def _replan() -> float:
    published = solve(_speed_networking()).plan
    again = _speed_networking(
        published=published, frozen_rounds=2, absent=[[7 * person, 2, 9] for person in range(7)]
    )
    started = time.perf_counter()
    keep_published(again)
    return time.perf_counter() - started


def _speed_networking(**changes: object) -> Instance:
    people = 60
    return parse(
        {
            "id": "speed networking",
            "format": "pairs",
            "n": people,
            "rounds": 9,
            "tables": people // 2,
            "cap": [2, 2],
            "empty_ok": True,
            "org": [person % 12 for person in range(people)],
            "org_rule": "hard",
            "max_sitouts": 9,
            "weights": {"changes": 5, "sitouts": 2, "repeats": 1},
            **changes,
        }
    )
