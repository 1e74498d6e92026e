"""What is called proven holds: no plan of all that there are does better than a bound."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.agenda.networking.seating import figures_of
from services.agenda.networking.solving.bounds import lower_bounds
from services.agenda.networking.solving.instances import AWAY, Instance, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.solving.replans import keep_published
from services.agenda.networking.solving.solve import solve
from tests.services.agenda.networking.instances import a_cafe, a_speed_networking

TABLES = 2
MEASURED = {"repeats": 1, "same_org": 1, "changes": 1, "must_meet_missed": 1, "sitouts": 1}


@st.composite
def tiny_cafes(draw: st.DrawFn) -> Instance:
    """Cafés of two rounds with tables that are closed or crowded, hosts, fixed seats, people who come and go."""
    people = draw(st.integers(2, 4))
    seats = st.sampled_from([[0, 0], [0, people], [1, people - 1], [2, people], [1, 2], [2, 2], [3, 3]])
    hosts = draw(st.dictionaries(st.sampled_from("01"), st.just(0), max_size=1))
    number, table = st.integers(0, people - 1), st.integers(0, TABLES - 1)
    fixed = draw(st.none() | st.tuples(number.filter(lambda p: p not in hosts.values()), table))
    rows = st.lists(table | st.just(AWAY), min_size=people, max_size=people)
    document: dict[str, Any] = {
        "id": "tiny",
        "format": "cafe",
        "n": people,
        "rounds": 2,
        "tables": TABLES,
        "caps": draw(st.lists(st.lists(seats, min_size=TABLES, max_size=TABLES), min_size=2, max_size=2)),
        "caps_per_round": True,
        "distinct_tables": draw(st.booleans()),
        "org": draw(st.lists(st.integers(0, 1), min_size=people, max_size=people)),
        "hosts": hosts,
        "pins": [[r, *fixed] for r in (0, 1)] if fixed else [],
        "must_meet": draw(st.lists(st.sampled_from([[0, p] for p in range(1, people)]), unique_by=tuple)),
        "forbid": draw(st.lists(st.just([0, people - 1]), max_size=1)),
        "published": draw(st.none() | st.lists(rows, min_size=2, max_size=2)),
        "absent": draw(
            st.lists(st.tuples(number, st.sampled_from([(0, 1), (1, 2), (0, 2)])).map(flat), max_size=2)
        ),
        "max_sitouts": draw(st.integers(0, 1)) if people < 4 else 0,
        "empty_ok": draw(st.booleans()),
        "weights": MEASURED,
    }
    return parse(document)


def flat(absence: tuple[int, tuple[int, int]]) -> list[int]:
    return [absence[0], *absence[1]]


@st.composite
def tiny_replans(draw: st.DrawFn) -> Instance:
    """One round of a published café that some do not come to, with three tables that must have enough people."""
    people = draw(st.integers(4, 7))
    published = draw(st.lists(st.integers(0, 2), min_size=people, max_size=people))
    gone = draw(st.sets(st.integers(0, people - 1), min_size=1, max_size=3))
    seats = st.tuples(st.integers(0, 2), st.integers(2, 4)).map(list)
    return a_cafe(
        people,
        3,
        1,
        [0, people],
        caps=draw(st.lists(seats, min_size=3, max_size=3)),
        published=[published],
        absent=[[person, 0, 1] for person in gone],
        empty_ok=draw(st.booleans()),
        weights=MEASURED,
    )


def all_plans(instance: Instance) -> Iterator[list[list[int]]]:
    places = [AWAY, *range(instance.tables)][not instance.max_sitouts :]
    for seated in product(places, repeat=sum(map(len, instance.present))):
        tables = iter(seated)
        yield [[AWAY if p in away else next(tables) for p in instance.people] for away in instance.absent]


@given(tiny_cafes() | tiny_replans())
@settings(max_examples=80, deadline=None)
def test_no_plan_beats_a_bound(instance: Instance) -> None:
    measured = (measure(instance, plan) for plan in all_plans(instance))
    allowed = [found.figures for found in measured if not found.broken]
    bounds = lower_bounds(instance)
    for metric in MEASURED if allowed else ():
        assert bounds[metric].value <= min(figures.get(metric, 0) for figures in allowed)


def two(**rules: Any) -> Instance:
    return a_cafe(2, 3, 3, [0, 2], empty_ok=True, weights=MEASURED, **rules)


@pytest.mark.parametrize(
    "instance",
    [
        two(caps=[[3, 3], [1, 3], [2, 2]], distinct_tables=False),
        two(caps=[[[2, 2], [3, 3], [2, 2]], [[2, 2], [1, 3], [0, 3]], [[0, 1], [0, 3], [1, 2]]], caps_per_round=True),
        two(org=[0, 0], org_rule="hard", must_meet=[[0, 1]], published=[[0, 0], [1, 0], [0, 1]], frozen_rounds=1),
        a_speed_networking(
            6,
            1,
            format="bipartite",
            side=[1, 0, 0, 1, 1, 0],
            must_meet=[[4, 5], [2, 5], [0, 2]],
            max_sitouts=1,
            weights={"must_meet_missed": 1},
        ),
    ],
    ids=["the first table stays empty", "the tables are unlike", "they have met before", "two of one side"],
)  # fmt: skip
def test_no_plan_beats_a_bound_either_where(instance: Instance) -> None:
    measured = [measure(instance, plan) for plan in all_plans(instance)]
    bounds = lower_bounds(instance)
    least = {
        metric: min(found.figures.get(metric, 0) for found in measured if not found.broken)
        for metric in bounds
    }
    assert all(bounds[metric].value <= value for metric, value in least.items())
    assert bounds["must_meet_missed"].value == least["must_meet_missed"]


def test_a_figure_that_is_rewarded_has_no_bound() -> None:
    """Two who walk on together would be better than new company, so that a plan without a repeat is not the best."""
    assert not solve(a_cafe(4, 2, 2, [2, 2], weights={"repeats": -1}), seconds=0.05).optimal


def a_published_cafe(**changes: Any) -> Instance:
    """Five tables of ten to twelve, of which people have the plan; the last three of 55 were not in it."""
    rows = [[(p + p // 5 * (r + 1)) % 5 if p < 52 else AWAY for p in range(55)] for r in range(3)]
    begun = [[p, 0, 1] for p in range(52, 55)]
    return a_cafe(
        55,
        5,
        3,
        [2, 13],
        **{
            "published": rows,
            "frozen_rounds": 1,
            "absent": begun,
            "weights": {"changes": 5, "repeats": 1},
            **changes,
        },
    )


def test_who_may_sit_out_in_more_rounds_than_there_are_needs_to_meet_nobody_twice() -> None:
    few = parse(
        {
            "id": "seven and two",
            "format": "bipartite",
            "n": 9,
            "rounds": 5,
            "tables": 3,
            "cap": [2, 2],
            "empty_ok": True,
            "side": [0, 0, 1, 1, 1, 1, 1, 1, 1],
            "max_sitouts": 7,
        }
    )
    assert lower_bounds(few)["repeats"].value == 0


def test_newcomers_join_the_table_that_somebody_has_left() -> None:
    left = [[7, 1, 3], *([p, 0, 1] for p in range(52, 55))]
    cafe = a_published_cafe(absent=left)
    figures = figures_of(cafe, keep_published(cafe))
    assert figures["changes"] == figures["least"]["changes"] > 0


def test_newcomers_disturb_no_more_tables_than_must_be() -> None:
    cafe = a_published_cafe()
    figures = figures_of(cafe, keep_published(cafe))
    assert figures["changes"] == figures["least"]["changes"] > 0


def test_a_table_that_too_few_are_left_at_gets_people_of_tables_that_change_anyway() -> None:
    """Three do not come to one table of ten, and one to another: the second has one to give, so nobody else moves."""
    rows = [[p // 10 for p in range(60)], [(p + p // 10 + 1) % 6 for p in range(60)]]
    first, second = ([p for p in range(60) if rows[1][p] == table] for table in (0, 1))
    gone = [[p, 1, 2] for p in (*first[:3], second[0])]
    cafe = a_cafe(
        60, 6, 2, [8, 12], published=rows, frozen_rounds=1, absent=gone, weights={"changes": 5, "repeats": 1}
    )
    figures = figures_of(cafe, keep_published(cafe))
    assert figures["changes"] == figures["least"]["changes"] == 7 + 9


def test_tables_that_nobody_has_left_give_people_only_where_they_must() -> None:
    """Of five each, one table keeps three and one four, and both must have four: the third gives one."""
    rows = [[p // 5 for p in range(15)]]
    gone = [[p, 0, 1] for p in (0, 1, 5)]
    cafe = a_cafe(15, 3, 1, [4, 6], published=rows, absent=gone, weights={"changes": 1})
    figures = figures_of(cafe, keep_published(cafe))
    assert figures["changes"] == figures["least"]["changes"] == 12
