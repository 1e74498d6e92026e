"""Whom a published plan no longer fits: who came later is named to the organiser, and is planned for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.agenda.attendees.service import note_scan
from services.agenda.runtime import Sessions
from tests.services.agenda.networking.conftest import SPEED, give_back, searched
from tests.services.agenda.networking.plans_read import seats, told
from tests.support.facts import a_scan
from tests.support.visitors import Api

People = Callable[..., list[str]]
Planned = Callable[..., dict[str, Any]]

PAGES = "/agenda/events/ki-hub-2022/networking"
NO_LONGER = "The published plan no longer fits everybody"
MOVED = "The session has another room or other times now"


def come_in(event_id: UUID, *people: str) -> None:
    with Sessions.begin() as session:
        for person in people:
            facts = {"scanned_at": datetime(2022, 11, 24, 9, tzinfo=UTC)}
            note_scan(session, a_scan(UUID(person), event_id=event_id, **facts))


def test_a_plan_that_fits_everybody_asks_for_nothing(
    organiser: TestClient, people: People, published: Planned
) -> None:
    people(7)
    published(SPEED)
    assert NO_LONGER not in organiser.get(f"{PAGES}/speed").text
    assert "to be planned again" not in organiser.get(PAGES).text


def test_who_registers_after_publishing_is_named_and_planned_by_a_click(
    organiser: TestClient, people: People, published: Planned, api: Api
) -> None:
    people(7)
    published(SPEED)
    (newcomer,) = people(1, first_name="Ada")
    page = organiser.get(f"{PAGES}/speed").text
    assert "1 person takes part and has no way yet: <bdi>Ada Wieloch 00</bdi>" in page
    assert "to be planned again" in organiser.get(PAGES).text
    wanted = {"people": "confirmed", "replan": "fewest_changes", "seconds": "0.2"}
    organiser.post(f"{PAGES}/speed/plans", data=wanted)
    searched()
    organiser.post(f"{PAGES}/speed/plans/2/publish", data={"mails": "yes"})
    assert NO_LONGER not in organiser.get(f"{PAGES}/speed").text
    assert None not in seats(api("GET", f"{SPEED}/plans/2").json())[newcomer]
    assert (told()[-1]["mails"], newcomer in told()[-1]["ways"]) == (True, True)


def test_who_gave_the_place_back_leaves_a_seat_that_is_named(
    organiser: TestClient, event_id: UUID, people: People, published: Planned
) -> None:
    person = people(6)[0]
    published(SPEED)
    give_back(event_id, person)
    assert "1 person has a seat in it and gave the place back." in organiser.get(f"{PAGES}/speed/day").text


def move(api: Api, session: str, **facts: Any) -> None:
    programme = session.replace("/networking/", "/sessions/")
    api.change(programme, **facts)


def test_a_session_that_has_moved_since_is_named_and_everybody_is_told_by_a_click(
    organiser: TestClient, people: People, published: Planned, api: Api
) -> None:
    people(6)
    published(SPEED)
    move(api, SPEED, starts_at="2022-11-24T11:30:00+01:00")
    assert MOVED in organiser.get(f"{PAGES}/speed").text
    assert len(told()) == 1
    organiser.post(f"{PAGES}/speed/plans/1/publish", data={"mails": "yes"})
    assert MOVED not in organiser.get(f"{PAGES}/speed").text
    before, after = told()
    assert (after["rounds"][0]["starts_at"], after["mails"]) == ("2022-11-24T10:30:00Z", True)
    assert (after["ways"], after["sequence"]) == (before["ways"], 2)


def test_a_session_that_has_not_moved_is_told_once_however_often_it_is_published(
    api: Api, people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    for _ in range(3):
        api.create(f"{SPEED}/plans/1/publish", mails=True)
    assert [one["mails"] for one in told()] == [False, True]


def test_a_plan_for_other_rounds_is_named_and_not_told_again(
    organiser: TestClient, people: People, published: Planned, api: Api
) -> None:
    people(6)
    published(SPEED)
    move(api, SPEED, networking={"rounds": 2, "minutes_per_round": 4, "change_minutes": 1})
    page = organiser.get(f"{PAGES}/speed").text
    assert "The session has other rounds now than the published plan" in page
    assert MOVED not in page
    answer = api("POST", f"{SPEED}/plans/1/publish", json={})
    assert answer.json()["type"].rpartition(":")[2] == "plan-fits-no-longer"


@pytest.mark.parametrize("rounds", [2, 4])
def test_a_plan_for_other_rounds_is_changed_for_as_few_people_as_possible(
    people: People, published: Planned, planned: Planned, api: Api, rounds: int
) -> None:
    people(6)
    before = seats(published(SPEED))
    move(api, SPEED, networking={"rounds": rounds, "minutes_per_round": 3})
    after = planned(SPEED, replan="fewest_changes")
    assert (after["state"], after["figures"]["repeats"]) == ("draft", 0)
    ways = seats(after)
    assert {len(way) for way in ways.values()} == {rounds}
    assert not any(None in way for way in ways.values())
    assert {person: way[:2] for person, way in ways.items()} == {p: way[:2] for p, way in before.items()}


def test_when_the_door_has_opened_only_who_is_inside_needs_a_way(
    organiser: TestClient, event_id: UUID, people: People, published: Planned
) -> None:
    everybody = people(6)
    published(SPEED)
    walk_in, _ = people(2)
    come_in(event_id, *everybody)
    assert NO_LONGER not in organiser.get(f"{PAGES}/speed/day").text
    assert 'name="people" value="inside"' not in organiser.get(f"{PAGES}/speed").text
    come_in(event_id, walk_in)
    assert "1 person takes part and has no way yet:" in organiser.get(f"{PAGES}/speed/day").text
    assert 'name="people" value="inside"' in organiser.get(f"{PAGES}/speed").text


def test_who_is_noted_away_in_all_rounds_to_come_needs_no_way(
    api: Api, organiser: TestClient, people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    (newcomer,) = people(1)
    api("POST", f"{SPEED}/away", json={"person": newcomer, "from_round": 2})
    assert NO_LONGER in organiser.get(f"{PAGES}/speed").text
    api("POST", f"{SPEED}/away", json={"person": newcomer, "from_round": 1})
    assert NO_LONGER not in organiser.get(f"{PAGES}/speed").text


@pytest.mark.parametrize(
    "rules",
    [
        {"categories": ["partner", "guest"]},
        {"format": "sides", "sides": {"first": ["partner"], "second": ["guest"]}},
    ],
)
def test_a_session_for_some_categories_is_planned_for_them_alone(
    api: Api, organiser: TestClient, people: People, published: Planned, rules: dict[str, Any]
) -> None:
    invited = [*people(3, category="partner"), *people(3, category="guest")]
    people(2, category="press")
    api.change(f"{SPEED}/rules", "PUT", **rules)
    assert set(seats(published(SPEED))) == set(invited)
    assert NO_LONGER not in organiser.get(f"{PAGES}/speed").text
    people(1, category="guest", first_name="Ada")
    assert "<bdi>Ada Wieloch 00</bdi>" in organiser.get(f"{PAGES}/speed").text


def test_another_room_is_a_move_too(
    organiser: TestClient, people: People, published: Planned, api: Api
) -> None:
    people(6)
    for key in ("plenum", "fabrik"):
        api.create("/ki-hub-2022/rooms", key=key, name=key.title())
    move(api, SPEED, room="plenum")
    published(SPEED)
    assert MOVED not in organiser.get(f"{PAGES}/speed").text
    move(api, SPEED, room="fabrik")
    assert MOVED in organiser.get(f"{PAGES}/speed").text


def test_after_the_last_round_has_begun_nobody_is_planned_for(
    api: Api, organiser: TestClient, people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    people(1)
    for _ in range(3):
        api.create(f"{SPEED}/clock", action="start")
    assert NO_LONGER not in organiser.get(f"{PAGES}/speed/day").text
