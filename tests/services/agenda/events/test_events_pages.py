from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared.kit.access import Principal, Role
from tests.services.agenda.builders import OTHER_ORGANISATION, a_principal, event_facts, session_facts
from tests.support.visitors import Api

PAGE = "/agenda/events/ki-hub-2022"

FORM = {
    "slug": "sommerfest",
    "title.de": "Sommerfest",
    "title.en": "",
    "starts_at": "2026-07-01T18:00",
    "ends_at": "2026-07-02T01:00",
    "timezone": "Europe/Berlin",
    "venue.name": "Hof",
    "venue.city": "Chemnitz",
    "venue.country": "de",
    "organiser": "TU Chemnitz",
    "contact_email": "",
    "default_locale": "de",
}


def fresh(browser: TestClient, address: str) -> str:
    """The version hidden in the form at this address."""
    html = browser.get(address).text
    return html.partition('name="version" value="')[2].partition('"')[0]


def test_somebody_without_a_pass_is_sent_to_fetch_one(client: TestClient) -> None:
    answer = client.get(PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        "/registration/session/renew?next=/agenda/events/ki-hub-2022",
    )


def test_an_event_is_created_by_the_form(organiser: TestClient, api: Api) -> None:
    answer = organiser.post("/agenda/events/new", data=FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/agenda/events/sommerfest")
    made = api("GET", "/sommerfest").json()
    assert (made["starts_at"], made["title"], made["venue"]["country"]) == (
        "2026-07-01T18:00:00+02:00",
        {"de": "Sommerfest"},
        "DE",
    )


def test_two_clicks_create_one_event(organiser: TestClient) -> None:
    answers = [organiser.post("/agenda/events/new", data={**FORM, "idempotency_key": "k"}) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/agenda/events/sommerfest"] * 2


def test_a_refused_form_names_every_field_and_keeps_what_was_typed(organiser: TestClient) -> None:
    typed = {"organiser": "TU Chemnitz", "starts_at": "tomorrow", "contact_email": "nobody"}
    answer = organiser.post("/agenda/events/new", data=typed)
    assert answer.status_code == 422
    assert 'value="TU Chemnitz"' in answer.text
    for sentence in (
        "One of the two titles is needed.",
        "Please enter day and time, for example 2026-05-21T09:30.",
        "This is not a mail address.",
        "Please fill in this field.",
    ):
        assert sentence in answer.text


def test_a_taken_address_is_said_in_the_form(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts(slug="sommerfest"))
    answer = organiser.post("/agenda/events/new", data=FORM)
    assert answer.status_code == 409
    assert "Another event has this address already." in answer.text


def test_an_event_is_changed_by_the_form(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts(slug="sommerfest"))
    version = fresh(organiser, "/agenda/events/sommerfest/edit")
    answer = organiser.post("/agenda/events/sommerfest/edit", data={**FORM, "version": version})
    assert answer.status_code == 303
    assert api("GET", "/sommerfest").json()["organiser"] == "TU Chemnitz"


def test_a_form_that_was_open_too_long_overwrites_nothing(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts(slug="sommerfest"))
    version = fresh(organiser, "/agenda/events/sommerfest/edit")
    api.change("/sommerfest", organiser="Somebody else")
    answer = organiser.post("/agenda/events/sommerfest/edit", data={**FORM, "version": version})
    assert answer.status_code == 412
    assert "Somebody changed this in the meantime." in answer.text
    assert api("GET", "/sommerfest").json()["organiser"] == "Somebody else"


def test_the_buttons_publish_release_and_close(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    api.create("/ki-hub-2022/sessions", **session_facts())
    assert "This is a draft." in organiser.get(PAGE).text
    for action in ("publish", "release", "close"):
        assert organiser.post(f"{PAGE}/{action}").status_code == 303
    event = api("GET", "/ki-hub-2022").json()
    assert (event["state"], event["release"]) == ("closed", 1)
    assert "Release 1 is public as you see it here." in organiser.get(PAGE).text


def test_a_release_that_is_refused_says_why_on_the_page(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    api.create("/ki-hub-2022/rooms", key="plenum", name="Plenum")
    for key in ("one", "two"):
        api.create("/ki-hub-2022/sessions", **session_facts(key=key, title=f"Talk {key}", room="plenum"))
    answer = organiser.post(f"{PAGE}/release")
    assert answer.status_code == 409
    assert "“Talk one” and “Talk two” are in the same room at the same time." in answer.text
    assert api("GET", "/ki-hub-2022").json()["release"] == 0


def test_a_draft_that_differs_from_its_release_is_marked(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    api.create("/ki-hub-2022/sessions", **session_facts())
    api.create("/ki-hub-2022/releases")
    api.change("/ki-hub-2022/sessions/begruessung", title="Willkommen")
    assert "This draft differs from release 1." in organiser.get(PAGE).text


def test_closing_early_and_cancelling_need_a_confirmation(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts(starts_at="2999-11-24T09:30:00+01:00", ends_at="2999-11-24T16:15:00+01:00"))
    api("POST", "/ki-hub-2022/publish")
    assert "This event has not ended yet." in organiser.post(f"{PAGE}/close").text
    assert organiser.post(f"{PAGE}/cancel").status_code == 409
    assert api("GET", "/ki-hub-2022").json()["state"] == "published"
    assert organiser.post(f"{PAGE}/close", data={"early": "yes"}).status_code == 303
    assert api("GET", "/ki-hub-2022").json()["state"] == "closed"


def test_an_event_is_cancelled_by_its_confirmed_form(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    assert organiser.post(f"{PAGE}/cancel", data={"confirmed": "yes"}).status_code == 303
    assert api("GET", "/ki-hub-2022").json()["state"] == "cancelled"


def test_a_viewer_sees_no_buttons_and_cannot_act(
    api: Api, browser_of: Callable[[Principal], TestClient]
) -> None:
    api.create(**event_facts())
    viewer = browser_of(a_principal(Role.viewer))
    html = viewer.get(PAGE).text
    assert "Publish the event" not in html
    assert "Add a session" not in html
    assert viewer.post(f"{PAGE}/publish").status_code == 403


def test_a_stranger_finds_nothing(api: Api, browser_of: Callable[[Principal], TestClient]) -> None:
    api.create(**event_facts())
    stranger = browser_of(a_principal(organisation=OTHER_ORGANISATION))
    assert stranger.get(PAGE).status_code == 404
    assert "There is no event yet." in stranger.get("/agenda/events").text


def test_the_list_leads_to_each_event(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    html = organiser.get("/agenda/events").text
    assert f'href="{PAGE}"' in html
    assert "Networking meeting" in html


@pytest.mark.parametrize("path", ["", "/edit", "/sessions/new", "/rooms/new", "/speakers/new"])
def test_the_pages_speak_german(organiser: TestClient, api: Api, path: str) -> None:
    api.create(**event_facts())
    answer = organiser.get(f"{PAGE}{path}", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, "de")


SESSION: dict[str, Any] = {
    "title": "World Café",
    "key": "",
    "kind": "world_cafe",
    "starts_at": "2022-11-24T13:15",
    "minutes": "90",
    "room": "cafe",
    "speaker_organisation": "TZLR Ilmenau",
    "abstract": "An fünf Tischen.",
    "networking.rounds": "3",
    "networking.minutes_per_round": "28",
    "networking.change_minutes": "2",
    "networking.avoid": "same_organisation",
    "networking.tables": "demos | Demonstratoren | 13\nschulungen | Schulungen | 13\n",
}


def test_rooms_speakers_and_sessions_are_made_and_changed_by_forms(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    for kind, form in (
        ("rooms", {"name": "Café", "capacity": "70"}),
        ("speakers", {"name": "Ada Beispiel", "organisation": "Beispiel GmbH"}),
        ("sessions", {**SESSION, "speakers": ["ada-beispiel"]}),
    ):
        assert organiser.post(f"{PAGE}/{kind}/new", data=form).headers["Location"] == PAGE
    made = api("GET", "/ki-hub-2022/sessions/world-cafe").json()
    assert (made["room"], made["speakers"], made["speaker_organisation"]) == (
        "cafe",
        ["ada-beispiel"],
        "TZLR Ilmenau",
    )
    assert made["networking"]["tables"][1] == {"key": "schulungen", "title": "Schulungen", "capacity": 13}
    for path, form, change in (
        ("rooms/cafe", {"name": "Café", "key": "cafe"}, {"capacity": "80"}),
        ("speakers/ada-beispiel", {"key": "ada-beispiel"}, {"name": "Ada Muster"}),
        ("sessions/world-cafe", {**SESSION, "key": "world-cafe"}, {"minutes": "95"}),
    ):
        version = fresh(organiser, f"{PAGE}/{path}")
        answer = organiser.post(f"{PAGE}/{path}", data={**form, **change, "version": version})
        assert answer.status_code == 303, answer.text
        (name, value) = next(iter(change.items()))
        assert str(api("GET", f"/ki-hub-2022/{path}").json()[name]) == value


def test_a_session_form_shows_what_was_typed_again(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    form = {**SESSION, "minutes": "many", "networking.tables": "only a title"}
    answer = organiser.post(f"{PAGE}/sessions/new", data={**form, "room": ""})
    assert answer.status_code == 422
    assert "Please write each table as: key | title | seats" in answer.text
    assert "An fünf Tischen." in answer.text
    answer = organiser.post(f"{PAGE}/sessions/new", data={**form, "networking.tables": "", "room": ""})
    assert "Please enter a whole number." in answer.text
    assert api("GET", "/ki-hub-2022/sessions").json() == []


def test_a_room_in_use_is_not_removed_and_an_empty_one_is(organiser: TestClient, api: Api) -> None:
    api.create(**event_facts())
    api.create("/ki-hub-2022/rooms", key="plenum", name="Plenum")
    api.create("/ki-hub-2022/sessions", **session_facts(room="plenum"))
    answer = organiser.post(f"{PAGE}/rooms/plenum/remove")
    assert answer.status_code == 409
    assert "There are sessions in this room." in answer.text
    assert organiser.post(f"{PAGE}/sessions/begruessung/remove").status_code == 303
    assert organiser.post(f"{PAGE}/rooms/plenum/remove").status_code == 303
    assert api("GET", "/ki-hub-2022/rooms").json() == []


def test_a_room_that_is_too_small_is_warned_about(
    organiser: TestClient, api: Api, attendees: Callable[[str, int], None]
) -> None:
    event = api.create(**event_facts())
    api.create("/ki-hub-2022/rooms", key="kammer", name="Kammer", capacity=2)
    api.create("/ki-hub-2022/sessions", **session_facts(room="kammer"))
    attendees(event["id"], 2)
    assert "Some rooms may be too small" not in organiser.get(PAGE).text
    attendees(event["id"], 1)
    assert "3 people have a place, the room Kammer holds 2." in organiser.get(PAGE).text
    (warning,) = api.create("/ki-hub-2022/releases")["warnings"]
    assert warning == {"session": "Begrüßung", "room": "Kammer", "capacity": 2, "people": 3}
