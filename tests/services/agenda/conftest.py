"""What the agenda's tests share: the model event's programme and the schedule formats' schemas."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.agenda.attendees.service import note
from services.agenda.main import app
from services.agenda.runtime import Sessions, settings
from shared.kit.access import Principal
from shared.kit.outbox import OutboxMessage
from tests.services.agenda.builders import a_principal
from tests.support.facts import a_confirmed_registration
from tests.support.visitors import Api, as_browser, as_program

ROOT = "/agenda/api/v1/events"

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


@pytest.fixture
def client(database: object) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost:8080", follow_redirects=False) as client:
        yield client


@pytest.fixture
def api_of(client: TestClient) -> Callable[[Principal], Api]:
    return lambda principal: as_program(client, ROOT, principal, settings)


@pytest.fixture
def api(api_of: Callable[[Principal], Api]) -> Api:
    """An organiser's token."""
    return api_of(a_principal())


@pytest.fixture
def browser_of(client: TestClient) -> Callable[[Principal], TestClient]:
    return lambda principal: as_browser(client, principal, settings)


@pytest.fixture
def organiser(browser_of: Callable[[Principal], TestClient]) -> TestClient:
    return browser_of(a_principal())


@pytest.fixture
def session(database: object) -> Iterator[Session]:
    with Sessions.begin() as session:
        yield session


@pytest.fixture
def told(database: object) -> Callable[[], list[tuple[str, int]]]:
    """What the outbox holds for registration: name and sequence, in their order."""

    def read() -> list[tuple[str, int]]:
        mine = select(OutboxMessage.name, OutboxMessage.sequence).where(
            OutboxMessage.consumer == "registration"
        )
        with Sessions() as session:
            return [
                (name, number) for name, number in session.execute(mine.order_by(OutboxMessage.message_id))
            ]

    return read


@pytest.fixture
def attendees(database: object) -> Callable[[str, int], None]:
    """Give some more people a place."""

    def confirm(event_id: str, count: int) -> None:
        with Sessions.begin() as session:
            for _ in range(count):
                note(session, a_confirmed_registration(event_id=UUID(event_id)))

    return confirm
