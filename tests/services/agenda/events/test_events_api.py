from collections.abc import Callable
from typing import Any

import pytest

from shared.kit.access import Principal, Right, Role
from tests.services.agenda.builders import OTHER_ORGANISATION, a_principal, event_facts
from tests.support.visitors import Api

SignIn = Callable[[Principal], Api]
Told = Callable[[], list[tuple[str, int]]]

CHANGED = "agenda.event_changed.v1"


def test_a_new_event_is_a_draft_with_an_address_and_an_etag(api: Api) -> None:
    answer = api("POST", "", json=event_facts())
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/agenda/api/v1/events/{answer.json()['id']}"
    assert answer.headers["ETag"] == api("GET", "/ki-hub-2022").headers["ETag"]
    assert answer.json()["state"] == "draft"


def test_times_come_back_in_the_events_zone(api: Api) -> None:
    created = api.create(**event_facts(starts_at="2022-11-24T08:30:00Z", timezone="Asia/Kathmandu"))
    assert created["starts_at"] == "2022-11-24T14:15:00+05:45"


def test_an_event_is_found_by_id_and_by_slug(api: Api) -> None:
    created = api.create(**event_facts())
    assert api("GET", f"/{created['id']}").json() == api("GET", "/ki-hub-2022").json() == created


def test_a_draft_is_told_at_once(api: Api, told: Told) -> None:
    api.create(**event_facts())
    assert told() == [(CHANGED, 1)]


def test_the_same_key_creates_one_event(api: Api, told: Told) -> None:
    first, second = (
        api("POST", "", json=event_facts(), headers={"Idempotency-Key": "abc"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(told()) == 1


def test_a_taken_slug_is_a_conflict(api: Api) -> None:
    api.create(**event_facts())
    answer = api("POST", "", json=event_facts())
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:treffpunkt:problem:slug-taken")


def test_malformed_json_is_a_bad_request(api: Api) -> None:
    answer = api("POST", "", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_without_a_token_nobody_gets_in(api: Api) -> None:
    assert Api(api.client, api.root, {})("POST", "", json=event_facts()).status_code == 401


def test_another_organisations_event_is_not_there(api: Api, api_of: SignIn) -> None:
    created = api.create(**event_facts())
    stranger = api_of(a_principal(organisation=OTHER_ORGANISATION))
    paths = ["", "/rooms", "/sessions", "/speakers", "/releases", "/rooms/plenum", "/releases/1"]
    answers = [stranger("GET", f"/{created['id']}{path}").status_code for path in paths]
    answers += [
        stranger("POST", f"/{created['id']}/{path}").status_code for path in ("publish", "close", "cancel")
    ]
    assert answers == [404] * 10
    assert stranger("GET", "").json() == []


def test_a_viewer_reads_and_changes_nothing(api: Api, api_of: SignIn) -> None:
    api.create(**event_facts())
    viewer = api_of(a_principal(Role.viewer))
    assert viewer("GET", "/ki-hub-2022").status_code == 200
    assert viewer("POST", "/ki-hub-2022/publish").status_code == 403
    assert viewer("POST", "", json=event_facts(slug="another")).status_code == 403


def test_a_token_for_reading_changes_nothing(api_of: SignIn) -> None:
    reader = api_of(a_principal(scopes=frozenset({Right.read})))
    assert reader("POST", "", json=event_facts()).status_code == 403


def test_members_of_two_organisations_say_for_which_one_the_event_is(api_of: SignIn, api: Api) -> None:
    roles = {**a_principal().roles, OTHER_ORGANISATION: Role.owner}
    both = api_of(a_principal(roles=roles))
    answer = both("POST", "", json=event_facts())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "organisation_id")
    created = both.create(**event_facts(organisation_id=str(OTHER_ORGANISATION)))
    assert api("GET", f"/{created['id']}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "KI-Hub"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"slug": "01890a5d-0000-7000-8000-000000000001"}, "slug"),
        ({"title": {}}, "title"),
        ({"title": {"de": "  "}}, "title.de"),
        ({"title": {"de": "Treffen\u202e"}}, "title.de"),
        ({"organiser": "Zentrum\r\nBcc: x"}, "organiser"),
        ({"timezone": "Europe/Chemnitz"}, "timezone"),
        ({"starts_at": "2022-11-24T09:30:00"}, "starts_at"),
        ({"starts_at": "2022-11-24T09:30:30+01:00"}, "starts_at"),
        ({"ends_at": "2022-11-24T09:30:00+01:00"}, "ends_at"),
        ({"ends_at": "2202-11-24T09:30:00+01:00"}, "ends_at"),
        ({"default_locale": "fr"}, "default_locale"),
        ({"title": {"de": "Treffen"}, "default_locale": "en"}, "default_locale"),
        ({"contact_email": "a@b"}, "contact_email"),
        ({"contact_email": "a@example.org\nBcc: b@example.org"}, "contact_email"),
        ({"venue": {"name": "TU", "city": "Chemnitz", "country": "Germany"}}, "venue.country"),
        ({"organizer": "TU"}, "organizer"),
    ],
)
def test_what_does_not_fit_is_named_at_its_field(
    api: Api, told: Told, changes: dict[str, Any], field: str
) -> None:
    answer = api("POST", "", json=event_facts(**changes))
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert told() == []


def test_a_missing_field_is_named(api: Api) -> None:
    facts = event_facts()
    del facts["venue"]
    assert api("POST", "", json=facts).json()["errors"][0]["field"] == "venue"


def test_what_other_services_own_is_refused_with_their_address(api: Api) -> None:
    rule = {"min_share_of_programme": 0.75}
    errors = api("POST", "", json=event_facts(capacity=60, attendance_rule=rule)).json()["errors"]
    assert errors == [
        {
            "field": "capacity",
            "detail": "This belongs to PUT /registration/api/v1/events/{event}/settings.",
        },
        {
            "field": "attendance_rule",
            "detail": "This belongs to PUT /certificates/api/v1/events/{event}/rules.",
        },
    ]


def test_a_change_needs_the_etag_that_was_read(api: Api) -> None:
    api.create(**event_facts())
    change = {"organiser": "TU Chemnitz"}
    assert api("PATCH", "/ki-hub-2022", json=change).status_code == 428
    assert api("PATCH", "/ki-hub-2022", json=change, headers={"If-Match": '"old"'}).status_code == 412
    answer = api.change("/ki-hub-2022", **change)
    assert (answer.status_code, answer.json()["organiser"], answer.json()["version"]) == (
        200,
        "TU Chemnitz",
        2,
    )


def test_an_etag_is_good_for_one_change(api: Api) -> None:
    etag = api("POST", "", json=event_facts()).headers["ETag"]
    answers = [
        api("PATCH", "/ki-hub-2022", json={"organiser": name}, headers={"If-Match": etag}).status_code
        for name in ("First", "Second")
    ]
    assert answers == [200, 412]


def test_each_change_is_told_with_a_higher_sequence(api: Api, told: Told) -> None:
    api.create(**event_facts())
    api.change("/ki-hub-2022", organiser="TU Chemnitz")
    api("POST", "/ki-hub-2022/publish")
    assert told() == [(CHANGED, 1), (CHANGED, 2), ("agenda.event_published.v1", 3)]


def test_a_put_replaces_all_facts(api: Api) -> None:
    api.create(**event_facts(contact_email="fragen@example.org"))
    answer = api.change("/ki-hub-2022", "PUT", **event_facts(organiser="TU Chemnitz"))
    assert (answer.json()["organiser"], answer.json()["contact_email"]) == ("TU Chemnitz", None)


def test_a_patch_can_take_away_only_what_may_be_missing(api: Api) -> None:
    api.create(**event_facts(contact_email="fragen@example.org"))
    assert api.change("/ki-hub-2022", contact_email=None).json()["contact_email"] is None
    answer = api.change("/ki-hub-2022", organiser=None)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "organiser")


def test_a_new_zone_keeps_the_clock_times_of_event_and_sessions(api: Api) -> None:
    api.create(**event_facts())
    api.create(
        "/ki-hub-2022/sessions",
        key="start",
        kind="plenary",
        title="Start",
        starts_at="2022-11-24T10:00:00+01:00",
        minutes=30,
    )
    changed = api.change("/ki-hub-2022", timezone="Europe/London").json()
    assert changed["starts_at"] == "2022-11-24T09:30:00Z"
    moved = api("GET", "/ki-hub-2022/sessions/start").json()
    assert (moved["starts_at"], moved["ends_at"]) == ("2022-11-24T10:00:00Z", "2022-11-24T10:30:00Z")


def test_the_slug_may_change_until_the_event_is_public(api: Api) -> None:
    api.create(**event_facts())
    assert api.change("/ki-hub-2022", slug="ki-hub").status_code == 200
    api("POST", "/ki-hub/publish")
    assert api.change("/ki-hub", slug="ki-hub-2023").status_code == 409


def test_actions_may_be_repeated_and_are_told_once(api: Api, told: Told) -> None:
    api.create(**event_facts())
    for action in ("publish", "publish", "close", "close"):
        assert api("POST", f"/ki-hub-2022/{action}").status_code == 200
    assert [name for name, _ in told()] == [CHANGED, "agenda.event_published.v1", "agenda.event_closed.v1"]


def test_a_draft_cannot_be_closed(api: Api) -> None:
    api.create(**event_facts())
    assert api("POST", "/ki-hub-2022/close").json()["type"].endswith(":event-not-published")


def test_closing_before_the_end_needs_a_confirmation(api: Api) -> None:
    api.create(**event_facts(starts_at="2999-11-24T09:30:00+01:00", ends_at="2999-11-24T16:15:00+01:00"))
    api("POST", "/ki-hub-2022/publish")
    answer = api("POST", "/ki-hub-2022/close")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:treffpunkt:problem:event-not-over")
    assert api("POST", "/ki-hub-2022/close", json={"early": True}).json()["state"] == "closed"


def test_nothing_changes_any_more_after_closing_or_cancelling(api: Api) -> None:
    api.create(**event_facts())
    api("POST", "/ki-hub-2022/cancel")
    assert api("POST", "/ki-hub-2022/cancel").status_code == 200
    refused = [
        api.change("/ki-hub-2022", organiser="TU"),
        api("POST", "/ki-hub-2022/publish"),
        api("POST", "/ki-hub-2022/close"),
        api("POST", "/ki-hub-2022/releases"),
        api("POST", "/ki-hub-2022/rooms", json={"key": "plenum", "name": "Plenum"}),
    ]
    assert [answer.status_code for answer in refused] == [409] * 5


def test_the_list_comes_in_pages_the_newest_first(api: Api) -> None:
    for number in range(5):
        api.create(**event_facts(slug=f"event-{number}"))
    slugs, path = [], "?limit=2"
    while path:
        answer = api("GET", path)
        slugs += [event["slug"] for event in answer.json()]
        path = answer.links["next"]["url"].partition("/events")[2] if "next" in answer.links else ""
    assert slugs == ["event-4", "event-3", "event-2", "event-1", "event-0"]


@pytest.mark.parametrize("cursor", ["x", "e30=", "WzFd", "W10="])
def test_a_cursor_that_we_did_not_write_is_refused(api: Api, cursor: str) -> None:
    assert api("GET", f"?cursor={cursor}").status_code == 422


def test_a_reader_who_has_the_state_gets_304(api: Api) -> None:
    etag = api("POST", "", json=event_facts()).headers["ETag"]
    answer = api("GET", "/ki-hub-2022", headers={"If-None-Match": f'"other", {etag}'})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    api.change("/ki-hub-2022", organiser="TU Chemnitz")
    assert api("GET", "/ki-hub-2022", headers={"If-None-Match": etag}).status_code == 200
