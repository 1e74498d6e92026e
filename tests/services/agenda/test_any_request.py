"""Requests as the OpenAPI document allows them, at random but always the same ones."""

from typing import Any

import pytest
from hypothesis import given

from services.agenda.main import app
from shared.kit.database import new_id
from tests.services.agenda.builders import event_facts, session_facts
from tests.support.random_requests import FIXED, ask, operations_of
from tests.support.visitors import Api

OPERATIONS = operations_of(app)


@pytest.fixture
def event(api: Api) -> None:
    """The event `ki-hub-2022` with one of everything."""
    api.create(**event_facts())
    api.create("/ki-hub-2022/rooms", key="key", name="Plenum")
    api.create("/ki-hub-2022/speakers", key="key", name="Ada")
    networking = {"rounds": 1, "minutes_per_round": 4}
    api.create("/ki-hub-2022/sessions", **session_facts(key="key", networking=networking))
    api.create("/ki-hub-2022/releases")


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_breaks_the_server(api: Api, operation: Any) -> None:
    known = operation.path.format(
        event="ki-hub-2022", key="key", number=1, message_id=new_id(), mail_id=new_id()
    )

    @FIXED
    @given(case=operation.as_strategy())
    def try_it(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="")
        for path in (sent["url"], known):
            assert ask(api.client, sent, path, **api.headers).status_code < 500

    try_it()


@pytest.mark.parametrize(
    "path", ["/%00", "/ki-hub-2022/rooms/%00", "/ki-hub-2022/sessions/a%20b", "/ki-hub-2022/releases/99"]
)
@pytest.mark.usefixtures("event")
def test_what_can_be_no_name_is_not_there(api: Api, path: str) -> None:
    assert api("GET", path).status_code == 404


@pytest.mark.usefixtures("event")
def test_a_number_that_no_release_can_have_is_refused(api: Api) -> None:
    assert api("GET", f"/ki-hub-2022/releases/{10**30}").status_code == 422


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00"])
def test_years_in_which_nobody_meets_are_refused(api: Api, moment: str) -> None:
    answer = api("POST", "", json=event_facts(starts_at=moment))
    assert (answer.status_code, answer.json()["errors"][0]["detail"]) == (422, "Bitte prüfen Sie das Jahr.")


def test_a_body_of_more_than_a_megabyte_is_refused(api: Api) -> None:
    answer = api("POST", "", json=event_facts(organiser="x" * 1_000_001))
    assert answer.status_code == 413
