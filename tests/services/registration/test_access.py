"""Role × route × foreign object: each route has an entry here, or the first test fails."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from services.registration.checkin import service as checkin
from services.registration.main import app
from shared.kit.access import RIGHTS, Principal, Right, Role
from tests.services.registration.builders import (
    FOREIGN_ORGANISATION,
    a_principal,
    a_registration,
    an_open_event,
)
from tests.support.operations import routes_of
from tests.support.routes import Route, every_route
from tests.support.visitors import Api

API = "/registration/api/v1/events/{event}"
PAGES = "/registration/events/{event}"
PERSON = "/registrations/{registration_id}"
STRIKE = f"{PAGES}{PERSON}/scans/{{scan_id}}/strike"

OF_AN_EVENT: dict[Route, Right] = {
    ("GET", f"{API}/settings"): Right.read,
    ("PUT", f"{API}/settings"): Right.write,
    ("GET", f"{API}/places"): Right.read,
    ("GET", f"{API}/registrations"): Right.read,
    ("GET", f"{API}{PERSON}"): Right.read,
    ("PATCH", f"{API}{PERSON}"): Right.write,
    ("POST", f"{API}{PERSON}/cancel"): Right.write,
    ("GET", f"{API}{PERSON}/attendance"): Right.read,
    ("POST", f"{API}{PERSON}/corrections"): Right.write,
    ("POST", f"{API}/scans"): Right.scan,
    ("GET", PAGES): Right.read,
    ("GET", f"{PAGES}{PERSON}"): Right.read,
    ("POST", f"{PAGES}{PERSON}/cancel"): Right.write,
    ("POST", f"{PAGES}{PERSON}/present"): Right.write,
    ("GET", f"{PAGES}{PERSON}/add-stay"): Right.write,
    ("POST", f"{PAGES}{PERSON}/add-stay"): Right.write,
    ("GET", f"{PAGES}/sign-up"): Right.write,
    ("POST", f"{PAGES}/sign-up"): Right.write,
    ("GET", STRIKE): Right.write,
    ("POST", STRIKE): Right.write,
}
# With a token it is the organiser's, without one the public's (see signup/test_api.py).
FOR_BOTH: set[Route] = {("POST", f"{API}/registrations")}
# About oneself: one's own tokens and events, one's own session.
SIGNED_IN: set[Route] = {
    ("GET", "/registration/api/v1/tokens"),
    ("DELETE", "/registration/api/v1/tokens/current"),
    ("DELETE", "/registration/api/v1/tokens/{token_id}"),
    ("GET", "/registration/"),
}
# For everybody, or for whoever holds the secret that stands in the address or in the cookie.
PUBLIC: set[Route] = {
    ("POST", "/registration/api/v1/tokens"),
    ("GET", "/registration"),
    ("GET", "/registration/sign-in"),
    ("POST", "/registration/sign-in"),
    ("POST", "/registration/sign-out"),
    ("POST", "/registration/session/end"),
    ("GET", "/registration/session/renew"),
    ("POST", "/registration/session/renew"),
    ("GET", "/registration/r/{token}"),
    ("POST", "/registration/r/{token}/cancel"),
    ("POST", "/registration/r/{token}/change-link"),
    ("GET", "/registration/r/{secret}/change"),
    ("POST", "/registration/r/{secret}/change"),
    *((method, f"{prefix}/e/{{slug}}") for method in ("GET", "POST") for prefix in ("", "/registration")),
    *(("GET", f"{prefix}/e/{{slug}}/done") for prefix in ("", "/registration")),
    *(("GET", f"{prefix}/{name}") for name in ("healthz", "readyz") for prefix in ("", "/registration")),
}

Try = Callable[[Principal | None, Route], int]


@pytest.fixture
def try_as(
    client: TestClient,
    session: Session,
    api_of: Callable[[Principal], Api],
    browser_of: Callable[[Principal], TestClient],
) -> Try:
    """Ask for a part of somebody's event, by a token in the API and by a cookie on the pages."""
    event = an_open_event(session)
    anna = a_registration(session, event)
    checkin.mark_present(session, event, anna, a_principal())
    [scan] = checkin.list_scans(session, anna.id)
    session.commit()

    def ask(principal: Principal | None, route: Route) -> int:
        method, path = route
        client.cookies.clear()
        is_api = "/api/" in path
        path = path.format(event=event.slug, registration_id=anna.id, scan_id=scan.id, token_id=anna.id)
        headers = dict(api_of(principal).headers) if principal and is_api else {}
        if principal and not is_api:
            browser_of(principal)
        return client.request(method, path, headers=headers).status_code

    return ask


def answers(try_as: Try, principal: Principal | None) -> dict[Route, int]:
    return {route: try_as(principal, route) for route in OF_AN_EVENT}


def test_every_route_has_an_entry() -> None:
    assert set(every_route(app)) == {*OF_AN_EVENT, *FOR_BOTH, *SIGNED_IN, *PUBLIC, *routes_of("registration")}


def test_another_organisations_event_is_not_there(try_as: Try) -> None:
    stranger = a_principal(Role.owner, FOREIGN_ORGANISATION)
    # Settings may overtake their event, so there "not yet" is the answer for everybody.
    expected = {**dict.fromkeys(OF_AN_EVENT, 404), ("PUT", f"{API}/settings"): 503}
    assert answers(try_as, stranger) == expected


def test_nobody_gets_in_without_signing_in(try_as: Try) -> None:
    routes = {**OF_AN_EVENT, **dict.fromkeys(SIGNED_IN)}
    wrong = {route: try_as(None, route) for route in routes}
    assert wrong == {route: 401 if "/api/" in route[1] else 307 for route in routes}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_exactly_what_its_rights_allow(try_as: Try, role: Role) -> None:
    refused = {route for route, status in answers(try_as, a_principal(role)).items() if status == 403}
    assert refused == {route for route, right in OF_AN_EVENT.items() if right not in RIGHTS[role]}
