from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from services.registration.runtime import engine
from services.registration.signup.models import Event
from shared.contracts.agenda import EventState
from shared.kit.access import Principal, Role
from shared.kit.database import new_id
from tests.services.registration.builders import (
    FOREIGN_ORGANISATION,
    a_principal,
    an_event,
    an_open_event,
    registrations,
)
from tests.support.visitors import Api

ANNA = {"first_name": "Anna", "last_name": "Muster", "email": "anna@example.org"}
WISH = {
    "key": "cafe_wish_1",
    "labels": {"de": "Wunsch"},
    "type": "choice",
    "options": [{"key": "a", "labels": {"de": "A"}}],
}
PHOTO = {"key": "photo_consent", "labels": {"de": "Foto"}, "type": "checkbox"}


@pytest.fixture
def event(session: Session) -> Event:
    event = an_open_event(
        session,
        capacity=2,
        questions=[WISH, PHOTO],
        categories=[{"key": "guest", "labels": {"de": "Gast"}}, {"key": "staff", "labels": {"de": "Team"}}],
    )
    session.commit()
    return event


PATH = "/events/ki-hub-2022/registrations"


def fields(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


def test_the_public_hears_what_a_new_address_gets_and_nothing_else(
    public: Api, event: Event, session: Session
) -> None:
    answer = public("POST", PATH, json=ANNA)
    assert (answer.status_code, answer.json()) == (202, {"status": "confirmed"})
    assert "location" not in answer.headers
    [registration] = registrations(session, event)
    assert (registration.category, registration.locale) == ("guest", "de")


def test_a_second_sign_up_of_the_same_person_is_answered_alike(
    public: Api, event: Event, session: Session
) -> None:
    answers = [public("POST", PATH, json=ANNA) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"status": "confirmed"}] * 2
    assert len(registrations(session, event)) == 1


def test_a_sign_up_takes_nine_statements(public: Api, event: Event) -> None:
    statements: list[str] = []
    listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    public("POST", PATH, json=ANNA)
    assert len(statements) <= 9


def test_an_organiser_gets_the_whole_registration_under_the_names_it_was_sent_with(
    api: Api, event: Event
) -> None:
    body = {
        **ANNA,
        "ref": "P01",
        "category": "staff",
        "locale": "en",
        "cafe_wish_1": "a",
        "photo_consent": "yes",
    }
    answer = api("POST", PATH, json=body)
    assert answer.status_code == 201
    assert answer.json().items() >= body.items()
    assert api("GET", answer.headers["Location"].removeprefix("/registration/api/v1")).json() == answer.json()


def test_the_event_may_be_named_by_its_id(public: Api, event: Event) -> None:
    assert public("POST", f"/events/{event.id}/registrations", json=ANNA).status_code == 202


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_name": "An\u202ena"}, "first_name"),
        ({"last_name": "Muster\x07"}, "last_name"),
        ({"email": "anna@example.org\r\nBcc: b@example.org"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"cafe_wish_1": "z"}, "cafe_wish_1"),
        ({"photo_consent": "perhaps"}, "photo_consent"),
        ({"shoe_size": "42"}, "shoe_size"),
        ({"ref": "P01"}, "ref"),
        ({"category": "staff"}, "category"),
        ({"first_name": 7}, "first_name"),
        ({"cafe_wish_1": ["a"]}, "cafe_wish_1"),
        ({"locale": "fr"}, "locale"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_saved(
    public: Api, event: Event, session: Session, changes: dict[str, Any], field: str
) -> None:
    answer = public("POST", PATH, json=ANNA | changes)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert fields(answer) == [field]
    assert registrations(session, event) == []


def test_a_missing_field_is_named(public: Api, event: Event) -> None:
    answer = public("POST", PATH, json={"first_name": "Anna", "email": "anna@example.org"})
    assert (answer.status_code, fields(answer)) == (422, ["last_name"])


def test_a_body_that_is_no_json_is_refused_clearly(public: Api, event: Event) -> None:
    answer = public("POST", PATH, content=b'{"first_name": ', headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_over_a_megabyte_is_refused(public: Api, event: Event) -> None:
    answer = public("POST", PATH, json=ANNA | {"organisation": "x" * 1_000_001})
    assert answer.status_code == 413


def test_an_unknown_event_is_not_there(public: Api, event: Event) -> None:
    assert public("POST", "/events/nothing/registrations", json=ANNA).status_code == 404


def test_a_draft_is_not_there_for_the_public(public: Api, session: Session) -> None:
    an_event(session, state=EventState.draft)
    session.commit()
    assert public("POST", PATH, json=ANNA).status_code == 404


def test_a_closed_event_says_so(public: Api, session: Session) -> None:
    event = an_open_event(session)
    event.state = "closed"
    session.commit()
    answer = public("POST", PATH, json=ANNA)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:treffpunkt:problem:event-is-over")


def test_a_worthless_token_is_refused_and_not_taken_for_the_public(public: Api, event: Event) -> None:
    answer = public("POST", PATH, json=ANNA, headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


def test_the_same_key_twice_signs_up_once_and_answers_alike(api: Api, event: Event, session: Session) -> None:
    answers = [api("POST", PATH, json=ANNA, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (
        api("POST", PATH, json=ANNA | {"last_name": "B"}, headers={"Idempotency-Key": "k1"}).status_code
        == 422
    )
    assert len(registrations(session, event)) == 1


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.viewer, "GET", "/settings", 200),
        (Role.viewer, "POST", "/registrations", 403),
        (Role.viewer, "PUT", "/settings", 403),
        (Role.door, "GET", "/registrations", 403),
        (Role.door, "GET", "/settings", 403),
        (Role.owner, "GET", "/places", 200),
    ],
)
def test_a_role_may_what_it_may(
    api_of: Callable[[Principal], Api], event: Event, role: Role, method: str, path: str, status: int
) -> None:
    body = {"capacity": 5} if method == "PUT" else ANNA
    answer = api_of(a_principal(role))(method, f"/events/ki-hub-2022{path}", json=body)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/settings"),
        ("GET", "/places"),
        ("GET", "/registrations"),
        ("POST", "/registrations"),
        ("POST", "/scans"),
    ],
)
def test_another_organisations_event_is_not_there(
    api_of: Callable[[Principal], Api], event: Event, method: str, path: str
) -> None:
    stranger = api_of(a_principal(Role.owner, FOREIGN_ORGANISATION))
    bodies = {"/registrations": ANNA, "/scans": {"scans": []}}
    answer = stranger(method, f"/events/{event.id}{path}", json=bodies.get(path))
    assert answer.status_code == 404


def test_settings_that_overtake_the_event_are_asked_to_come_again(api: Api, session: Session) -> None:
    answer = api("PUT", "/events/ki-hub-2022/settings", json={"capacity": 60})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_settings_of_another_organisations_event_are_answered_as_those_of_an_unknown_one(
    api_of: Callable[[Principal], Api], event: Event
) -> None:
    stranger = api_of(a_principal(Role.owner, FOREIGN_ORGANISATION))
    foreign, unknown = (
        stranger("PUT", f"/events/{key}/settings", json={"capacity": 5}) for key in (event.id, new_id())
    )
    assert (foreign.status_code, foreign.json()) == (unknown.status_code, unknown.json())
    assert foreign.status_code == 503


def test_settings_are_made_once_and_then_changed_with_their_etag(api: Api, session: Session) -> None:
    an_event(session)
    session.commit()
    path = "/events/ki-hub-2022/settings"
    made = api("PUT", path, json={"capacity": 1})
    assert (made.status_code, made.json()["places_per_address"]) == (201, 5)
    assert api("PUT", path, json={"capacity": 2}).status_code == 428
    assert api("PUT", path, json={"capacity": 2}, headers={"If-Match": '"other"'}).status_code == 412
    changed = api("PUT", path, json={"capacity": 2}, headers={"If-Match": made.headers["ETag"]})
    assert changed.status_code == 200
    assert api("GET", path).headers["ETag"] == changed.headers["ETag"] != made.headers["ETag"]


def test_a_capacity_below_the_places_taken_is_a_conflict(api: Api, event: Event) -> None:
    api("POST", PATH, json=ANNA)
    etag = api("GET", "/events/ki-hub-2022/settings").headers["ETag"]
    answer = api("PUT", "/events/ki-hub-2022/settings", json={"capacity": 0}, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:treffpunkt:problem:capacity-below-taken")
    assert api("GET", "/events/ki-hub-2022/settings").json()["capacity"] == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"capacity": -1},
        {"capacity": 5, "colour": "red"},
        {"capacity": 5, "questions": [WISH, WISH]},
        {"capacity": 5, "questions": [{**PHOTO, "key": "email"}]},
        {"capacity": 5, "questions": [{**WISH, "options": []}]},
        {"capacity": 5, "questions": [{**PHOTO, "key": f"q{n}", "required": True} for n in range(4)]},
        {"capacity": 5, "opens_at": "2022-11-02T00:00:00Z", "closes_at": "2022-11-01T00:00:00Z"},
        {"capacity": 5, "closes_at": "2022-11-01T00:00:00"},
    ],
)
def test_settings_that_cannot_work_are_refused(api: Api, event: Event, settings: dict[str, Any]) -> None:
    assert api("PUT", "/events/ki-hub-2022/settings", json=settings).status_code == 422


def test_the_example_of_the_openapi_document_works(api: Api, session: Session) -> None:
    an_event(session)
    session.commit()
    schemas = api("GET", "/openapi.json").json()["components"]["schemas"]
    assert api("PUT", "/events/ki-hub-2022/settings", json=schemas["Settings"]["example"]).status_code == 201
    example = schemas["SignUp"]["example"] | {"cafe_wish_1": "schulungen"}
    assert api("POST", PATH, json=example).status_code == 201
