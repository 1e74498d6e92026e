"""`make faults`: every cell with many seeds on one stack, then every cell once more without its guard.

Each result is a line in `var/faults/results.jsonl`; what stands there is not played again. Remove the file
to begin anew.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from deploy.local.files import ROOT
from tests.faults.cells import CELLS, Cell, run
from tests.faults.world import World, a_world

RESULTS = ROOT / "var" / "faults" / "results.jsonl"
SEEDS = 20
# Without its guard a cell may still be lucky at one moment; it has so many.
TRIES = 5
CONTROL_PATIENCE = 25.0


def main() -> int:
    options = _options()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    cells = [cell for cell in CELLS if not options.cell or any(part in cell.name for part in options.cell)]
    todo = [(cell, seed) for cell in cells for seed in range(options.seeds) if not _is_known(cell, seed)]
    controls = [cell for cell in cells if cell.guards and not _is_known(cell, "control")]
    if todo or controls:
        with a_world() as world:
            for cell, seed in todo:
                _play(world, cell, seed)
            for cell in controls:
                _control(world, cell)
    return _print(cells)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--cell", action="append", help="only cells whose names have this in them")
    return parser.parse_args()


def _results() -> Iterator[dict[str, Any]]:
    if RESULTS.exists():
        yield from map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())


def _is_known(cell: Cell, seed: int | str) -> bool:
    return any(one["cell"] == cell.name and one["seed"] == seed for one in _results())


def _play(world: World, cell: Cell, seed: int) -> None:
    verdict = run(world, cell, seed)
    _keep(cell, seed, violations=verdict.violations, seconds=round(verdict.seconds, 2))
    if verdict.violations:
        world.begin_anew()


def _control(world: World, cell: Cell) -> None:
    """Without its guards the cell must fail, at one of a few moments."""
    violations = fail_without_guards(world, cell)
    if violations:
        world.begin_anew()
    _keep(cell, "control", violations=violations, seconds=0.0)


def fail_without_guards(world: World, cell: Cell, tries: int = TRIES) -> list[str]:
    """The violations of the first seed that has some; empty when the cell holds although its guards are off.

    The stack keeps the damage.
    """
    found: list[str] = []
    with world.without(*cell.guards):
        for seed in range(tries):
            found = run(world, cell, seed, patience=CONTROL_PATIENCE).violations
            if found:
                break
    return found


def _keep(cell: Cell, seed: int | str, **result: Any) -> None:
    line = {"cell": cell.name, "seed": seed, "at": datetime.now(UTC).isoformat(timespec="seconds"), **result}
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"  {cell.name}, {seed}: {result['seconds']:.1f} s {'; '.join(result['violations'])}", flush=True)


def _print(cells: list[Cell]) -> int:
    """The table; exit code 0 only without violations and with every control failing."""
    results = list(_results())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}")
    print("| cell | seeds | violations | recovery, median | worst | without its guard |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    is_good = True
    for cell in cells:
        seeds = [one for one in results if one["cell"] == cell.name and one["seed"] != "control"]
        controls = [one for one in results if one["cell"] == cell.name and one["seed"] == "control"]
        bad = sum(bool(one["violations"]) for one in seeds)
        control = _said(cell, controls)
        is_good = is_good and not bad and control != "holds"
        if seeds:
            seconds = [one["seconds"] for one in seeds]
            print(
                f"| {cell.name} | {len(seeds)} | {bad} | {statistics.median(seconds):.1f} s"
                f" | {max(seconds):.1f} s | {control} |"
            )
    return 0 if is_good else 1


def _said(cell: Cell, controls: list[dict[str, Any]]) -> str:
    if not cell.guards:
        return ""
    if not controls:
        return "not tried"
    return "fails" if controls[-1]["violations"] else "holds"


if __name__ == "__main__":
    sys.exit(main())
