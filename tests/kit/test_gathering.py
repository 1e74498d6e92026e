import asyncio
import threading
from collections.abc import Sequence

import pytest

from shared.kit.gathering import Gathering


class Desk:
    """Serves numbers; waits at the first one until all others have come, and cannot stand an odd number."""

    def __init__(self, *, refuses: set[int] | None = None, breaks_at: set[int] | None = None) -> None:
        self.batches: list[Sequence[int]] = []
        self.may_begin = threading.Event()
        self._refuses, self._breaks_at = refuses or set(), breaks_at or set()

    def serve(self, numbers: Sequence[int]) -> Sequence[str | Exception]:
        self.may_begin.wait(10)
        self.batches.append(list(numbers))
        if self._breaks_at & set(numbers):
            raise ZeroDivisionError
        return [LookupError(number) if number in self._refuses else f"n{number}" for number in numbers]


def ask(desk: Desk, numbers: Sequence[int], *, most: int = 10, groups: int = 1) -> list[str | BaseException]:
    """What each of the numbers gets, who come while the first is being served."""

    async def come() -> list[str | BaseException]:
        gathering = Gathering(desk.serve, most=most)
        asked = []
        for number in numbers:
            asked.append(asyncio.create_task(gathering.do(number, group=number % groups)))
            await asyncio.sleep(0.01)
        desk.may_begin.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(come())


def test_whoever_comes_while_one_is_served_is_served_together_in_the_order_of_arrival() -> None:
    desk = Desk()
    assert ask(desk, range(5)) == ["n0", "n1", "n2", "n3", "n4"]
    assert desk.batches == [[0], [1, 2, 3, 4]]


def test_no_more_are_served_together_than_allowed() -> None:
    desk = Desk()
    ask(desk, range(6), most=2)
    assert desk.batches == [[0], [1, 2], [3, 4], [5]]


def test_one_who_is_refused_costs_the_others_nothing() -> None:
    desk = Desk(refuses={2})
    answers = ask(desk, range(4))
    assert [str(answer) for answer in answers] == ["n0", "n1", "2", "n3"]
    assert isinstance(answers[2], LookupError)


def test_where_all_fail_because_of_one_each_is_tried_alone() -> None:
    desk = Desk(breaks_at={2})
    answers = ask(desk, range(4))
    assert [str(answer) for answer in answers if not isinstance(answer, ZeroDivisionError)] == [
        "n0",
        "n1",
        "n3",
    ]
    assert desk.batches == [[0], [1, 2, 3], [1], [2], [3]]


def test_groups_do_not_wait_for_each_other() -> None:
    desk = Desk()
    ask(desk, range(4), groups=2)
    assert sorted(map(sorted, desk.batches)) == [[0], [1], [2], [3]]


def test_somebody_who_goes_away_keeps_nobody_else_from_an_answer() -> None:
    desk = Desk()

    async def leave() -> str:
        gathering = Gathering(desk.serve, most=10)
        first, gone, last = (asyncio.create_task(gathering.do(number, group=0)) for number in range(3))
        await asyncio.sleep(0.05)
        gone.cancel()
        desk.may_begin.set()
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await first + await last

    assert asyncio.run(leave()) == "n0n2"


def test_each_loop_has_its_own_queue() -> None:
    desk = Desk()
    desk.may_begin.set()
    gathering = Gathering(desk.serve, most=10)
    assert [asyncio.run(gathering.do(number, group=0)) for number in range(2)] == ["n0", "n1"]
