"""`make faults`: every cell with many seeds on one stack, then once more without each of its guards, and the model event.

Each result is a line in `var/faults/results.jsonl`; what stands there is not played again. Remove the file
to begin anew.
"""

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from deploy.local.files import ROOT
from tests.faults.cells import CELLS, Cell, run
from tests.faults.guards import SHOWN_BY
from tests.faults.judge import Verdict
from tests.faults.model_event import NAME as MODEL_EVENT
from tests.faults.model_event import run_model_event
from tests.faults.world import World, a_world

RESULTS = ROOT / "var" / "faults" / "results.jsonl"
SEEDS = 20
# Without a guard a cell may still be lucky at one moment; it has so many.
TRIES = 10


def main() -> int:
    options = _options()
    # Whoever ends this ends the stack with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    names = [name for name in (*(cell.name for cell in CELLS), MODEL_EVENT) if _is_wanted(name, options.cell)]
    cells = [cell for cell in CELLS if cell.name in names]
    _play_cells(cells, options.seeds, with_controls=options.controls)
    if MODEL_EVENT in names:
        _play_model_event(min(options.seeds, options.model_events))
    return _print(cells, names)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--model-events", type=int, default=3, help="how often the model event is played")
    parser.add_argument("--controls", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--cell", action="append", help="only cells whose names have this in them")
    parser.add_argument("--model-event", action="append_const", dest="cell", const=MODEL_EVENT)
    return parser.parse_args()


def _is_wanted(name: str, parts: Sequence[str] | None) -> bool:
    return parts is None or any(part in name for part in parts)


def _play_cells(cells: Sequence[Cell], seeds: int, *, with_controls: bool) -> None:
    todo = [(cell, seed) for cell in cells for seed in range(seeds) if not _is_known(cell.name, seed)]
    controls = [(cell, guard) for cell in cells for guard in cell.guards if not _is_known(cell.name, guard)]
    if todo or (controls and with_controls):
        with a_world() as world:
            for cell, seed in todo:
                _play(world, cell, seed)
            # One guard after the other, for what stays off needs no new start; first where nothing gets broken.
            for cell, guard in sorted(controls, key=_by_guard) if with_controls else ():
                _control(world, cell, guard)


def _by_guard(control: tuple[Cell, str]) -> tuple[str, bool]:
    cell, guard = control
    return guard, not cell.is_calm


def _play_model_event(times: int) -> None:
    """Each on a stack of its own."""
    for seed in range(times):
        if not _is_known(MODEL_EVENT, seed):
            with a_world() as world:
                _keep(MODEL_EVENT, seed, run_model_event(world, seed))


def _results() -> Iterator[dict[str, Any]]:
    if RESULTS.exists():
        yield from map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())


def _is_known(name: str, seed: int | str) -> bool:
    return any(one["cell"] == name and one["seed"] == seed for one in _results())


def _play(world: World, cell: Cell, seed: int) -> None:
    verdict = run(world, cell, seed)
    _keep(cell.name, seed, verdict)
    if verdict.violations:
        world.begin_anew()


def _control(world: World, cell: Cell, guard: str) -> None:
    """Without this guard the cell must fail, at one of a few moments and by what the guard is for."""
    _keep(cell.name, guard, fail_without(world, cell, guard, tries=1 if cell.is_calm else TRIES))


def fail_without(world: World, cell: Cell, guard: str, tries: int = TRIES) -> Verdict:
    """The verdict on the first seed that shows the guard to be missing, or on the last one when none does.

    The stack keeps the damage, and the guard stays off until somebody begins anew.
    """
    world.begin_anew(without=guard)
    for seed in range(tries):
        verdict = run(world, cell, seed, gives_up=True)
        if is_shown(guard, verdict.violations):
            break
    return verdict


def is_shown(guard: str, violations: Sequence[str]) -> bool:
    return any(SHOWN_BY[guard] in violation for violation in violations)


def _keep(name: str, seed: int | str, verdict: Verdict) -> None:
    line = {
        "cell": name,
        "seed": seed,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "violations": verdict.violations,
        "seconds": round(verdict.seconds, 2),
        "load": round(os.getloadavg()[0], 1),
    }
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"  {name}, {seed}: {verdict.seconds:.1f} s {'; '.join(verdict.violations)}", flush=True)


def _print(cells: Sequence[Cell], names: Sequence[str]) -> int:
    """The table; exit code 0 only without violations and with every control failing."""
    by_name = {cell.name: cell for cell in cells}
    results = list(_results())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    loads = sorted(one["load"] for one in results)
    print(
        f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()},",
        end=" ",
    )
    print(f"load {statistics.median(loads):.0f}, at most {loads[-1]:.0f}" if loads else "nothing was played")
    print("| cell | seeds | violations | recovery, median | worst | fails without |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    rows = [_row(name, by_name.get(name), results) for name in names]
    for cell in cells:
        if cell.note:
            print(f"\n{cell.name}: {cell.note}")
    return 0 if all(rows) else 1


def _row(name: str, cell: Cell | None, results: Sequence[dict[str, Any]]) -> bool:
    """Print one line; whether it is as it should be."""
    ours = {one["seed"]: one for one in results if one["cell"] == name}
    seeds = [one for seed, one in ours.items() if isinstance(seed, int)]
    if not seeds:
        return False
    bad = sum(bool(one["violations"]) for one in seeds)
    seconds = [one["seconds"] for one in seeds]
    failing, is_right = _controls(cell, ours) if cell else ("–", True)
    print(
        f"| {name} | {len(seeds)} | {bad} | {statistics.median(seconds):.1f} s | {max(seconds):.1f} s"
        f" | {failing} |"
    )
    return not bad and is_right


def _controls(cell: Cell, ours: dict[int | str, dict[str, Any]]) -> tuple[str, bool]:
    """Without which guards it failed; and whether that is as it should be."""
    said = [_said(guard, ours) for guard in cell.guards]
    if cell.is_calm and said == [_held(guard) for guard in cell.guards]:
        return f"none of {len(said)}", True
    return "; ".join(said), not cell.is_calm and said == list(cell.guards)


def _said(guard: str, ours: dict[int | str, dict[str, Any]]) -> str:
    if guard not in ours:
        return f"({guard}: not tried)"
    violations = ours[guard]["violations"]
    if is_shown(guard, violations):
        return guard
    return f"(fails otherwise without {guard})" if violations else _held(guard)


def _held(guard: str) -> str:
    return f"(holds without {guard})"


if __name__ == "__main__":
    sys.exit(main())
