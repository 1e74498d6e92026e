"""Every route that the application has, tried by those who have no business there."""

from collections.abc import Callable, Iterable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.agenda.attendees.service import note
from services.agenda.main import app
from services.agenda.networking.searching import solve_next
from services.agenda.runtime import Sessions
from shared.kit.access import Principal, Role
from tests.services.agenda.builders import OTHER_ORGANISATION, a_principal, event_facts, session_facts
from tests.support.facts import a_confirmed_registration
from tests.support.operations import routes_of
from tests.support.routes import Route, every_route
from tests.support.visitors import Api

API = "/agenda/api/"
FOR_EVERYBODY = ("/agenda/e/", "/agenda/my/", "/healthz", "/readyz", "/agenda/healthz", "/agenda/readyz")
READING = {"GET", "HEAD"}
# A form to fill in is for those who may send it.
FORMS = ("/edit", "/new", "/rooms/{key}", "/speakers/{key}", "/sessions/{key}", "/rules", "/day")
KEYS = {"rooms": "plenum", "speakers": "ada", "sessions": "begruessung", "networking": "speed"}

ROUTES = [
    route
    for route in every_route(app)
    if route not in routes_of("agenda") and not route[1].startswith(FOR_EVERYBODY)
]
OF_AN_EVENT = [route for route in ROUTES if "{event}" in route[1]]


def writes(route: Route) -> bool:
    method, path = route
    return method not in READING or (not path.startswith(API) and path.endswith(FORMS))


@pytest.fixture
def try_as(
    client: TestClient,
    api: Api,
    api_of: Callable[[Principal], Api],
    browser_of: Callable[[Principal], TestClient],
) -> Callable[[Principal | None, Route], int]:
    """Ask for a part of somebody's event, by a token in the API and by a cookie on the pages."""
    event = api.create(**event_facts())
    api.create("/ki-hub-2022/rooms", key="plenum", name="Plenum")
    api.create("/ki-hub-2022/speakers", key="ada", name="Ada")
    api.create("/ki-hub-2022/sessions", **session_facts())
    api.create("/ki-hub-2022/releases")
    _plan_speed_networking(api, event["id"])

    def ask(principal: Principal | None, route: Route) -> int:
        method, path = route
        client.cookies.clear()
        kind = path.partition("{event}/")[2].partition("/")[0]
        path = path.format(event="ki-hub-2022", key=KEYS.get(kind, ""), number=1)
        headers = {}
        if principal and path.startswith(API):
            headers = dict(api_of(principal).headers)
        elif principal:
            browser_of(principal)
        return client.request(method, path, headers=headers).status_code

    return ask


def _plan_speed_networking(api: Api, event_id: str) -> None:
    with Sessions.begin() as session:
        for _ in range(2):
            note(session, a_confirmed_registration(event_id=UUID(event_id)))
    networking = {"rounds": 1, "minutes_per_round": 4}
    api.create(
        "/ki-hub-2022/sessions", **session_facts(key="speed", kind="speed_networking", networking=networking)
    )
    api("POST", "/ki-hub-2022/networking/speed/plans")
    solve_next(Sessions)
    api.create("/ki-hub-2022/networking/speed/plans/1/publish")


Try = Callable[[Principal | None, Route], int]


def test_the_routes_are_found() -> None:
    assert len(OF_AN_EVENT) > 40


def surprises(
    try_as: Try, principal: Principal | None, routes: Iterable[Route], expected: Callable[[Route], int]
) -> dict[Route, int]:
    """The routes that answer otherwise than expected, with what they answer."""
    answers = {route: try_as(principal, route) for route in routes}
    return {route: status for route, status in answers.items() if status != expected(route)}


def test_another_organisations_event_is_not_there(try_as: Try) -> None:
    stranger = a_principal(Role.owner, OTHER_ORGANISATION)
    assert surprises(try_as, stranger, OF_AN_EVENT, lambda _: 404) == {}


def test_nobody_gets_in_without_signing_in(try_as: Try) -> None:
    assert surprises(try_as, None, ROUTES, lambda route: 401 if route[1].startswith(API) else 307) == {}


def test_a_viewer_reads_everything_and_changes_nothing(try_as: Try) -> None:
    viewer = a_principal(Role.viewer)
    assert surprises(try_as, viewer, OF_AN_EVENT, lambda route: 403 if writes(route) else 200) == {}


def test_the_door_has_no_business_with_the_programme(try_as: Try) -> None:
    assert surprises(try_as, a_principal(Role.door), OF_AN_EVENT, lambda _: 403) == {}
