from itertools import count

from services.agenda.networking.solving.budget import LATE, WorkClock
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


def test_a_machine_that_is_too_slow_stops_by_the_watch() -> None:
    clock = a_watch_with_steps_of(0.15)
    assert clock() < 1
    assert clock() > LATE
