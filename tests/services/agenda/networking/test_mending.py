"""Where only an unusual plan keeps the rules, it is found: people stand though seats are free, tables stay empty."""

import pytest

from services.agenda.networking.solving.budget import WorkClock
from services.agenda.networking.solving.first_plans import NoPlanExists, first_plan
from services.agenda.networking.solving.instances import Instance
from services.agenda.networking.solving.solve import Solution, solve
from tests.services.agenda.networking.instances import a_cafe, a_mixer, a_speed_networking


def solved(instance: Instance) -> Solution:
    """By work alone, so that a busy machine finds the same."""
    found = solve(instance, seconds=1, clock=WorkClock(instance.n, 1, watch=lambda: 0))
    assert found.measure.broken == ()
    return found


def test_two_who_must_not_meet_take_turns_at_the_only_table() -> None:
    found = solved(a_cafe(2, 1, 1, [1, 4], forbid=[[0, 1]], max_sitouts=1))
    assert found.measure.figures["sitouts"] == 1


def test_two_who_must_not_meet_are_not_introduced_to_each_other() -> None:
    found = solved(a_speed_networking(2, 1, forbid=[[0, 1]], max_sitouts=1))
    assert found.measure.figures["sitouts"] == 2


def test_no_more_people_stand_than_their_organisation_has_beyond_the_tables() -> None:
    """Eighteen fill three tables of five or six, and five of them are colleagues: two stand in each of six rounds."""
    org = [1, 1, 1, 1, 1, *range(2, 15)]
    rules = {"org": org, "org_rule": "hard", "max_sitouts": 4, "empty_ok": True}
    groups = a_mixer(4, 6, 6, n=18, cap=[5, 6], **rules)
    assert solved(groups).measure.figures["sitouts"] == 12


def test_who_stays_together_goes_from_table_to_table_together() -> None:
    """One of them is pinned to the second table in the first round; alone neither of them can move."""
    rules = {"together": [[0, 1]], "pins": [[0, 0, 1]], "empty_ok": True}
    found = solved(a_cafe(2, 3, 3, [0, 3], **rules))
    assert found.plan[0] == [1, 1]


def test_tables_that_close_send_people_on_who_have_seen_the_others() -> None:
    seats = [[[3, 4], [4, 4], [4, 5]], [[0, 5], [3, 4], [2, 5]], [[0, 0], [3, 4], [3, 5]]]
    solved(a_cafe(11, 3, 3, [0, 5], caps=seats, caps_per_round=True, max_sitouts=2))


def test_who_is_left_of_two_tables_joins_one_of_them_or_stands() -> None:
    """Two of nine are gone: seven fill no two tables of at least four, and one table has seats for five."""
    published = [[1, 1, 1, 1, 0, 0, 0, 0, 0]]
    rules = {"empty_ok": True, "max_sitouts": 2, "together": [[6, 7]], "absent": [[2, 0, 1], [5, 0, 1]]}
    weights = {"changes": 5, "sitouts": 2}
    found = solved(a_cafe(9, 2, 1, [4, 5], published=published, weights=weights, **rules))
    assert found.measure.figures["sitouts"] == 2


def test_the_only_table_with_seats_for_all_is_laid() -> None:
    cafe = a_cafe(3, 4, 1, [0, 1], caps=[[1, 1], [3, 3], [0, 1], [0, 0]], empty_ok=True)
    assert first_plan(cafe) == [[1, 1, 1]]


def test_an_empty_seat_has_no_side() -> None:
    """Two and two meet again in the third round; there is a third table, and it stays empty."""
    rules = {"format": "bipartite", "tables": 3, "cap": [0, 2], "side": [0, 1, 0, 1]}
    assert solved(a_speed_networking(4, 3, **rules)).measure.figures["repeats"] == 2


def test_a_host_whose_guest_is_gone_keeps_the_table_and_gets_another_guest() -> None:
    published = [[0, 1, 1, 0, 0]]
    rules = {"hosts": {"0": 0, "1": 1}, "empty_ok": True, "absent": [[2, 0, 1]]}
    found = solved(a_cafe(5, 2, 1, [2, 3], published=published, weights={"changes": 1}, **rules))
    assert found.plan[0][:2] == [0, 1]


def test_a_plan_that_cannot_be_is_still_refused() -> None:
    with pytest.raises(NoPlanExists, match="apart"):
        solve(
            a_mixer(3, 2, 2, forbid=[[one, other] for one in (0, 1) for other in range(5) if one < other]),
            seconds=0.3,
        )
