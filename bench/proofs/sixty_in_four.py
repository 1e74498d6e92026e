"""Sixty people, six tables, four rounds, nobody at a table twice: 106 repeats or fewer are impossible.

Tables may hold any numbers of people. The whole proof, checked on two cores in three quarters of an hour:

    uv run --no-project --with ortools==9.15.6755 python -m bench.proofs.sixty_in_four


1. A *way* is the four tables of a person, all different: there are 360. Let n2 and n3 be the pairs of people who
   meet in exactly two and three rounds, and c(r, s, a, b) the people at table a in round r and at b in round s.
   In each two rounds the 30 numbers c add up to 60, so that counting meetings twice gives
   repeats = 90 + L / 2 with L = n2 + n3 + Σ (c - 2)² / 2. 106 repeats are L = 32.
2. Two ways *cross* that agree in two rounds or three. Let α be the largest number of ways in the plan of which no
   two cross. Then L >= (60 - 2α) · 10/3. Because Σ (c - 2) = 0, the cost of a cell may be taken as
   (c - 2)² / 2 + (c - 2) / 3. Each way w of m people gets half of the pairs it crosses in, and its part m / c
   of each cell: its charge. α is at least the sum of rate(w) / (rate(w) + rates of the ways that cross w) (the
   weighted bound of Caro and Wei; the order of independent clocks). `neighbourhoods_that_fail` finds none in which
   10/3 · m - charge is more than 20/3 times the way's part of that sum; adding up gives the claim. So L <= 32
   takes α >= 26.
3. `largest_sets` finds all sets of 26 or more ways of which no two cross: 61 of 26 and two of 27, up to the names of
   tables and the order of rounds. Four holes in six rows leave two rows whole.
4. `refutes` shows with a constraint solver that no plan with L <= 32 contains one of them. A way of four people costs
   at least 9 1/3 more than step 2 counts, one of more people 23: so four can only stand beside 27, and five nowhere.
"""

import importlib
import itertools
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from multiprocessing import Pool
from typing import Any

Way = tuple[int, int, int, int]
Ways = frozenset[Way]

TABLES = range(6)
PEOPLE, MOST = 60, 32
WAYS: list[Way] = list(itertools.permutations(TABLES, 4))
TWO_ROUNDS = list(itertools.combinations(range(4), 2))
# For each two ways that cross, the pairs of rounds in which they agree: one, or the three of three rounds.
CROSSINGS = [{two} for two in TWO_ROUNDS] + [
    set(itertools.combinations(three, 2)) for three in itertools.combinations(range(4), 3)
]
# L for each person that no set of pairs of people accounts for, and what a cell too large or small adds.
FOR_EACH, TILT = Fraction(10, 3), Fraction(1, 3)
# What four people on one way cost beyond that. A way of n people that crosses it adds 2n to its charge, and takes less
# from its part.
MORE_FOR_FOUR = Fraction(28, 3)
# The clocks of step 2; ways of more people than one ring sooner.
RATE_OF_ONE, RATE_OF_MORE = Fraction(1), Fraction(33, 10)
# Of 30 cells in each two rounds, 26 are to be taken.
HOLES = 4


def main() -> int:
    failing = list(neighbourhoods_that_fail())
    print(f"step 2: {len(failing)} neighbourhoods fail")
    sets = largest_sets()
    print(f"step 3: {len(sets)} sets, of {sorted({len(ways) for ways in sets})} ways")
    left = 0
    with Pool() as pool:
        for number, ways, refuted in pool.imap_unordered(_refuted, enumerate(sets, 1)):
            left += not refuted
            print(
                f"step 4: set {number} of {ways} ways: {'no plan' if refuted else 'NOT REFUTED'}", flush=True
            )
    return 1 if failing or left else 0


def agreements(one: Way, other: Way) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


# Step 2


def neighbourhoods_that_fail() -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """How many people share a way, and which crossing ways of how many people break the inequality; none do.

    Of five people or more, a way has a smaller left side than of four, and the same right one.
    """
    kinds = [(number, people) for number in range(len(CROSSINGS)) for people in (1, 2, 3, 4)]

    def grow(
        start: int, people: int, others: list[tuple[int, int]]
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        needed = FOR_EACH * people - _charge(people, others)
        if needed + (MORE_FOR_FOUR if people == 4 else 0) > 2 * FOR_EACH * _part(people, others):
            yield people, others
        # Another way that crosses can make cells of one into cells of two; otherwise it only adds to the charge.
        if needed + _sizes(people, others).count(1) * _cell(1) > 0:
            for number in range(start, len(kinds)):
                yield from grow(number, people, [*others, kinds[number]])

    for people in (1, 2, 3, 4):
        yield from grow(0, people, [])


def _cell(people: int) -> Fraction:
    return Fraction((people - 2) ** 2, 2) + TILT * (people - 2)


def _charge(people: int, others: Sequence[tuple[int, int]]) -> Fraction:
    pairs = Fraction(people, 2) * sum(count for _, count in others)
    return pairs + sum((Fraction(people, size) * _cell(size) for size in _sizes(people, others)), Fraction(0))


def _sizes(people: int, others: Sequence[tuple[int, int]]) -> list[int]:
    """Of the way's six cells."""
    return [people + sum(count for kind, count in others if two in CROSSINGS[kind]) for two in TWO_ROUNDS]


def _part(people: int, others: Sequence[tuple[int, int]]) -> Fraction:
    return _rate(people) / (_rate(people) + sum(_rate(count) for _, count in others))


def _rate(people: int) -> Fraction:
    return RATE_OF_ONE if people == 1 else RATE_OF_MORE


# Step 3


def largest_sets() -> list[Ways]:
    """One of each kind, the largest first."""
    search = _Search()
    for whole_row in _first_rows():
        for second in TABLES[1:]:
            search.begin(whole_row, second)
    kinds = {_canonical(ways) for ways in search.found}
    return sorted((frozenset(kind) for kind in kinds), key=lambda ways: (-len(ways), sorted(ways)))


def _first_rows() -> list[Sequence[Way]]:
    """The five ways of those who begin at table 0, without a hole, up to names of tables and order of rounds."""
    seen: set[frozenset[tuple[int, ...]]] = set()
    rows: list[Sequence[Way]] = []
    for third, fourth in itertools.product(itertools.permutations(TABLES[1:]), repeat=2):
        row = frozenset(zip(TABLES[1:], third, fourth, strict=True))
        if row not in seen and all(len(set(way)) == len(way) for way in row):
            rows.append([(0, b, c, d) for b, c, d in sorted(row)])
            for names, order in itertools.product(
                itertools.permutations(TABLES[1:]), itertools.permutations(range(3))
            ):
                seen.add(frozenset(tuple(names[way[number] - 1] for number in order) for way in row))
    return rows


class _Search:
    """Backtracking over rows (the table of the first round) and cells (that of the second); masks of used tables."""

    def __init__(self) -> None:
        self.found: set[Ways] = set()

    def begin(self, row: Sequence[Way], second: int) -> None:
        """Row 0 is given, and another row is whole too."""
        self.third = [0] * 6
        self.fourth = [0] * 6
        self.third_fourth = [0] * 6
        self.ways: list[Way] = []
        for way in row:
            self._put(way)
        self.order = [second, *(table for table in TABLES[1:] if table != second)]
        self._row(0, 0)

    def _row(self, number: int, holes: int) -> None:
        if number == len(self.order):
            self.found.add(frozenset(self.ways))
        elif number == 0 or holes + sum(map(self._holes_to_come, self.order[number:])) <= HOLES:
            self._cells(number, 0, 0, 0, holes)

    def _cells(self, number: int, b: int, third: int, fourth: int, holes: int) -> None:
        a = self.order[number]
        b += b == a
        if b == len(TABLES):
            self._row(number + 1, holes)
            return
        for c in TABLES:
            if not (third | self.third[b] | 1 << a | 1 << b) >> c & 1:
                for d in TABLES:
                    if not (fourth | self._barred(a, b, c)) >> d & 1:
                        self._put((a, b, c, d))
                        self._cells(number, b + 1, third | 1 << c, fourth | 1 << d, holes)
                        self._take()
        if number and holes < HOLES:
            self._cells(number, b + 1, third, fourth, holes + 1)

    def _barred(self, a: int, b: int, c: int) -> int:
        return self.fourth[b] | self.third_fourth[c] | 1 << a | 1 << b | 1 << c

    def _holes_to_come(self, a: int) -> int:
        """At least so many: cells of a row, or tables of a later round, that no way can take any more."""
        cells = thirds = fourths = 0
        for b in TABLES:
            if b != a:
                free = [
                    (c, ~self._barred(a, b, c) & 63)
                    for c in TABLES
                    if not (self.third[b] | 1 << a | 1 << b) >> c & 1
                ]
                cells += any(fourth for _, fourth in free)
                for c, fourth in free:
                    thirds |= (1 << c) if fourth else 0
                    fourths |= fourth
        return 5 - min(cells, thirds.bit_count(), fourths.bit_count())

    def _put(self, way: Way) -> None:
        self.ways.append(way)
        self._mark(way)

    def _take(self) -> None:
        self._mark(self.ways.pop())

    def _mark(self, way: Way) -> None:
        _, b, c, d = way
        self.third[b] ^= 1 << c
        self.fourth[b] ^= 1 << d
        self.third_fourth[c] ^= 1 << d


def _canonical(ways: Ways) -> tuple[Way, ...]:
    """The first of all sets that names of tables and orders of rounds make of it; one of its ways is 0, 1, 2, 3."""
    return min(
        tuple(sorted(tuple(names[way[number]] for number in order) for way in ways))  # type: ignore[misc]  # four of them
        for order in itertools.permutations(range(4))
        for first in ways
        for names in _names([first[number] for number in order])
    )


def _names(first: Sequence[int]) -> list[dict[int, int]]:
    others = [table for table in TABLES if table not in first]
    return [dict(zip([*first, *rest], TABLES, strict=True)) for rest in (others, others[::-1])]


# Step 4


def _refuted(numbered: tuple[int, Ways]) -> tuple[int, int, bool]:
    number, ways = numbered
    return number, len(ways), refutes(ways)


def refutes(ways: Ways) -> bool:
    """Whether no plan with L <= MOST contains all these ways (CP-SAT, which nothing else of ours needs)."""
    cp_model: Any = importlib.import_module("ortools.sat.python.cp_model")

    model = cp_model.CpModel()
    copies = 4 if len(ways) > 30 - HOLES else 3
    # people[w][k]: at least k + 1 people have this way.
    people = {way: [model.new_bool_var("") for _ in range(copies)] for way in WAYS}
    for way, levels in people.items():
        for fewer, more in itertools.pairwise(levels):
            model.add_implication(more, fewer)
        if way in ways:
            model.add(levels[0] == 1)
    model.add(sum(itertools.chain.from_iterable(people.values())) == PEOPLE)
    model.add(sum(_pairs_who_cross(model, people)) + sum(_cells(model, people)) <= MOST)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return bool(solver.solve(model) == cp_model.INFEASIBLE)


def _pairs_who_cross(model: Any, people: dict[Way, list[Any]]) -> Iterator[Any]:
    """n2 + n3; a variable that is 1 where both are there."""
    for one, other in itertools.combinations(WAYS, 2):
        if agreements(one, other) >= 2:
            for a, b in itertools.product(people[one], people[other]):
                both = model.new_bool_var("")
                model.add_bool_or([a.negated(), b.negated(), both])
                yield both


def _cells(model: Any, people: dict[Way, list[Any]]) -> Iterator[Any]:
    """(c - 1)(c - 2) / 2 for each cell, from below by its tangents: Σ (c - 2)² / 2 with Σ (c - 2) = 0 added half."""
    for r, s in TWO_ROUNDS:
        for a, b in itertools.permutations(TABLES, 2):
            count = sum(
                itertools.chain.from_iterable(people[way] for way in WAYS if way[r] == a and way[s] == b)
            )
            cost = model.new_int_var(0, MOST, "")
            for size in range(8):
                model.add(cost >= _excess(size) + (_excess(size + 1) - _excess(size)) * (count - size))
            yield cost


def _excess(size: int) -> int:
    return (size - 1) * (size - 2) // 2


if __name__ == "__main__":
    sys.exit(main())
