"""Groups of one round that, turned on, give all the other rounds (starters: see `rings.py`).

The search for a whole plan shrinks to that for one round: first one that a symmetry keeps, then any.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from random import Random

from services.agenda.networking.solving.rings import Groups, Rings, Shape
from services.agenda.networking.solving.symmetric import symmetric_starter

# By tables and size: how often it is turned, and the round (found by a constraint solver, not by annealing).
FOUND: dict[tuple[int, int], tuple[int, Groups]] = {
    (10, 3): (
        14,
        [
            [0, 1, 9],
            [2, 12, 20],
            [3, 26, 28],
            [4, 24, 29],
            [5, 18, 21],
            [6, 8, 23],
            [7, 10, 17],
            [11, 16, 22],
            [13, 25, 27],
            [14, 15, 19],
        ],
    ),
}
# Temperatures of the search, in repeated differences, and how many swaps it tries before it begins anew.
HOTTEST, COLDEST = 0.9, 0.18
SWAPS = 30_000


def turned_rounds(
    tables: int, size: int, rounds: int, *, seed: int, is_over: Callable[[], bool]
) -> list[Groups] | None:
    """`rounds` rounds of `tables` groups of `size` people without a repeat; None where none was found in time.

    People are numbered ring by ring; those who stay come last.
    """
    starters = _starters(tables, size, rounds, Random(f"turning:{seed}"), is_over)
    rings, groups = next(starters, (None, []))
    return [rings.turn(groups, step) for step in range(rounds)] if rings else None


def _starters(
    tables: int, size: int, rounds: int, random: Random, is_over: Callable[[], bool]
) -> Iterator[tuple[Rings, Groups]]:
    people = tables * size
    turns, groups = FOUND.get((tables, size), (0, []))
    if rounds <= turns:
        yield Rings(people, (turns, 1)), groups
    sizes = [turns for turns in range(rounds, people) if people % turns <= tables][:3]
    if found := symmetric_starter([Rings(people, (turns, 1)) for turns in sizes], tables, is_over=is_over):
        yield found
    choices = [Rings(people, shape) for turns in sizes for shape in shapes(turns)]
    while choices and not is_over():
        for rings in choices:
            if annealed := _annealed(rings, tables, random, is_over):
                yield rings, annealed


def shapes(turns: int) -> list[Shape]:
    """A ring of so many places, and the tori."""
    tori = [
        (turns // width, width) for width in range(2, turns) if turns % width == 0 and width * width <= turns
    ]
    return [(turns, 1), *tori]


def _annealed(rings: Rings, tables: int, random: Random, is_over: Callable[[], bool]) -> Groups | None:
    """Simulated annealing over one round; the cost is the number of differences too many."""
    search = _Starter(rings, tables, random)
    for step in range(SWAPS):
        if search.cost == 0:
            return search.groups()
        if step % 1000 == 0 and is_over():
            return None
        search.try_swap(HOTTEST * (COLDEST / HOTTEST) ** (step / SWAPS))
    return None


class _Starter:
    def __init__(self, rings: Rings, tables: int, random: Random) -> None:
        self.random = random
        self.rings = rings
        self.size = rings.people // tables
        self.order = list(range(rings.people))
        random.shuffle(self.order)
        self.seen: Counter[Hashable] = Counter()
        self.cost = 0
        for table in range(tables):
            self.cost += self._count(self._members(table), 1)

    def groups(self) -> Groups:
        return [self._members(table) for table in range(len(self.order) // self.size)]

    def try_swap(self, temperature: float) -> None:
        one, other = (int(self.random.random() * len(self.order)) for _ in range(2))
        first, second = one // self.size, other // self.size
        if first == second:
            return
        before = self.cost
        self._swap(one, other, first, second)
        rise = self.cost - before
        if rise > 0 and self.random.random() >= math.exp(-rise / temperature):
            self._swap(one, other, first, second)

    def _swap(self, one: int, other: int, first: int, second: int) -> None:
        order = self.order
        self.cost += self._around(one, first, -1) + self._around(other, second, -1)
        order[one], order[other] = order[other], order[one]
        self.cost += self._around(one, first, 1) + self._around(other, second, 1)

    def _members(self, table: int) -> list[int]:
        return self.order[table * self.size : (table + 1) * self.size]

    def _around(self, place: int, table: int, step: int) -> int:
        """Add or take the differences between the person at a place and the others of the table."""
        start = table * self.size
        person = self.order[place]
        return sum(
            self._note(self.rings.difference(person, self.order[seat]), step)
            for seat in range(start, start + self.size)
            if seat != place
        )

    def _count(self, group: Sequence[int], step: int) -> int:
        return sum(
            self._note(self.rings.difference(a, b), step)
            for place, a in enumerate(group)
            for b in group[:place]
        )

    def _note(self, difference: Hashable, step: int) -> int:
        """The change of the cost when a difference comes or goes; None costs each time."""
        count = self.seen[difference]
        self.seen[difference] = count + step
        if difference is None:
            return step
        return (1 if count >= 1 else 0) if step > 0 else (-1 if count >= 2 else 0)
