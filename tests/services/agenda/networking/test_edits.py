"""What a change by hand may break, and whether it outlasts the next search."""

from collections.abc import Callable
from typing import Any

import pytest

from services.agenda.networking.broken import BreaksApart, must_keep_rules
from services.agenda.networking.solving.instances import parse
from tests.services.agenda.networking.conftest import CAFE, SPEED
from tests.services.agenda.networking.plans_read import seats, table_of
from tests.support.visitors import Api

People = Callable[..., list[str]]
Planned = Callable[..., dict[str, Any]]


def test_what_was_broken_before_does_not_hinder_a_change() -> None:
    instance = parse(
        {
            "id": "g",
            "format": "mixer",
            "n": 6,
            "rounds": 1,
            "tables": 2,
            "cap": [2, 4],
            "forbid": [[0, 1], [0, 5]],
        }
    )
    before = [[0, 0, 0, 1, 1, 1]]
    must_keep_rules(instance, before, [[0, 0, 0, 0, 1, 1]])
    with pytest.raises(BreaksApart):
        must_keep_rules(instance, before, [[0, 0, 0, 1, 1, 0]])


def test_the_last_move_by_hand_outlasts_the_next_search(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    """In a draft somebody is kept, and then moved; with it published, no other plan moves them back."""
    person = people(12)[0]
    way = seats(published(CAFE))[person]
    free = next(key for key in ("thema-1", "thema-2", "thema-3") if key not in way)
    draft = 1
    for table in (way[1], free):
        draft = api.create(f"{CAFE}/plans/{draft}/edits", round=2, person=person, table=table)["plan"]
    api.create(f"{CAFE}/plans/{draft}/publish", mails=False)
    again = [planned(CAFE, replan="anew", seed=seed) for seed in range(4)]
    assert [table_of(plan, person, 2) for plan in again] == [free] * 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"round": 4, "table": "1"}, "round"),
        ({"round": 1, "table": "nowhere"}, "table"),
        ({"round": 1, "swap_with": "0198c5a0-0000-7000-8000-000000000001"}, "swap_with"),
    ],
)
def test_what_is_not_in_the_plan_is_refused_at_its_field(
    api: Api, people: People, planned: Planned, change: dict[str, Any], field: str
) -> None:
    person = people(6)[0]
    planned(SPEED)
    answer = api("POST", f"{SPEED}/plans/1/edits", json={"person": person, **change})
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_plan_that_was_replaced_is_not_changed_any_more(
    api: Api, people: People, published: Planned
) -> None:
    one, other, *_ = people(6)
    for _ in range(2):
        published(SPEED)
    answer = api("POST", f"{SPEED}/plans/1/edits", json={"round": 1, "person": one, "swap_with": other})
    assert answer.json()["type"].rpartition(":")[2] == "not-to-be-edited"
