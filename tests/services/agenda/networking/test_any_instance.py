"""Any problem gets a plan that keeps every hard rule, or a sentence that says why there is none."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.agenda.networking.solving.annealing import Schedule, anneal
from services.agenda.networking.solving.budget import WorkClock
from services.agenda.networking.solving.changing import Seating
from services.agenda.networking.solving.costs import swap_cost, total_cost
from services.agenda.networking.solving.first_plans import NoPlanExists, first_plan
from services.agenda.networking.solving.instances import AWAY, Instance, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.solving.solve import Solution, solve
from services.agenda.networking.solving.timetables import exchange
from services.agenda.networking.solving.wishes import best_pref_score
from tests.services.agenda.networking.instances import a_cafe

QUICK = 0.05
CROWDED = a_cafe(24, 4, 3, [6, 6], org=[person % 5 for person in range(24)], org_rule="soft")


@st.composite
def cafes(draw: st.DrawFn) -> Instance:
    """Small cafés with any mixture of rules."""
    tables = draw(st.integers(2, 5))
    people = draw(st.integers(tables, 4 * tables))
    rounds = draw(st.integers(1, tables))
    low, spare = draw(st.integers(0, people // tables)), draw(st.integers(0, 2))
    document: dict[str, Any] = {
        "id": "any",
        "format": "cafe",
        "n": people,
        "rounds": rounds,
        "tables": tables,
        "cap": [low, -(-people // tables) + spare],
        "distinct_tables": draw(st.booleans()),
        "org": draw(st.lists(st.integers(0, 3), min_size=people, max_size=people)),
        "org_rule": "soft",
        "prefs": draw(st.lists(st.none() | st.permutations(range(tables)), min_size=people, max_size=people)),
        "must_meet": draw(pairs(people)),
        "weights": {"repeats": 2, "same_org": 1, "pref_loss": 1, "must_meet_missed": 3},
    }
    return parse(document)


def pairs(people: int) -> st.SearchStrategy[list[list[int]]]:
    one = st.lists(st.integers(0, people - 1), min_size=2, max_size=2, unique=True)
    return st.lists(one, max_size=4)


@st.composite
def speed_networking(draw: st.DrawFn) -> Instance:
    """Bilateral rounds with colleagues who must not meet, some people missing at times, some pairs forbidden."""
    people = draw(st.integers(2, 14))
    rounds = draw(st.integers(1, 5))
    absences = st.tuples(st.integers(0, people - 1), st.integers(0, rounds - 1), st.integers(1, rounds))
    document: dict[str, Any] = {
        "id": "any",
        "format": "pairs",
        "n": people,
        "rounds": rounds,
        "tables": max(1, people // 2),
        "cap": [2, 2],
        "empty_ok": True,
        "max_sitouts": draw(st.integers(0, rounds)),
        "org": draw(st.lists(st.integers(0, 5), min_size=people, max_size=people)),
        "org_rule": draw(st.sampled_from(["hard", "soft", "ignore"])),
        "forbid": draw(pairs(people)),
        "absent": [list(absence) for absence in draw(st.lists(absences, max_size=3))],
        "weights": {"repeats": 1},
    }
    return parse(document)


REASONS = ("There", "The tables", "No plan was found that keeps the rules", "Round ", "Organisation ")


def gets_a_plan_or_a_reason(instance: Instance) -> None:
    found = plan_or_reason(instance)
    if isinstance(found, str):
        assert found.startswith(REASONS)
    else:
        assert measure(instance, found.plan).broken == ()
        assert found.cost >= found.bound


def plan_or_reason(instance: Instance) -> Solution | str:
    try:
        return solve(instance, seconds=QUICK)
    except NoPlanExists as reason:
        return str(reason)


@given(cafes())
@settings(max_examples=60, deadline=None)
def test_a_cafe_keeps_its_rules(instance: Instance) -> None:
    gets_a_plan_or_a_reason(instance)


@given(speed_networking())
@settings(max_examples=60, deadline=None)
def test_bilateral_rounds_keep_their_rules(instance: Instance) -> None:
    gets_a_plan_or_a_reason(instance)


@given(cafes(), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_search_adds_up_the_same_cost_as_the_measure(instance: Instance, seed: int) -> None:
    plan, cost = anneal(instance, first_plan(instance, seed=seed), Schedule(QUICK), seed=seed)
    assert cost == total_cost(Seating(instance, plan))
    found = measure(instance, plan, best_pref_score=best_of_all(instance))
    if not found.broken:
        assert cost == found.cost


@given(cafes(), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_swap_costs_what_it_changes_by_all_rules_together(
    cafe: Instance, random: Random, is_loose: bool
) -> None:
    instance = with_more_rules(cafe, random)
    try:
        plan = first_plan(instance)
    except NoPlanExists:
        return
    seating = Seating(instance, plan, standing=instance.max_sitouts if is_loose else None)
    added = swap_cost(seating, is_exact=True)
    before = total_cost(seating)
    for _ in range(10):
        number = random.randrange(instance.rounds)
        p, q = random.choice(seating.seated[number]), random.choice(seating.seated[number])
        a, b = seating.at[number][p], seating.at[number][q]
        if a != b:
            expected = before + added(number, p, a, q, b)
            seating.swap(number, p, a, q, b)
            before = total_cost(seating)
            assert before == expected


def with_more_rules(cafe: Instance, random: Random) -> Instance:
    """People who come and go, stay together or apart, may sit out, and have a plan already."""
    people, rounds = range(cafe.n), range(cafe.rounds)
    tables = [AWAY, *range(cafe.tables)]
    one, other, third = (random.sample(people, 3) if cafe.n > 2 else (0, 1, 0))  # fmt: skip
    return replace(
        cafe,
        absent=tuple(frozenset({third} if random.random() < 0.3 else ()) for _ in rounds),
        together=((min(one, other), max(one, other)),),
        forbid=((min(one, third), max(one, third)),) if one != third else (),
        max_sitouts=random.randint(0, 2),
        published=tuple(tuple(random.choice(tables) for _ in people) for _ in rounds),
        weights={**cafe.weights, "quad": 5, "changes": 7, "sitouts": 11},
    )


@given(cafes())
@settings(max_examples=15, deadline=None)
def test_companions_who_change_their_table_leave_the_costs_right(cafe: Instance) -> None:
    instance = replace(cafe, together=((0, 1),), prefs=None)
    plan, cost = anneal(instance, first_plan(instance), Schedule(QUICK), seed=1, clock=by_work(instance))
    assert cost == total_cost(Seating(instance, plan))


def by_work(instance: Instance) -> WorkClock:
    return WorkClock(instance.n, QUICK, watch=lambda: 0)


def best_of_all(instance: Instance) -> int:
    """What the search counts from: every wish of everybody."""
    return sum(len(ranked) * (len(ranked) + 1) // 2 for ranked in instance.prefs or () if ranked is not None)


@given(cafes())
@settings(max_examples=40, deadline=None)
def test_no_plan_fulfils_more_wishes_than_the_bound(instance: Instance) -> None:
    plan, _ = anneal(instance, first_plan(instance), Schedule(QUICK), seed=1)
    found = measure(instance, plan)
    if not found.broken:
        assert found.figures["pref_score"] <= best_pref_score(instance)


def test_a_cafe_in_which_everybody_misses_a_round_is_planned() -> None:
    absent = [[person, person % 3, person % 3 + 1] for person in range(12)]
    cafe = a_cafe(12, 4, 3, [1, 4], absent=absent, org=[person % 3 for person in range(12)], org_rule="soft")
    gets_a_plan_or_a_reason(cafe)
    plan = first_plan(cafe)
    assert exchange(cafe, plan, seconds=QUICK, seed=0) == plan


def test_a_search_without_any_time_left_ends_at_once() -> None:
    plan = first_plan(CROWDED)
    assert anneal(CROWDED, plan, Schedule(seconds=-1.0), seed=0)[0] == plan
    assert exchange(CROWDED, plan, seconds=-1.0, seed=0) == plan
