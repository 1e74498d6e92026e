from typing import Any
from uuid import UUID

import pytest

from services.certificates.attendance import service
from services.certificates.attendance.models import Rules
from shared.kit.access import Role
from shared.kit.database import new_id
from shared.kit.web.paging import read_cursor
from tests.services.certificates.api import API, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear

RULES = {
    "min_share_of_programme": 0.75,
    "count_open_stays": True,
    "mailing": {"start": "after_closing", "delay_minutes": 0},
    "funding_reference": "01MF22004A",
    "number_prefix": "KIH",
}
# What an event has whose organiser says nothing about it.
SAID_BY_NOBODY = {
    "hold_open_stays": False,
    "confirmations": [{"kind": "attendance", "categories": []}],
    "required_sessions": [],
    "own_confirmations": [],
    "changes": "ask",
    "delivery": "attachment",
}


def test_rules_are_set_and_read(few: ModelEvent) -> None:
    hear(few.published())
    stored = program().put(f"{API}/rules", json=RULES)
    read = program().get(f"{API}/rules")
    assert (stored.status_code, read.status_code) == (200, 200)
    assert stored.json() == read.json() == {**RULES, **SAID_BY_NOBODY}
    assert stored.headers["etag"] == read.headers["etag"]


def test_rules_that_overtake_their_event_are_asked_for_again(few: ModelEvent) -> None:
    answer = program().put(f"{API}/rules", json=RULES)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.headers["content-type"] == "application/problem+json"
    hear(few.published())
    assert program().put(f"{API}/rules", json=RULES).status_code == 200


def test_rules_that_are_there_need_their_etag(few: ModelEvent) -> None:
    hear(few.published())
    etag = program().put(f"{API}/rules", json=RULES).headers["etag"]
    assert program().put(f"{API}/rules", json=RULES).status_code == 428
    assert program().put(f"{API}/rules", json=RULES, headers={"If-Match": '"other"'}).status_code == 412
    assert program().put(f"{API}/rules", json=RULES, headers={"If-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"min_share_of_programme": 1.5}, "min_share_of_programme"),
        ({"number_prefix": "KI/HUB"}, "number_prefix"),
        ({"funding_reference": "two\nlines"}, "funding_reference"),
        ({"funding_reference": "01MF\u202e22004A"}, "funding_reference"),
        ({"funding_reference": "01MF\u009b22004A"}, "funding_reference"),
        ({"funding_reference": "01MF\u2066A"}, "funding_reference"),
        ({"mailing": {"start": "sometimes"}}, "mailing.start"),
        ({"mailing": {"start": "after_closing", "delay_minutes": -1}}, "mailing.delay_minutes"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(
    few: ModelEvent, change: dict[str, Any], field: str
) -> None:
    hear(few.published())
    answer = program().put(f"{API}/rules", json={**RULES, **change})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert program().get(f"{API}/rules").json()["number_prefix"] == ""


def test_the_attendance_of_the_model_event_is_the_expected_one(model_event: ModelEvent) -> None:
    hear(*model_event.messages())
    found = program().get(f"{API}/attendance").json()
    participants = {
        person["ref"]: {
            name: person[name]
            for name in ("checked_in", "open_stays", "attended_minutes", "confirmation_due")
        }
        for person in found.pop("participants")
    }
    assert participants == model_event.expected["participants"]
    assert found == {
        "programme_minutes": 345,
        **{
            name: model_event.expected[name]
            for name in ("registered", "checked_in", "open_stays", "confirmations_due")
        },
    }


def test_attendance_comes_in_pages_that_miss_nobody(few: ModelEvent) -> None:
    hear(*few.messages())
    refs: list[str] = []
    address: str | None = f"{API}/attendance?limit=2"
    while address:
        answer = program().get(address)
        refs += [person["ref"] for person in answer.json()["participants"]]
        address = answer.links.get("next", {}).get("url")
    assert sorted(refs) == ["P01", "P03", "P10", "P11", "P15"]


def test_a_stay_is_explained_by_its_scans(few: ModelEvent) -> None:
    hear(*few.messages())
    people = program().get(f"{API}/attendance").json()["participants"]
    open_stay = next(person for person in people if person["ref"] == "P03")["stays"][0]
    assert (open_stay["is_open"], open_stay["left_at"], len(open_stay["scan_ids"])) == (True, None, 1)


@pytest.mark.parametrize("path", ["rules", "attendance", "confirmations"])
def test_another_organisations_event_is_not_there(few: ModelEvent, path: str) -> None:
    hear(few.published())
    assert program(organisation=UUID(int=9)).get(f"{API}/{path}").status_code == 404
    assert program().get(f"{API.replace('ki-hub-2022', 'no-such-event')}/{path}").status_code == 404


def test_rules_of_another_organisations_event_tell_nothing_of_it(few: ModelEvent) -> None:
    stranger = program(organisation=UUID(int=9))
    unknown = stranger.put(f"{API}/rules", json=RULES)
    hear(few.published())
    foreign = stranger.put(f"{API}/rules", json=RULES)
    assert unknown.status_code == foreign.status_code == 503
    assert unknown.content == foreign.content


def test_who_may_only_look_changes_nothing(few: ModelEvent) -> None:
    hear(few.published())
    assert program(Role.viewer).put(f"{API}/rules", json=RULES).status_code == 403
    assert program(Role.viewer).get(f"{API}/rules").status_code == 200
    assert program(Role.door).get(f"{API}/attendance").status_code == 403


def test_of_two_events_with_the_same_address_the_newest_is_meant(few: ModelEvent) -> None:
    older, newer = new_id(), new_id()
    for event_id in (newer, older):
        hear(few.published(event_id=event_id))
    program().put(f"{API}/rules", json=RULES)
    assert [rules.event_id for rules in every(Rules)] == [newer]


def test_an_event_is_found_by_its_id_too(few: ModelEvent) -> None:
    hear(few.published())
    assert (
        program().get(API.replace("ki-hub-2022", str(few.published().event_id)) + "/rules").status_code == 200
    )


def test_the_totals_stand_on_the_first_page_and_are_those_of_everybody(few: ModelEvent) -> None:
    hear(*few.messages())
    first = program().get(f"{API}/attendance?limit=2")
    second = program().get(first.links["next"]["url"])
    expected = few.expected["participants"].values()
    names = {"checked_in": "checked_in", "open_stays": "open_stays", "confirmations_due": "confirmation_due"}
    totals = {name: sum(person[of_one] for person in expected) for name, of_one in names.items()}
    assert first.json().items() >= {"registered": 5, **totals}.items()
    assert second.json().items() >= dict.fromkeys(["registered", *names]).items()


def test_a_further_page_counts_the_attendance_of_its_people_only(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(*few.messages())
    following = program().get(f"{API}/attendance?limit=3").links["next"]["url"]
    counted: list[object] = []
    count = service.attended

    def noting(*facts: Any, **options: Any) -> Any:
        counted.append(facts)
        return count(*facts, **options)

    monkeypatch.setattr(service, "attended", noting)
    assert len(program().get(following).json()["participants"]) == len(counted) == 2


def test_a_cursor_names_nobody(few: ModelEvent) -> None:
    hear(*few.messages())
    following = program().get(f"{API}/attendance?limit=1").links["next"]["url"]
    assert len(read_cursor(following.partition("cursor=")[2].replace("%3D", "=")) or []) == 1
