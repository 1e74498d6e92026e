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
    """In a draft somebody is moved and moved back; with it published, no better plan moves them again."""
    everybody = people(12)
    way = seats(published(CAFE))
    draft = 1
    for person in everybody[:4]:
        free = next(key for key in ("thema-1", "thema-2", "thema-3") if key not in way[person])
        for table in (free, way[person][1]):
            draft = api.create(f"{CAFE}/plans/{draft}/edits", round=2, person=person, table=table)["plan"]
    api.create(f"{CAFE}/plans/{draft}/publish", mails=False)
    after = planned(CAFE, replan="anew", seed=7)
    assert [table_of(after, person, 2) for person in everybody[:4]] == [way[p][1] for p in everybody[:4]]


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
