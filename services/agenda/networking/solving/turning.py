"""Groups of one round that, turned on, give all the other rounds (starters: Anderson, Combinatorial Designs, 1990).

The people are rings of places, and a few who stay. Turning all rings by one place gives the next round; places
may also be those of a torus (3 × 3), which is turned in both directions. If no difference between two places of a round comes twice, no two people meet twice in all these rounds: the
search for a whole plan shrinks to that for one round.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from random import Random

Groups = list[list[int]]
# Length and width; a ring has the width 1.
Shape = tuple[int, int]
# Temperatures of the search, in repeated differences, and how many swaps it tries before it begins anew.
HOTTEST, COLDEST = 0.9, 0.18
SWAPS = 30_000


def turned_rounds(
    tables: int, size: int, rounds: int, *, seed: int, is_over: Callable[[], bool]
) -> list[Groups] | None:
    """`rounds` rounds of `tables` groups of `size` people without a repeat; None where none was found in time.

    People are numbered ring by ring; those who stay come last.
    """
    people = tables * size
    random = Random(f"turning:{seed}")
    sizes = [turns for turns in range(rounds, people) if people % turns <= tables][:3]
    choices = [shape for turns in sizes for shape in shapes(turns)]
    while choices and not is_over():
        for shape in choices:
            if groups := _starter(people, tables, shape, random, is_over):
                return [_turn(groups, shape, people, step) for step in range(rounds)]
    return None


def shapes(turns: int) -> list[Shape]:
    """A ring of so many places, and the tori."""
    tori = [
        (turns // width, width) for width in range(2, turns) if turns % width == 0 and width * width <= turns
    ]
    return [(turns, 1), *tori]


def _turn(groups: Groups, shape: Shape, people: int, step: int) -> Groups:
    turns = shape[0] * shape[1]
    moving = people - people % turns
    return [
        [p - p % turns + _plus(p % turns, step, shape) if p < moving else p for p in group]
        for group in groups
    ]


def _plus(place: int, step: int, shape: Shape) -> int:
    length, width = shape
    return (place // width + step // width) % length * width + (place + step % width) % width


def _minus(place: int, step: int, shape: Shape) -> int:
    length, width = shape
    return (place // width - step // width) % length * width + (place - step % width) % width


def _starter(
    people: int, tables: int, shape: Shape, random: Random, is_over: Callable[[], bool]
) -> Groups | None:
    """Simulated annealing over one round; the cost is the number of differences too many."""
    search = _Starter(people, tables, shape, random)
    for step in range(SWAPS):
        if search.cost == 0:
            return search.groups()
        if step % 1000 == 0 and is_over():
            return None
        search.try_swap(HOTTEST * (COLDEST / HOTTEST) ** (step / SWAPS))
    return None


class _Starter:
    def __init__(self, people: int, tables: int, shape: Shape, random: Random) -> None:
        self.random = random
        self.shape = shape
        self.turns = turns = shape[0] * shape[1]
        self.moving = people - people % turns
        self.size = people // tables
        self.order = list(range(people))
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
            self._note(self._difference(person, self.order[seat]), step)
            for seat in range(start, start + self.size)
            if seat != place
        )

    def _count(self, group: Sequence[int], step: int) -> int:
        return sum(
            self._note(self._difference(a, b), step) for place, a in enumerate(group) for b in group[:place]
        )

    def _note(self, difference: Hashable, step: int) -> int:
        """The change of the cost when a difference comes or goes; None costs each time."""
        count = self.seen[difference]
        self.seen[difference] = count + step
        if difference is None:
            return step
        return (1 if count >= 1 else 0) if step > 0 else (-1 if count >= 2 else 0)

    def _difference(self, a: int, b: int) -> Hashable:
        """What two people have in common in each turned round; None where they would meet again and again."""
        if a > b:
            a, b = b, a
        if b >= self.moving:
            return None if a >= self.moving else (a // self.turns, b)
        ring, other = a // self.turns, b // self.turns
        apart = _minus(b % self.turns, a % self.turns, self.shape)
        if ring != other:
            return (ring, other, apart)
        back = _minus(0, apart, self.shape)
        return None if apart == back else (ring, min(apart, back))
