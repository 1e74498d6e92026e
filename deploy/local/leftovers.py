"""Finds and ends what an earlier run left behind when it was killed.

A number of a process is given again to others, so a pid alone proves nothing. Each start of a stack gives its
programs a random mark in their environment; only processes with the mark that this `var` has noted are ended.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

# The name of the mark in the environment of every program of a stack.
MARK = "TREFFPUNKT_STACK"


@dataclass(frozen=True)
class Record:
    """What a running stack notes about itself in `var/run/stack.json`."""

    mark: str
    supervisor: int
    # PostgreSQL's title overwrites its environment, so it is known by its data folder.
    postgres_data: str


def new_mark() -> str:
    return secrets.token_hex(16)


def note(var: Path, record: Record) -> None:
    path(var).write_text(json.dumps(asdict(record)), encoding="utf-8")


def forget(var: Path) -> None:
    path(var).unlink(missing_ok=True)


def read(var: Path) -> Record | None:
    if not path(var).exists():
        return None
    return Record(**json.loads(path(var).read_text(encoding="utf-8")))


def path(var: Path) -> Path:
    return var / "run" / "stack.json"


def end_leftovers(var: Path) -> list[int]:
    """End what still runs of the stack that `var` has noted; the pids of what was ended are returned."""
    record = read(var)
    if record is None:
        return []
    ended = [pid for find in (supervisors, marked, postgres) for pid in end(find(record))]
    forget(var)
    return ended


def supervisors(record: Record) -> list[psutil.Process]:
    """Supervisor first: it ends its programs in good order, and starts none again."""
    return [process for process in marked(record) if process.pid == record.supervisor]


def marked(record: Record) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if mark_of(process) == record.mark]


def mark_of(process: psutil.Process) -> str | None:
    try:
        environment: dict[str, str] = process.environ()
    except (psutil.Error, OSError):
        # It is another user's, or it has just ended.
        return None
    return environment.get(MARK)


def postgres(record: Record) -> list[psutil.Process]:
    pid_file = Path(record.postgres_data) / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="utf-8").split()[0]))
        is_ours = process.cwd() == os.path.realpath(record.postgres_data)
    except (OSError, ValueError, psutil.Error):
        return []
    return [process] if is_ours else []


def end(processes: list[psutil.Process], *, seconds: float = 60) -> list[int]:
    for process in processes:
        process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=seconds)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=10)
    return [process.pid for process in processes]
