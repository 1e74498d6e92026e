"""What the agenda's tests share: the model event's programme and the schedule formats' schemas."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[4] / "shared"


def beside_the_project(path: str) -> Path:
    """A file of the team's folder; where that is missing, the test is skipped (in CI it fails then)."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"../shared/{path} is not beside the project.")
    return found


@pytest.fixture(scope="session")
def model_programme() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(beside_the_project("model-event/programme.json").read_text())
    return content


@pytest.fixture(scope="session")
def schedule_schemas() -> Path:
    return beside_the_project("schedules/schema")
