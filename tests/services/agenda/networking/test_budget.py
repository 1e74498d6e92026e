from itertools import chain, count, pairwise, takewhile

from services.agenda.networking.solving.budget import WorkClock
from services.agenda.networking.solving.instances import Instance, parse
from services.agenda.networking.solving.solve import solve


def a_cafe_without_a_closed_form() -> Instance:
    return parse(
        {
            "id": "c",
            "format": "cafe",
            "n": 30,
            "rounds": 3,
            "tables": 5,
            "cap": [6, 6],
            "distinct_tables": True,
            "org": [person % 7 for person in range(30)],
            "org_rule": "soft",
            "weights": {"repeats": 1, "same_org": 1},
        }
    )


def a_watch_with_steps_of(seconds: float) -> WorkClock:
    looks = count()
    return WorkClock(30, 0.2, watch=lambda: next(looks) * seconds)


def test_the_same_seed_gives_the_same_plan_on_a_slower_machine() -> None:
    cafe = a_cafe_without_a_closed_form()
    fast, slow = (
        solve(cafe, seconds=0.2, seed=3, clock=a_watch_with_steps_of(step)).plan for step in (0.0001, 0.0015)
    )
    assert fast == slow


def test_another_seed_gives_another_plan() -> None:
    cafe = a_cafe_without_a_closed_form()
    one, other = (
        solve(cafe, seconds=0.2, seed=seed, clock=a_watch_with_steps_of(0.0001)).plan for seed in (3, 4)
    )
    assert one != other


def test_a_machine_that_is_too_slow_goes_through_all_stages_in_the_time_it_has() -> None:
    step = 0.005
    clock = a_watch_with_steps_of(step)
    seen = list(takewhile(lambda now: now < 0.2, iter(clock, None)))
    assert 0.2 - 2 * step <= len(seen) * step <= 0.2 + step
    assert max(later - earlier for earlier, later in pairwise(seen)) < 2 * step


def test_a_pause_of_a_fast_machine_changes_nothing() -> None:
    times = chain((number * 0.0001 for number in range(50)), (0.02 + number * 0.0001 for number in count(50)))
    paused = WorkClock(30, 0.2, watch=lambda: next(times))
    steady = a_watch_with_steps_of(0.0001)
    assert [paused() for _ in range(100)] == [steady() for _ in range(100)]
