"""Groups for twice the people: everybody gets a double, and every table is laid twice.

In the rounds of the half, each two people share a table exactly twice. Seating one of them at the first of the
two tables and the double at the second, or the other way round, is to make the two meetings meetings of other
people: linear equations over GF(2) (Bhaskar Rao designs: Colbourn and Dinitz, Handbook of Combinatorial
Designs, 2007, V.4).
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from services.agenda.networking.solving.rings import Groups

# By the tables and the size of the whole: the rounds of the half, a hexadecimal digit for each person.
HALVES = {
    # Two affine planes of order three without a common line.
    (6, 3): (
        "036 147 258",
        "057 138 246",
        "048 156 237",
        "012 345 678",
        "028 145 367",
        "013 257 468",
        "047 126 358",
        "056 178 234",
    ),
    # The plan for 32 people that Aguado found in 2004; he has doubles, and here each two of them are one.
    (8, 4): (
        "0123 4567 89ab cdef",
        "048c 1267 35af 9bde",
        "05be 17ac 249f 368d",
        "028b 139a 47cd 56ef",
        "06ad 14bf 259c 378e",
        "079f 158d 23ce 46ab",
        "0345 169e 27bd 8acf",
        "01df 24ae 36bc 5789",
        "069c 148e 25ad 37bf",
        "07ae 15bc 268f 349d",
    ),
}
# Round, table of the half, person.
Seat = tuple[int, int, int]


def doubled_rounds(tables: int, size: int) -> list[Groups]:
    """Rounds in which nobody meets anybody twice, for the sizes that are known; person p's double is p + 1."""
    rounds = [
        [[int(digit, 16) for digit in group] for group in line.split()]
        for line in HALVES.get((tables, size), ())
    ]
    first = _who_is_first(rounds)
    return [
        [
            [2 * person + (first[number, table, person] ^ double) for person in group]
            for table, group in enumerate(groups)
            for double in (0, 1)
        ]
        for number, groups in enumerate(rounds)
    ]


def _who_is_first(rounds: Sequence[Groups]) -> dict[Seat, int]:
    """For each seat of the half who takes it at the first of the two tables: 0 the person, 1 the double."""
    seats = [
        (number, table, person)
        for number, groups in enumerate(rounds)
        for table, group in enumerate(groups)
        for person in group
    ]
    place = {seat: number for number, seat in enumerate(seats)}
    met: dict[tuple[int, ...], int] = defaultdict(int)
    for number, groups in enumerate(rounds):
        for table, group in enumerate(groups):
            for pair in combinations(sorted(group), 2):
                for person in pair:
                    met[pair] ^= 1 << place[number, table, person]
    solution = _solve(list(met.values()), len(seats))
    return {seat: solution >> number & 1 for seat, number in place.items()}


def _solve(equations: Sequence[int], unknowns: int) -> int:
    """Bits of which an odd number stands in each equation (Gauss); the equations have a solution."""
    odd = 1 << unknowns
    reduced: dict[int, int] = {}
    for equation in equations:
        row = equation | odd
        while (lead := row & -row) in reduced:
            row ^= reduced[lead]
        if lead:
            reduced[lead] = row
    solution = odd
    for lead in sorted(reduced, reverse=True):
        if (reduced[lead] & solution).bit_count() % 2:
            solution |= lead
    return solution
