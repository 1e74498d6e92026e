"""The proof that sixty people at six tables meet again at least 107 times in four rounds counts what we count."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from bench.proofs import sixty_in_four
from services.agenda.networking.solving.solve import solve
from tests.services.agenda.networking.instances import a_cafe


@pytest.mark.parametrize("seats", [[10, 10], [8, 12]])
def test_repeats_are_ninety_and_half_of_what_the_proof_bounds(seats: list[int]) -> None:
    solution = solve(a_cafe(60, 6, 4, seats), seconds=1)
    ways = [tuple(row[person] for row in solution.plan) for person in range(60)]
    crossing = sum(
        2 <= sum(a == b for a, b in zip(*pair, strict=True)) <= 3 for pair in combinations(ways, 2)
    )
    cells = [
        Counter((way[first], way[second]) for way in ways)[a, b]
        for first, second in combinations(range(4), 2)
        for a, b in permutations(range(6), 2)
    ]
    bounded = crossing + Fraction(sum((people - 2) ** 2 for people in cells), 2)
    assert solution.measure.figures["repeats"] == 90 + bounded / 2 > 106


def test_no_neighbourhood_breaks_the_inequality() -> None:
    assert list(sixty_in_four.neighbourhoods_that_fail()) == []


def test_without_clocks_of_their_own_for_pairs_some_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sixty_in_four, "RATE_OF_MORE", Fraction(1))
    assert next(sixty_in_four.neighbourhoods_that_fail())


def test_no_thirty_ways_cross_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would be two orthogonal squares of order six (Tarry 1900)."""
    monkeypatch.setattr(sixty_in_four, "HOLES", 0)
    assert sixty_in_four.largest_sets() == []
