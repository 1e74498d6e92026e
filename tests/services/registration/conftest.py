from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from services.registration.main import app
from services.registration.runtime import Sessions, settings
from shared.kit.access import Principal
from tests.services.registration.builders import a_principal
from tests.support.servers import Database
from tests.support.visitors import Api, as_browser, as_program

ROOT = "/registration/api/v1"


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
    return Api(client, ROOT, {})


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
