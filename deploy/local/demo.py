"""`make demo`: starts an empty stack, plays the model event, stops, and leaves the results in `var/demo`."""

import sys
import time
from pathlib import Path
from typing import Any

from deploy.local.files import ROOT
from deploy.local.play.demo import Demo
from deploy.local.stack import Stack, StackFailed


def main(var: Path = ROOT / "var") -> int:
    """Exit code 0 only if what came out agrees with the model event's expected figures."""
    started = time.monotonic()
    stack = Stack(var / "demo-stack")
    if stack.var.exists():
        stack.erase()
    try:
        print("Starting PostgreSQL, Redis, mail sink, proxy, three services …")
        with stack:
            summary = Demo(stack, var / "demo", tell=lambda stage: print(f"  {stage}")).play()
        stack.erase()
    except StackFailed as failure:
        print(f"\n{failure}\nThe logs are in {stack.var / 'log'}.", file=sys.stderr)
        return 1
    _print(summary, var / "demo", time.monotonic() - started)
    return 0


def _print(summary: dict[str, Any], folder: Path, seconds: float) -> None:
    for name in ("registered", "badges", "checked_in", "open_stays", "confirmations"):
        print(f"  {name.replace('_', ' '):<14} {summary[name]:>4}")
    print(f"Played in {seconds:.0f} s, all figures as expected. Look into {folder}.")


if __name__ == "__main__":
    sys.exit(main())
