"""People at the service's front door: programs with a token, organisers at a browser, the public."""

from uuid import UUID

from fastapi.testclient import TestClient

from services.certificates.main import app
from services.certificates.runtime import settings
from shared.kit.access import Principal, Right, Role
from shared.kit.database import new_id
from tests.support.facts import ORGANISATION
from tests.support.visitors import as_browser, token_of

API = "/certificates/api/v1/events/ki-hub-2022"
PAGES = "/certificates/events/ki-hub-2022"


def a_principal(
    role: Role = Role.organiser, organisation: UUID = ORGANISATION, session_id: UUID | None = None
) -> Principal:
    return Principal(
        account_id=UUID(int=7),
        session_id=session_id or new_id(),
        name="organiser@example.org",
        roles={organisation: role},
        scopes=frozenset(Right),
    )


def public() -> TestClient:
    return TestClient(app, base_url="http://localhost:8080", follow_redirects=False)


def program(
    role: Role = Role.organiser, organisation: UUID = ORGANISATION, session_id: UUID | None = None
) -> TestClient:
    client = public()
    token = token_of(a_principal(role, organisation, session_id), settings)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def browser(role: Role = Role.organiser, organisation: UUID = ORGANISATION) -> TestClient:
    return as_browser(public(), a_principal(role, organisation), settings)
