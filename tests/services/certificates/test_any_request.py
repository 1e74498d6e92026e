"""Requests as the OpenAPI document allows them, at random but always the same ones, and some that it does not."""

import base64
from typing import Any

import pytest
from hypothesis import given

from services.certificates.main import app
from tests.services.certificates.api import API, PAGES, browser, program, public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import hear, rule, work
from tests.support.random_requests import FIXED, ask, operations_of

OPERATIONS = operations_of(app)
IDS = ("run", "confirmation", "message", "mail", "printer", "list")
# NUL, a lone surrogate as WTF-8, a byte that is no UTF-8, an override, a number beyond every integer.
ODD = ["%00", "%ED%A0%80", "%FF", "a%E2%80%AEb", "9" * 40, "x" * 300, "a%20b", "-"]
ODD_TEXTS = ["\\u0000", "\\ud800", "\\u202e", "9" * 400]


@pytest.fixture
def event(few: ModelEvent) -> None:
    """The event `ki-hub-2022`, closed, with its confirmations."""
    hear(*few.messages())
    rule()
    work()


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_breaks_the_server(operation: Any) -> None:
    client = program()
    ids = {f"{what}_id": id_of(what) for what in IDS}
    known = operation.path.format(event="ki-hub-2022", code="AAAA", name="a7", **ids)

    @FIXED
    @given(case=operation.as_strategy())
    def try_it(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="")
        for path in (sent["url"], known):
            assert is_answered(ask(client, sent, path))

    try_it()


def is_answered(answer: Any) -> bool:
    """Rules of an event that is not here are asked for again: the one 503 that is meant."""
    return answer.status_code < 500 or "retry-after" in answer.headers


@pytest.fixture
def arrived(few: ModelEvent) -> None:
    """The event `ki-hub-2022`, published and without people."""
    hear(few.published())


@pytest.mark.usefixtures("arrived")
@pytest.mark.parametrize("odd", ODD)
def test_what_can_be_no_event_is_not_there(odd: str) -> None:
    for path in ("/rules", "/attendance", "/confirmations", f"/badge-runs/{id_of('run')}"):
        assert program().get(API.replace("ki-hub-2022", odd) + path).status_code == 404
    assert browser().get(PAGES.replace("ki-hub-2022", odd)).status_code == 404
    assert public().get(f"/v/{odd}").status_code == 404


@pytest.mark.usefixtures("arrived")
@pytest.mark.parametrize("odd", ODD)
def test_what_can_be_no_id_is_refused(odd: str) -> None:
    assert program().get(f"{API}/badge-runs/{odd}").status_code == 422
    assert program().get(f"{API}/confirmations/{odd}/confirmation.pdf").status_code == 422
    assert browser().get(f"{PAGES}/papers/{odd}/badges.pdf").status_code == 422
    assert browser().get(f"{PAGES}/papers/{id_of('run')}/{odd}").status_code == 404
    assert browser().post(f"{PAGES}/papers/{odd}").status_code == 422
    assert browser().post(f"{PAGES}/confirmations/{odd}/withdraw").status_code == 422


@pytest.mark.parametrize("odd", ["%00", "a%20b"])
def test_rules_of_what_can_be_no_event_are_not_on_their_way(odd: str) -> None:
    assert program().put(API.replace("ki-hub-2022", odd) + "/rules", json={}).status_code == 404


@pytest.mark.usefixtures("arrived")
@pytest.mark.parametrize("field", ["funding_reference", "number_prefix", "min_share_of_programme"])
def test_odd_texts_are_refused_in_rules(field: str) -> None:
    for odd in ODD_TEXTS:
        answer = program().put(f"{API}/rules", content=f'{{"{field}": "{odd}"}}')
        assert answer.status_code in (400, 422)


@pytest.mark.usefixtures("arrived")
@pytest.mark.parametrize(
    "field",
    ["version", "share_percent", "open_stays", "mailing_start", "mailing_delay_minutes", "funding_reference"],
)
def test_odd_texts_break_no_form(field: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for odd in ODD:
        typed = f"version=0&share_percent=50&open_stays=count&mailing_start=after_review&{field}={odd}"
        assert browser().post(PAGES, content=typed, headers=headers).status_code < 500


@pytest.mark.usefixtures("arrived")
def test_what_is_no_share_is_refused() -> None:
    for share in ("nan", "inf", "-inf", "1e400", "0x1"):
        form = {"version": "0", "share_percent": share, "mailing_start": "after_review"}
        assert browser().post(PAGES, data=form).status_code == 422


CURSORS = [
    "[]",
    "[1]",
    "[null]",
    '["\\u0000"]',
    '["\\ud800"]',
    '["a", "b"]',
    "{}",
    "1",
    "[[]]",
    f'["{id_of("x")}"]',
]


@pytest.mark.usefixtures("arrived")
@pytest.mark.parametrize("path", [f"{API}/attendance", f"{API}/confirmations", f"{PAGES}/attendance"])
def test_a_cursor_that_we_did_not_write_is_refused(path: str) -> None:
    client = program() if path.startswith(API) else browser()
    for key in CURSORS:
        cursor = base64.urlsafe_b64encode(key.encode()).decode()
        assert client.get(path, params={"cursor": cursor}).status_code == 422
