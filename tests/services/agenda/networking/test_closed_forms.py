"""Where a structure is known, nobody meets anybody twice, and it takes no search."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.agenda.networking.solving.bipartite import seat_sides
from services.agenda.networking.solving.budget import WorkClock
from services.agenda.networking.solving.first_plans import NoPlanExists
from services.agenda.networking.solving.instances import Instance, InvalidInstance, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.solving.mixers import seat_mixer
from services.agenda.networking.solving.pairs import seat_pairs
from services.agenda.networking.solving.seating_by_array import seat_by_array
from services.agenda.networking.solving.solve import solve
from services.agenda.networking.solving.tours import seat_tour
from tests.services.agenda.networking.instances import a_cafe, a_mixer, a_speed_networking


@pytest.mark.parametrize(("people", "rounds"), [(2, 1), (6, 5), (60, 59), (61, 61), (1000, 40)])
def test_everybody_meets_somebody_new_in_each_bilateral_round(people: int, rounds: int) -> None:
    instance = a_speed_networking(people, rounds)
    plan = seat_pairs(instance)
    assert plan is not None
    found = measure(instance, plan)
    assert found.broken == ()
    assert found.figures["repeats"] == 0
    assert found.figures["distinct"] == rounds * (people // 2)


@pytest.mark.parametrize("organisations", [3, 7, 9])
def test_colleagues_are_never_paired(organisations: int) -> None:
    instance = a_speed_networking(
        120, 15, org=[person % organisations for person in range(120)], org_rule="hard"
    )
    plan = seat_pairs(instance)
    assert plan is not None
    assert measure(instance, plan).broken == ()


@pytest.mark.parametrize(("people", "of_one", "rounds"), [(10, 6, 4), (60, 36, 9), (41, 25, 12)])
def test_an_organisation_of_most_people_sits_out_in_turn(people: int, of_one: int, rounds: int) -> None:
    too_many = 2 * of_one - people
    instance = a_speed_networking(
        people,
        rounds,
        org=[0 if person < of_one else 1 + person % 5 for person in range(people)],
        org_rule="hard",
        max_sitouts=-(-rounds * too_many // of_one),
    )
    found = solve(instance, seconds=1)
    assert found.measure.broken == ()
    assert found.cost == 0


@pytest.mark.parametrize(
    ("tables", "size", "rounds"), [(8, 6, 7), (30, 10, 4), (100, 10, 5), (12, 8, 5), (9, 8, 9), (10, 9, 4)]
)
def test_a_cafe_brings_new_tables_and_new_people_in_each_round(tables: int, size: int, rounds: int) -> None:
    instance = a_cafe(tables * size, tables, rounds, [size, size])
    plan = seat_by_array(instance)
    assert plan is not None
    found = measure(instance, plan)
    assert found.broken == ()
    assert found.figures["repeats"] == 0


@pytest.mark.parametrize(
    ("tables", "size", "rounds"),
    [
        (4, 4, 5),
        (5, 3, 7),
        (6, 3, 8),
        (6, 4, 7),
        (6, 5, 6),
        (7, 3, 10),
        (7, 4, 9),
        (7, 7, 8),
        (8, 3, 11),
        (8, 4, 9),
        (8, 4, 10),
        (9, 3, 13),
        (9, 4, 11),
        (10, 3, 14),
        (10, 4, 13),
        (13, 3, 19),
    ],
)
def test_mixed_groups_never_bring_the_same_two_together_again(tables: int, size: int, rounds: int) -> None:
    instance = a_mixer(tables, size, rounds)
    plan = seat_mixer(instance, seconds=20)
    assert plan is not None
    found = measure(instance, plan)
    assert found.broken == ()
    assert found.figures["repeats"] == 0


@pytest.mark.parametrize(
    ("people", "tables", "rounds"), [(31, 8, 10), (29, 8, 9), (47, 12, 10), (50, 13, 12), (19, 5, 4)]
)
def test_groups_that_are_not_full_do_not_bring_the_same_two_together_either(
    people: int, tables: int, rounds: int
) -> None:
    instance = a_mixer(tables, 4, rounds, n=people, cap=[3, 4])
    plan = seat_mixer(instance, seconds=20)
    assert plan is not None
    found = measure(instance, plan)
    assert found.broken == ()
    assert found.figures["repeats"] == 0


def test_tables_that_must_be_full_have_no_plan_for_fewer_people() -> None:
    assert seat_mixer(a_mixer(8, 4, 3, n=30), seconds=5) is None


def test_a_large_mixer_that_is_not_full_is_not_sought_for_longer_than_the_search_may_take() -> None:
    almost_all_tables_lack_one = a_mixer(100, 10, 5, n=901, cap=[9, 10])
    began = time.perf_counter()
    seat_mixer(almost_all_tables_lack_one, seconds=0.1, clock=WorkClock(901, 0.1))
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("rounds", [2, 6])
def test_tables_for_one_are_a_mixer_in_which_nobody_meets(rounds: int) -> None:
    assert solve(a_mixer(4, 1, rounds, cap=[0, 2]), seconds=0.1).cost == 0


def test_a_tour_without_enough_slots_is_not_sought_for_longer_than_the_search_may_take() -> None:
    """At one station seven groups need seven slots, and it is closed in one."""
    caps = [[[0, 1]] * 4 for _ in range(7)]
    caps[0][1] = [0, 0]
    tour = parse(
        {
            "id": "tour",
            "format": "tour",
            "n": 7,
            "rounds": 7,
            "tables": 4,
            "caps": caps,
            "caps_per_round": True,
            "visit_all_tables": True,
            "distinct_tables": True,
            "max_sitouts": 4,
        }
    )
    began = time.perf_counter()
    with pytest.raises(NoPlanExists, match="visit_all_tables"):
        solve(tour, seconds=0.1)
    assert time.perf_counter() - began < 1


def test_a_tour_with_more_visits_than_python_allows_calls_is_planned() -> None:
    rules = {
        "format": "tour",
        "cap": [0, 1],
        "visit_all_tables": True,
        "distinct_tables": True,
        "max_sitouts": 3,
    }
    tour = a_mixer(36, 1, 39, **rules)
    plan = seat_tour(tour, seconds=60)
    assert plan is not None
    assert measure(tour, plan).broken == ()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_two_sides_meet_nobody_twice_whomever_they_may_not_meet(data: st.DataObject) -> None:
    first, second = (data.draw(st.integers(1, 12)) for _ in range(2))
    people, fewer = first + second, min(first, second)
    pairs = st.tuples(st.integers(0, first - 1), st.integers(first, people - 1)).map(list)
    instance = a_speed_networking(
        people,
        data.draw(st.integers(1, max(first, second))),
        format="bipartite",
        tables=fewer,
        side=[0] * first + [1] * second,
        forbid=data.draw(st.lists(pairs, max_size=people)),
        must_meet=data.draw(st.lists(pairs, max_size=people)),
        max_sitouts=people,
    )
    if plan := seat_sides(instance):
        found = measure(instance, plan)
        assert (found.broken, found.figures["repeats"]) == ((), 0)


def test_who_makes_room_for_somebody_is_not_the_one_who_asked() -> None:
    """Otherwise four and four, of whom two may not meet and two must, do not fall into three whole rounds."""
    rules = {"format": "bipartite", "side": [0, 0, 0, 0, 1, 1, 1, 1]}
    instance = a_speed_networking(8, 3, forbid=[[0, 5]], must_meet=[[2, 4]], **rules)
    plan = seat_sides(instance)
    assert plan is not None
    assert measure(instance, plan).broken == ()


def test_where_no_first_round_can_be_turned_the_search_ends_in_time() -> None:
    clock = WorkClock(50, 60)
    assert seat_mixer(a_mixer(10, 5, 12), seconds=2, clock=clock) is None
    assert clock() < 3


def crowded() -> list[Instance]:
    """More people at a table than tables to go on to: somebody has to be met again."""
    return [a_cafe(95, 10, 4, [9, 10]), a_cafe(60, 6, 3, [10, 10]), a_cafe(55, 5, 3, [10, 12])]


@pytest.mark.parametrize("instance", crowded(), ids=lambda instance: f"{instance.n}/{instance.tables}")
def test_a_crowded_cafe_repeats_no_more_than_it_must(instance: Instance) -> None:
    found = solve(instance, seconds=5)
    assert found.optimal
    assert found.cost == found.bound > 0


@pytest.mark.parametrize(("people", "tables", "rounds", "most"), [(30, 6, 5, 50), (36, 6, 6, 120)])
def test_who_sees_nearly_all_tables_does_not_go_round_with_the_same_people(
    people: int, tables: int, rounds: int, most: int
) -> None:
    size = people // tables
    found = solve(a_cafe(people, tables, rounds, [size, size]), seconds=1)
    assert found.measure.broken == ()
    assert found.cost < most


def test_an_instance_that_contradicts_itself_is_refused_by_the_rules_name() -> None:
    document = {
        "id": "X",
        "format": "cafe",
        "n": 4,
        "rounds": 1,
        "tables": 2,
        "cap": [2, 2],
        "hosts": {"0": 9},
    }
    with pytest.raises(ValueError, match="people"):
        parse(document)


def test_hosts_at_more_tables_than_people_fill_have_no_plan() -> None:
    cafe = a_cafe(5, 2, 1, [3, 4], hosts={"0": 0, "1": 1}, empty_ok=True)
    with pytest.raises(NoPlanExists, match="at least 6 people, and there are 5"):
        solve(cafe, seconds=0.1)


@pytest.mark.parametrize(
    ("rule", "contradiction"),
    [
        ("people", {"n": 0}),
        ("tables", {"tables": 0}),
        ("format", {"format": "dance"}),
        ("org_rule", {"org_rule": "perhaps"}),
        ("frozen_rounds", {"frozen_rounds": 9}),
        ("pins", {"pins": [[0, 1, 0], [0, 1, 1]]}),
        ("weights", {"weights": {"repeats": "many"}}),
        ("side", {"format": "bipartite"}),
        ("prefs", {"prefs": [[9], *[None] * 5]}),
        ("hosts", {"hosts": {"7": 1}}),
        ("published", {"published": [[0, 1], [0, 1]]}),
        ("published", {"published": [[9] * 6, [9] * 6]}),
    ],
)
def test_what_no_solver_can_read_is_refused_by_the_rules_name(
    rule: str, contradiction: dict[str, object]
) -> None:
    six = {"id": "six", "format": "cafe", "n": 6, "rounds": 2, "tables": 3, "cap": [1, 3]}
    with pytest.raises(InvalidInstance, match=f"“{rule}”"):
        parse(six | contradiction)
