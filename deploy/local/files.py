"""Small things with files that several parts of the stack need."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def last_lines(path: Path, count: int = 15) -> str:
    if not path.exists():
        return "(no log was written)"
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
