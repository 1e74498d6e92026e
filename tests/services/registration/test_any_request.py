"""Requests as the OpenAPI document allows them, at random but always the same ones; and odd ones."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from sqlalchemy.orm import Session

from services.registration.checkin import service as checkin
from services.registration.main import app
from services.registration.signup.models import Registration
from tests.services.registration.builders import a_principal, a_registration, an_open_event
from tests.support.random_requests import FIXED, ask, operations_of
from tests.support.visitors import Api

OPERATIONS = operations_of(app)
JSON = {"Content-Type": "application/json"}
PEOPLE = "/events/ki-hub-2022/registrations"
QUESTION = {"key": "diet", "labels": {"de": "Ernährung"}}


@pytest.fixture
def anna(session: Session) -> Registration:
    """Somebody at the event `ki-hub-2022`, which has one of everything."""
    event = an_open_event(session, questions=[QUESTION])
    anna = a_registration(session, event, ref="P1")
    checkin.mark_present(session, event, anna, a_principal())
    session.commit()
    return anna


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_breaks_the_server(api: Api, anna: Registration, operation: Any, redis_url: str) -> None:
    known = operation.path.format(
        event="ki-hub-2022", registration_id=anna.id, token_id=anna.id, message_id=anna.id, mail_id=anna.id
    )

    @FIXED
    @given(case=operation.as_strategy())
    def try_it(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="")
        for path in (sent["url"], known):
            status = ask(api.client, sent, path, **api.headers).status_code
            # Settings may overtake their event, and are then asked for again: the one honest 503.
            assert status < 500 or (status == 503 and operation.label.startswith("PUT"))

    try_it()


# As JSON writes them: NUL, halves of a pair, a pair in the wrong order, controls, a number, a list.
ODD = [
    r'"\u0000"',
    r'"a\u0000b"',
    r'"\ud800"',
    r'"a\udfff\ud800"',
    r'"\u202e"',
    r'"\n"',
    "1e999",
    "[[]]",
    "{}",
]
ANNA = {"first_name": "Anna", "last_name": "Neu", "email": "neu@example.org"}
LOGIN = {"email": "a@example.org", "password": "long enough 12", "name": "x", "days": 1, "scopes": ["read"]}
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", PEOPLE, {**ANNA, "organisation": "", "locale": "", "category": "", "ref": "", "diet": ""}),
    ("PATCH", PEOPLE + "/{anna}", {**ANNA, "organisation": "", "ref": "P1", "diet": ""}),
    ("POST", PEOPLE + "/{anna}/corrections", {"kind": "strike_scan", "scan_id": "", "reason": "x"}),
    (
        "POST",
        PEOPLE + "/{anna}/corrections",
        {
            "kind": "add_stay",
            "entered_at": "2022-01-01T09:00Z",
            "left_at": "2022-01-01T10:00Z",
            "reason": "x",
        },
    ),
    ("PUT", "/events/ki-hub-2022/settings", {"capacity": 5, "opens_at": None, "questions": [QUESTION]}),
]
SCANS, TOKENS = ("POST", "/events/ki-hub-2022/scans", {"scans": []}), ("POST", "/tokens", LOGIN)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("method", "path", "body"), BODIES, ids=lambda value: str(value)[:40])
def test_an_odd_value_anywhere_in_a_body_is_refused(
    api: Api, anna: Registration, method: str, path: str, body: dict[str, Any], odd: str
) -> None:
    for field in body:
        content = with_value(body, field, odd)
        assert send(api, anna, method, path, content) == 422, content


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", LOGIN)
def test_an_odd_sign_in_is_refused(
    api: Api, anna: Registration, redis_url: str, field: str, odd: str
) -> None:
    assert send(api, anna, "POST", "/tokens", with_value(LOGIN, field, odd)) in {401, 422}


@pytest.mark.parametrize("depth", [1, 100, 500, 900, 5_000, 100_000])
def test_a_deeply_nested_body_is_answered(api: Api, anna: Registration, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    assert send(api, anna, "POST", "/events/ki-hub-2022/scans", f'{{"scans": {nested}}}') in {200, 400, 422}
    for method, path, body in BODIES:
        assert send(api, anna, method, path, with_value(body, "x", nested)) in {400, 422}


@pytest.mark.parametrize("name", [r"\u0000", r"\ud800", "x" * 100_000])
@pytest.mark.parametrize(
    ("method", "path", "body"), [*BODIES, SCANS, TOKENS], ids=lambda value: str(value)[:40]
)
def test_an_odd_name_of_a_field_is_refused(
    api: Api, anna: Registration, redis_url: str, method: str, path: str, body: dict[str, Any], name: str
) -> None:
    content = json.dumps(body)[:-1] + f', "{name}": "x"}}'
    assert send(api, anna, method, path, content) == 422


def with_value(body: dict[str, Any], field: str, odd: str) -> str:
    """The body as JSON, one field having an odd value, which is JSON already."""
    return json.dumps({**body, field: "<odd>"}).replace('"<odd>"', odd)


def send(api: Api, anna: Registration, method: str, path: str, content: str) -> int:
    headers = {**JSON, "If-Match": "*"}
    return api(method, path.format(anna=anna.id), content=content, headers=headers).status_code


@pytest.mark.parametrize("odd", ODD)
def test_a_label_is_one_clean_line(api: Api, anna: Registration, odd: str) -> None:
    content = f'{{"capacity": 5, "categories": [{{"key": "a", "labels": {{"de": {odd}}}}}]}}'
    assert send(api, anna, "PUT", "/events/ki-hub-2022/settings", content) == 422


@pytest.mark.parametrize(
    "path",
    ["/e/%00", "/registration/e/%00/done", "/registration/r/%00", "/registration/r/%00/change"]
    + [f"/registration/api/v1/events/%00/{rest}" for rest in ("places", "registrations")]
    + ["/registration/events/%00", "/e/%ED%A0%80", "/registration/r/%ED%A0%80/change"],
)
def test_what_can_be_no_name_is_not_there(
    organiser: TestClient, api: Api, anna: Registration, path: str
) -> None:
    assert organiser.get(path, headers=api.headers).status_code == 404


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ED%A0%80", "cursor=%00", "cursor=WyJcdWQ4MDAiXQ==", "limit=1e999"]
)
def test_an_odd_query_is_answered(api: Api, organiser: TestClient, anna: Registration, query: str) -> None:
    assert api("GET", f"{PEOPLE}?{query}").status_code in {200, 422}
    assert organiser.get(f"/registration/events/ki-hub-2022?{query}").status_code in {200, 422}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00"])
def test_years_in_which_nobody_meets_are_refused(api: Api, anna: Registration, moment: str) -> None:
    headers = {"If-Match": "*"}
    for field in ("opens_at", "closes_at", "cancel_until"):
        answer = api(
            "PUT", "/events/ki-hub-2022/settings", json={"capacity": 5, field: moment}, headers=headers
        )
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    stay = {"kind": "add_stay", "entered_at": moment, "left_at": "2022-11-24T10:00:00Z", "reason": "x"}
    assert api("POST", f"{PEOPLE}/{anna.id}/corrections", json=stay).status_code == 422
    scan = {"scanned_at": moment, "direction": "in", "ref": "P1"}
    answer = api("POST", "/events/ki-hub-2022/scans", json={"scans": [scan]})
    assert answer.json()["results"][0]["result"] == "rejected"
    assert api("GET", f"{PEOPLE}/{anna.id}/attendance").status_code == 200


@pytest.mark.parametrize("path", ["/e/ki-hub-2022", "/registration/sign-in"])
@pytest.mark.parametrize("field", ["email", "first_name", "password"])
def test_a_form_whose_charset_makes_halves_of_a_pair_is_answered(
    client: TestClient, anna: Registration, redis_url: str, path: str, field: str
) -> None:
    fields = {**ANNA, "password": "x", field: "\\ud800"}
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    kind = "multipart/form-data; boundary=b; charset=unicode_escape"
    answer = client.post(path, content=f"{parts}--b--\r\n", headers={"Content-Type": kind})
    assert answer.status_code < 500
