from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from services.registration.main import app
from services.registration.runtime import Sessions, settings
from shared.kit.access import Principal, sign
from tests.services.registration.builders import a_principal
from tests.support.servers import Database


@dataclass(frozen=True)
class Api:
    """Registration's API as a program with a token sees it."""

    client: TestClient
    headers: Mapping[str, str]

    def __call__(self, method: str, path: str, **options: Any) -> Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.request(method, f"/registration/api/v1{path}", headers=headers, **options)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction on the real database; what a test commits is cleaned up before the next."""
    with Sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    with TestClient(
        app, base_url="http://localhost:8080", follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def public(client: TestClient) -> Api:
    """Somebody without a token."""
    return Api(client, {})


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
