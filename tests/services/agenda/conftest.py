"""What the agenda's tests share: the model event's programme and the schedule formats' schemas."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.agenda.attendees.service import note
from services.agenda.main import app
from services.agenda.runtime import Sessions, settings
from shared.kit.access import Principal, sign
from shared.kit.outbox import OutboxMessage
from tests.services.agenda.builders import a_principal
from tests.support.facts import a_confirmed_registration

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


@dataclass(frozen=True)
class Api:
    """The agenda's API as a program with a token sees it."""

    client: TestClient
    headers: Mapping[str, str]

    def __call__(self, method: str, path: str, **options: Any) -> Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.request(method, f"/agenda/api/v1/events{path}", headers=headers, **options)

    def create(self, path: str = "", **body: Any) -> dict[str, Any]:
        """POST what must succeed; returns the answer."""
        answer = self("POST", path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def change(self, path: str, method: str = "PATCH", **body: Any) -> Response:
        """Read an ETag and send a change with it."""
        etag = self("GET", path).headers["ETag"]
        return self(method, path, json=body, headers={"If-Match": etag})


@pytest.fixture
def client(database: object) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost:8080", follow_redirects=False) as client:
        yield client


@pytest.fixture
def api_of(client: TestClient) -> Callable[[Principal], Api]:
    def sign_in(principal: Principal) -> Api:
        token = sign(principal, settings.access_private_key, life=timedelta(minutes=5))
        return Api(client, {"Authorization": f"Bearer {token}"})

    return sign_in


@pytest.fixture
def api(api_of: Callable[[Principal], Api]) -> Api:
    """An organiser's token."""
    return api_of(a_principal())


@pytest.fixture
def browser_of(client: TestClient) -> Callable[[Principal], TestClient]:
    """A signed-in browser; it sends no token."""

    def sign_in(principal: Principal) -> TestClient:
        cookie = sign(principal, settings.access_private_key, life=timedelta(minutes=5))
        client.cookies.set(settings.access_cookie, cookie)
        client.headers["Accept-Language"] = "en"
        return client

    return sign_in


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
