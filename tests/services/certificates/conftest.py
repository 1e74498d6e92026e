"""What the tests of the service share: the model event, as facts."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

MODEL_EVENT = Path(__file__).parents[4] / "shared" / "model-event"


@dataclass(frozen=True)
class ModelEvent:
    """The folder of the model event, read."""

    programme: dict[str, Any]
    participants: list[dict[str, str]]
    door_log: list[dict[str, str]]
    expected: dict[str, Any]

    def sessions(self) -> list[tuple[datetime, datetime, str]]:
        """Start, end and kind of each session."""
        starts = [datetime.fromisoformat(session["starts_at"]) for session in self.programme["sessions"]]
        return [
            (start, start + timedelta(minutes=session["minutes"]), session["kind"])
            for start, session in zip(starts, self.programme["sessions"], strict=True)
        ]


@pytest.fixture(scope="session")
def model_event() -> ModelEvent:
    if not MODEL_EVENT.is_dir():
        pytest.skip("The folder of the model event is not beside the project.")
    return ModelEvent(
        programme=json.loads((MODEL_EVENT / "programme.json").read_text()),
        participants=_rows("participants.csv"),
        door_log=_rows("door-log.csv"),
        expected=json.loads((MODEL_EVENT / "expected.json").read_text()),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (MODEL_EVENT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
