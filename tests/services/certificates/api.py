"""People at the service's front door: programs with a token, organisers at a browser, the public."""

from datetime import timedelta
from uuid import UUID

from fastapi.testclient import TestClient

from services.certificates.main import app
from services.certificates.runtime import settings
from shared.kit.access import Principal, Right, Role, sign
from shared.kit.database import new_id
from tests.support.facts import ORGANISATION

API = "/certificates/api/v1/events/ki-hub-2022"
PAGES = "/certificates/events/ki-hub-2022"


def a_pass(
    role: Role = Role.organiser, organisation: UUID = ORGANISATION, session_id: UUID | None = None
) -> str:
    principal = Principal(
        account_id=UUID(int=7),
        session_id=session_id or new_id(),
        name="organiser@example.org",
        roles={organisation: role},
        scopes=frozenset(Right),
    )
    return sign(principal, settings.access_private_key, life=timedelta(minutes=5))


def public() -> TestClient:
    return TestClient(app, base_url="http://localhost:8080", follow_redirects=False)


def program(role: Role = Role.organiser, organisation: UUID = ORGANISATION) -> TestClient:
    client = public()
    client.headers["authorization"] = f"Bearer {a_pass(role, organisation)}"
    return client


def browser(role: Role = Role.organiser, organisation: UUID = ORGANISATION) -> TestClient:
    client = public()
    client.cookies.set(settings.access_cookie, a_pass(role, organisation))
    client.headers["accept-language"] = "en"
    return client
