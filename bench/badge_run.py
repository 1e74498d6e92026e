"""Draws a run of badges in a process that does nothing else: `python -m bench.badge_run < RUN`.

Prints the seconds of CPU, with Python's start and all imports, and the megabytes that were resident at most.
"""

import json
import pickle
import re
import sys
import time
from pathlib import Path

from services.certificates.badges import document


def peak() -> float:
    """Linux' own note on this program: `getrusage` counts the process that started it too."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else float("nan")


if __name__ == "__main__":
    document.draw(pickle.load(sys.stdin.buffer))  # noqa: S301 - the bench made it a moment ago
    print(json.dumps([time.process_time(), peak()]))
