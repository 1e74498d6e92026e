from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from services.agenda.runtime import Sessions
from shared.contracts.agenda import EventClosed, ProgrammeReleased
from shared.kit.outbox import OutboxMessage
from tests.services.agenda.builders import event_facts, session_facts
from tests.support.visitors import Api

EVENT = "/ki-hub-2022"


@pytest.fixture
def event(api: Api) -> dict[str, Any]:
    """A draft with a room."""
    created = api.create(**event_facts())
    api.create(f"{EVENT}/rooms", key="plenum", name="Plenum", capacity=80)
    return created


def payload(name: str) -> dict[str, Any]:
    """The newest message of that name."""
    found = select(OutboxMessage.envelope).where(OutboxMessage.name == name)
    with Sessions() as session:
        envelopes = session.scalars(found.order_by(OutboxMessage.message_id.desc())).all()
    data: dict[str, Any] = envelopes[0]["data"]
    return data


@pytest.mark.usefixtures("event")
def test_a_session_stands_in_a_room_and_names_who_speaks(api: Api) -> None:
    made = api.create(
        f"{EVENT}/sessions", **session_facts(room="plenum", speaker_organisation="TZLR Ilmenau")
    )
    assert (made["room"], made["speaker_organisation"]) == ("plenum", "TZLR Ilmenau")
    assert made["ends_at"] == "2022-11-24T09:45:00+01:00"
    (speaker,) = api("GET", f"{EVENT}/speakers").json()
    assert (speaker["key"], speaker["organisation"], speaker["name"]) == ("tzlr-ilmenau", "TZLR Ilmenau", "")


@pytest.mark.usefixtures("event")
def test_an_organisation_that_speaks_twice_is_one_speaker(api: Api) -> None:
    for key in ("one", "two"):
        api.create(f"{EVENT}/sessions", **session_facts(key=key, speaker_organisation="TZLR Ilmenau"))
    assert len(api("GET", f"{EVENT}/speakers").json()) == 1


@pytest.mark.usefixtures("event")
def test_people_speak_in_the_order_in_which_they_are_named(api: Api) -> None:
    api.create(f"{EVENT}/speakers", key="ada", name="Ada Beispiel", organisation="Beispiel GmbH")
    api.create(f"{EVENT}/speakers", key="bo", name="Bo Muster")
    api.create(f"{EVENT}/sessions", **session_facts(speakers=["bo", "ada"]))
    assert api("GET", f"{EVENT}/sessions/begruessung").json()["speakers"] == ["bo", "ada"]
    answer = api.change(f"{EVENT}/sessions/begruessung", speakers=["ada"])
    assert answer.json()["speakers"] == ["ada"]


@pytest.mark.usefixtures("event")
def test_networking_is_kept_as_it_was_given(api: Api, model_programme: dict[str, Any]) -> None:
    cafe = next(session for session in model_programme["sessions"] if session["key"] == "cafe")
    api.create(f"{EVENT}/rooms", key="cafe", name="World-Café-Raum")
    made = api.create(f"{EVENT}/sessions", **cafe)
    assert made["networking"] == cafe["networking"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"room": "keller"}, "room"),
        ({"kind": "party"}, "kind"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"speakers": ["nobody"]}, "speakers.0"),
        ({"networking": {"rounds": 2, "minutes_per_round": 8}}, "networking.rounds"),
        ({"networking": {"rounds": 1, "minutes_per_round": 8, "colour": "red"}}, "networking.colour"),
        (
            {
                "networking": {
                    "rounds": 1,
                    "minutes_per_round": 8,
                    "tables": [{"key": "a", "title": "A", "capacity": 5}] * 2,
                }
            },
            "networking.tables",
        ),
        ({"title": ""}, "title"),
        ({"end": "2022"}, "end"),
    ],
)
@pytest.mark.usefixtures("event")
def test_what_does_not_fit_is_named_at_its_field(api: Api, changes: dict[str, Any], field: str) -> None:
    answer = api("POST", f"{EVENT}/sessions", json=session_facts(**changes))
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert api("GET", f"{EVENT}/sessions").json() == []


@pytest.mark.usefixtures("event")
def test_a_refused_session_leaves_no_speaker_behind(api: Api) -> None:
    facts = session_facts(
        speaker_organisation="TZLR Ilmenau", networking={"rounds": 9, "minutes_per_round": 9}
    )
    assert api("POST", f"{EVENT}/sessions", json=facts).status_code == 422
    assert api("GET", f"{EVENT}/speakers").json() == []


@pytest.mark.usefixtures("event")
def test_keys_and_names_are_given_once(api: Api) -> None:
    api.create(f"{EVENT}/sessions", **session_facts())
    api.create(f"{EVENT}/speakers", key="ada", name="Ada")
    api.create(f"{EVENT}/speakers", key="tzlr", organisation="TZLR")
    refused = [
        api("POST", f"{EVENT}/rooms", json={"key": "plenum", "name": "Saal"}),
        api("POST", f"{EVENT}/rooms", json={"key": "saal", "name": "Plenum"}),
        api("POST", f"{EVENT}/sessions", json=session_facts()),
        api("POST", f"{EVENT}/speakers", json={"key": "ada", "name": "Ada"}),
        api("POST", f"{EVENT}/speakers", json={"key": "tzlr-2", "organisation": "TZLR"}),
    ]
    assert [answer.status_code for answer in refused] == [409] * 5
    assert api("POST", f"{EVENT}/speakers", json={"key": "empty"}).status_code == 422


@pytest.mark.parametrize(
    ("kind", "facts", "change"),
    [
        ("rooms", {"key": "foyer", "name": "Foyer"}, {"capacity": 100}),
        ("speakers", {"key": "ada", "name": "Ada"}, {"organisation": "Beispiel GmbH"}),
        ("sessions", session_facts(), {"minutes": 20}),
    ],
)
@pytest.mark.usefixtures("event")
def test_each_part_can_be_read_changed_and_removed(
    api: Api, kind: str, facts: dict[str, Any], change: dict[str, Any]
) -> None:
    made = api("POST", f"{EVENT}/{kind}", json=facts)
    path = f"{EVENT}/{kind}/{facts['key']}"
    assert made.headers["Location"].endswith(f"/{kind}/{facts['key']}")
    assert api("PATCH", path, json=change).status_code == 428
    assert api("PATCH", path, json=change, headers={"If-Match": '"x"'}).status_code == 412
    changed = api.change(path, **change).json()
    assert changed.items() >= change.items()
    assert api.change(path, "PUT", **facts).status_code == 200
    assert api("DELETE", path).status_code == 428
    assert api("DELETE", path, headers={"If-Match": api("GET", path).headers["ETag"]}).status_code == 204
    assert api("GET", path).status_code == 404


@pytest.mark.usefixtures("event")
def test_what_a_session_needs_stays(api: Api) -> None:
    api.create(f"{EVENT}/speakers", key="ada", name="Ada")
    api.create(f"{EVENT}/sessions", **session_facts(room="plenum", speakers=["ada"]))
    for path in (f"{EVENT}/rooms/plenum", f"{EVENT}/speakers/ada"):
        assert api("DELETE", path, headers={"If-Match": "*"}).status_code == 409
    assert api("DELETE", f"{EVENT}/sessions/begruessung", headers={"If-Match": "*"}).status_code == 204
    assert api("DELETE", f"{EVENT}/speakers/ada", headers={"If-Match": "*"}).status_code == 204


def test_a_release_is_told_with_sessions_rooms_and_speakers(api: Api, event: dict[str, Any]) -> None:
    made = api.create(
        f"{EVENT}/sessions", **session_facts(room="plenum", speaker_organisation="TZLR Ilmenau")
    )
    answer = api("POST", f"{EVENT}/releases")
    assert (answer.status_code, answer.json()["number"], answer.json()["sessions"]) == (
        201,
        1,
        ["begruessung"],
    )
    assert answer.headers["Location"] == f"/agenda/api/v1/events/{event['id']}/releases/1"
    message = ProgrammeReleased.model_validate(payload("agenda.programme_released.v1"))
    (one,) = message.sessions
    assert (message.sequence, str(one.session_id), one.room, one.speakers) == (
        1,
        made["id"],
        "Plenum",
        ("TZLR Ilmenau",),
    )
    assert (one.ends_at - one.starts_at).total_seconds() == 15 * 60


@pytest.mark.usefixtures("event")
def test_releases_are_numbered_and_stay_as_they_were(api: Api) -> None:
    api.create(f"{EVENT}/sessions", **session_facts())
    api.create(f"{EVENT}/releases")
    api.create(f"{EVENT}/sessions", **session_facts(key="ende", starts_at="2022-11-24T16:00:00+01:00"))
    api.create(f"{EVENT}/releases")
    assert [release["sessions"] for release in api("GET", f"{EVENT}/releases").json()] == [
        ["begruessung", "ende"],
        ["begruessung"],
    ]
    assert api("GET", f"{EVENT}/releases/1").json()["number"] == 1
    assert api("GET", f"{EVENT}/releases/3").status_code == 404


@pytest.mark.usefixtures("event")
def test_two_sessions_in_one_room_at_one_time_are_not_released(api: Api) -> None:
    api.create(f"{EVENT}/sessions", **session_facts(room="plenum"))
    api.create(f"{EVENT}/sessions", **session_facts(key="zwei", title="Zweite", room="plenum"))
    answer = api("POST", f"{EVENT}/releases")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:treffpunkt:problem:sessions-clash")
    api.change(f"{EVENT}/sessions/zwei", room=None)
    assert api.create(f"{EVENT}/releases")["number"] == 1


@pytest.mark.usefixtures("event")
def test_a_session_outside_the_event_is_not_released(api: Api) -> None:
    api.create(f"{EVENT}/sessions", **session_facts(minutes=1440))
    assert api("POST", f"{EVENT}/releases").json()["type"].endswith(":session-outside-event")


@pytest.mark.usefixtures("event")
def test_an_empty_programme_is_not_released(api: Api) -> None:
    assert api("POST", f"{EVENT}/releases").json()["type"].endswith(":nothing-to-release")


@pytest.mark.parametrize(("releases", "named"), [(0, None), (2, 2)])
@pytest.mark.usefixtures("event")
def test_closing_names_the_release_that_counts(api: Api, releases: int, named: int | None) -> None:
    api.create(f"{EVENT}/sessions", **session_facts())
    for _ in range(releases):
        api.create(f"{EVENT}/releases")
    api("POST", f"{EVENT}/publish")
    api("POST", f"{EVENT}/close")
    assert EventClosed.model_validate(payload("agenda.event_closed.v1")).release == named


@pytest.mark.usefixtures("event")
def test_an_event_that_was_changed_after_its_release_shows_another_etag(api: Api) -> None:
    api.create(f"{EVENT}/sessions", **session_facts())
    before = api("GET", EVENT).headers["ETag"]
    api.create(f"{EVENT}/releases")
    assert api("GET", EVENT).headers["ETag"] != before


def test_the_openapi_document_shows_the_model_event(api: Api, model_programme: dict[str, Any]) -> None:
    schemas = api.client.get("/agenda/api/v1/openapi.json").json()["components"]["schemas"]
    event = {
        name: value
        for name, value in model_programme["event"].items()
        if name not in {"capacity", "attendance_rule"}
    }
    assert schemas["NewEvent"]["examples"] == [event]
    assert schemas["RoomFacts"]["examples"][0] in model_programme["rooms"]
    assert all(example in model_programme["sessions"] for example in schemas["SessionFacts"]["examples"])


Told = Callable[[], list[tuple[str, int]]]


def test_the_model_programme_goes_in_by_the_api_and_comes_out_in_every_format(
    api: Api, model_programme: dict[str, Any]
) -> None:
    facts = {k: v for k, v in model_programme["event"].items() if k not in {"capacity", "attendance_rule"}}
    api.create(**facts)
    for kind in ("rooms", "sessions"):
        for part in model_programme[kind]:
            answer = api.create(f"{EVENT}/{kind}", **part)
            assert {name: answer[name] for name in part} == part
    api.create(f"{EVENT}/publish")
    api.create(f"{EVENT}/releases")
    titles = [session["title"] for session in model_programme["sessions"]]
    for suffix in ("ics", "xml", "json"):
        file = api.client.get(f"/agenda/e/ki-hub-2022/schedule.{suffix}")
        unfolded = file.text.replace("\r\n ", "")
        assert all(title in unfolded for title in titles), suffix


@pytest.mark.usefixtures("event")
def test_a_session_whose_room_is_renamed_is_another_state(api: Api) -> None:
    etag = api("POST", f"{EVENT}/sessions", json=session_facts(room="plenum")).headers["ETag"]
    api.change(f"{EVENT}/rooms/plenum", key="saal")
    answer = api("GET", f"{EVENT}/sessions/begruessung", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.json()["room"]) == (200, "saal")
