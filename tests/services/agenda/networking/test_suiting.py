"""Who may take whose seats: the quick word is that of a measure of the whole plan."""

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from services.agenda.networking.solving.instances import AWAY, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.suiting import Suiting
from tests.services.agenda.networking.instances import a_mixer

ROUNDS, TABLES = 3, 3


@st.composite
def sessions(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[int]], int]:
    """A problem, seats as they may be, and how many rounds are over; the last person has no seat."""
    people = draw(st.integers(4, 9))
    newcomer, passed = people - 1, draw(st.integers(0, 2))
    table = st.integers(0, TABLES - 1)
    others = st.lists(st.integers(0, people - 2), max_size=2, unique=True).map(
        lambda chosen: [[other, newcomer] for other in chosen]
    )
    pin = st.tuples(st.integers(passed, ROUNDS - 1), st.just(newcomer), table)
    problem: dict[str, Any] = {
        "id": "any",
        "format": "cafe",
        "n": people,
        "rounds": ROUNDS,
        "tables": TABLES,
        "cap": [0, people],
        "distinct_tables": draw(st.booleans()),
        "org": draw(st.lists(st.integers(0, 3), min_size=people, max_size=people)),
        "org_rule": draw(st.sampled_from(["hard", "ignore"])),
        "forbid": draw(others),
        "together": draw(others),
        "pins": draw(st.lists(pin, max_size=1)),
        "hosts": draw(st.sampled_from([{}, {"0": newcomer}])),
        "absent": [[newcomer, number, number + 1] for number in range(passed)],
        "max_sitouts": draw(st.integers(0, 1)),
    }
    # Most often everybody goes from table to table, as plans have it.
    turn = st.tuples(table, st.booleans()).map(lambda one: [(one[0] + r) % TABLES for r in range(ROUNDS)])
    ways = [draw(turn) for _ in range(newcomer)]
    rows = [[*(way[number] for way in ways), AWAY] for number in range(ROUNDS)]
    if draw(st.booleans()):
        rows[ROUNDS - 1][0] = AWAY
    return problem, rows, passed


@given(sessions())
def test_whoever_suits_breaks_no_rule_and_whoever_does_not_suit_breaks_one(
    session: tuple[dict[str, Any], list[list[int]], int],
) -> None:
    problem, rows, passed = session
    newcomer = problem["n"] - 1
    away = [[newcomer, 0, ROUNDS]]
    before = set(measure(parse({**problem, "absent": away}), rows).broken)
    suiting = Suiting(parse(problem), rows, newcomer, passed)
    for absent in range(newcomer):
        after = [list(row) for row in rows]
        for row in after[passed:]:
            row[newcomer], row[absent] = row[absent], AWAY
        gone = [*problem["absent"], [absent, passed, ROUNDS]]
        broken = set(measure(parse({**problem, "absent": gone}), after).broken) - before
        event(f"suits: {not broken}")
        assert suiting.is_suitable(absent) == (not broken), broken


def test_nobody_takes_the_way_of_the_other_side() -> None:
    rows = [[0, 0, AWAY], [0, 0, AWAY]]
    document = {"id": "sides", "format": "bipartite", "n": 3, "rounds": 2, "tables": 1, "cap": [2, 2]}
    suits = [
        [Suiting(parse({**document, "side": [0, 1, side]}), rows, 2, 0).is_suitable(p) for p in (0, 1)]
        for side in (0, 1, -1)
    ]
    assert suits == [[True, False], [False, True], [True, True]]


def test_a_newcomer_of_whom_everybody_is_a_colleague_suits_nobody() -> None:
    instance = a_mixer(4, 3, 1, org=[0] * 12, org_rule="hard")
    rows = [[person % 4 if person < 11 else AWAY for person in range(12)]]
    suiting = Suiting(instance, rows, 11, 0)
    assert not any(suiting.is_suitable(person) for person in range(11))
