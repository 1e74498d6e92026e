"""A draft says whose way it changes, so that the organiser knows whom to tell."""

import re
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from tests.services.agenda.networking.conftest import CAFE, SPEED
from tests.services.agenda.networking.plans_read import seats
from tests.support.visitors import Api

People = Callable[..., list[str]]
Planned = Callable[..., dict[str, Any]]

PAGES = "/agenda/events/ki-hub-2022/networking"


def words_of(organiser: TestClient, path: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", organiser.get(f"{PAGES}{path}").text)


def test_a_move_by_hand_names_who_was_moved_from_where_to_where(
    api: Api, organiser: TestClient, people: People, published: Planned
) -> None:
    people(11)
    (moved,) = people(1, first_name="Ada", last_name="Sommer")
    way = seats(published(CAFE))[moved]
    free = next(key for key in ("thema-1", "thema-2", "thema-3") if key not in way)
    draft = api.create(f"{CAFE}/plans/1/edits", round=2, person=moved, table=free)["plan"]
    page = words_of(organiser, f"/cafe/plans/{draft}")
    assert "1 person has another way than in the published plan" in page
    before, after = (f"{key[-1]} · Thema {key[-1]}" for key in (way[1], free))
    assert re.search(rf"Ada Sommer\s+Round 2: {before} → {after}\s", page)


def test_a_plan_again_names_who_leaves_and_who_comes(
    api: Api, organiser: TestClient, people: People, published: Planned, planned: Planned
) -> None:
    everybody = people(8)
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    people(1, first_name="Ada", last_name="Sommer")
    api("POST", f"{SPEED}/away", json={"person": everybody[3]})
    number = planned(SPEED, replan="fewest_changes")["number"]
    page = words_of(organiser, f"/speed/plans/{number}")
    assert re.search(r"Ada Sommer\s+Round 2: no seat → Table \d\s+Round 3: no seat → Table \d", page)
    assert re.search(r"Wieloch 03\s+no seat from round 2 on", page)
    assert "Round 1:" not in page


def test_before_the_first_publication_nobody_has_another_way(
    organiser: TestClient, people: People, planned: Planned
) -> None:
    people(8)
    planned(SPEED)
    assert "Whose way changes" not in words_of(organiser, "/speed/plans/1")


def test_a_plan_that_changes_nothing_says_so(
    organiser: TestClient, people: People, published: Planned, planned: Planned
) -> None:
    people(8)
    published(SPEED)
    planned(SPEED, replan="fewest_changes")
    assert "Everybody has the same way as in the published plan." in words_of(organiser, "/speed/plans/2")


def test_whoever_asks_while_a_plan_is_searched_is_told(organiser: TestClient, people: People) -> None:
    people(8)
    answers = [organiser.post(f"{PAGES}/speed/plans", data={"people": "confirmed"}) for _ in range(2)]
    assert answers[1].status_code == 409
    assert "Plan 1 is still being searched." in answers[1].text


def test_the_figures_of_a_plan_again_are_of_those_who_stay(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    everybody = people(8)
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    for person in everybody[:2]:
        api("POST", f"{SPEED}/away", json={"person": person})
    figures = planned(SPEED, replan="anew")["figures"]
    # Who has left met one; of the six others each meets three.
    assert (figures["people"], figures["people_met_at_least"]) == (6, 3)
