"""The model event's files: programme, people, the door's log, and what must come out."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "model-event"
# Everything about a participant that is a question of this event, not a field of every form.
QUESTIONS = ("diet", "photo_consent", "directory_consent", "cafe_wish_1", "cafe_wish_2", "cafe_wish_3")
CHECKBOXES = ("photo_consent", "directory_consent")


@dataclass(frozen=True)
class Participant:
    """A line of `participants.csv`; `answers` holds the non-empty ones of QUESTIONS."""

    ref: str
    first_name: str
    last_name: str
    email: str
    organisation: str
    category: str
    locale: str
    answers: dict[str, str]


@dataclass(frozen=True)
class DoorScan:
    scanned_at: datetime
    ref: str
    direction: str


@cache
def programme() -> dict[str, Any]:
    """`event`, `rooms` and `sessions` as the agenda's API takes them, but for what other services own."""
    found: dict[str, Any] = json.loads((FOLDER / "programme.json").read_text(encoding="utf-8"))
    return found


@cache
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return found


@cache
def participants() -> tuple[Participant, ...]:
    return tuple(_participant(row) for row in _rows("participants.csv"))


def _participant(row: dict[str, str]) -> Participant:
    fixed = {name: row[name] for name in row if name not in QUESTIONS}
    return Participant(**fixed, answers={name: row[name] for name in QUESTIONS if row[name]})


@cache
def door_log() -> tuple[DoorScan, ...]:
    return tuple(
        DoorScan(datetime.fromisoformat(row["scanned_at"]), row["ref"], row["direction"])
        for row in _rows("door-log.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
