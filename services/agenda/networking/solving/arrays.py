"""Timetables in which no two people share two tables: arrays with a row for each person, a column for each round.

For a prime power of tables the rows are the lines y + m·x over a finite field, with another slope m in each
round (Bose 1938); otherwise each row is turned through all tables, and a small search finds the rows to begin
with (difference matrices: Colbourn and Dinitz, Handbook of Combinatorial Designs, 2007, VI.17).
"""

from collections.abc import Iterator
from random import Random

from services.agenda.networking.solving.fields import field

Row = tuple[int, ...]
# How many partial rows a search looks at before it begins anew, and how often it begins.
STEPS = 4_000
TRIES = 12


def array(tables: int, rounds: int, columns: int, *, distinct: bool, seed: int = 0) -> list[Row] | None:
    """`columns` · `tables` rows of `rounds` tables; each table has `columns` rows in every round.

    No two rows agree in two rounds, and with `distinct` no row names a table twice. Rows stand in blocks of
    `tables`, and in every round each block has one row at each table. None where no such array was found,
    which does not prove that there is none.
    """
    if rounds == 1:
        return [(table,) for _ in range(columns) for table in range(tables)]
    return (
        _lines(tables, rounds, columns, distinct=distinct)
        or _turned(tables, rounds, columns, distinct=distinct, seed=seed)
        or _of_ten_tables(tables, rounds, columns, distinct=distinct)
    )


def _lines(tables: int, rounds: int, columns: int, *, distinct: bool) -> list[Row] | None:
    numbers = field(tables)
    first = 1 if distinct else 0
    if numbers is None or rounds > tables or first + columns > tables:
        return None
    return [
        tuple(numbers.add(y, numbers.multiply(slope, x)) for slope in range(rounds))
        for x in range(first, first + columns)
        for y in range(tables)
    ]


def _turned(tables: int, rounds: int, columns: int, *, distinct: bool, seed: int) -> list[Row] | None:
    starters = _starters(tables, rounds, columns, distinct=distinct, seed=seed)
    if starters is None:
        return None
    return [tuple((table + turn) % tables for table in row) for row in starters for turn in range(tables)]


def _starters(tables: int, rounds: int, columns: int, *, distinct: bool, seed: int) -> list[Row] | None:
    """Rows whose differences between any two rounds are all different (and none 0)."""
    if columns > tables - distinct or _never_turn(tables, rounds, columns, distinct=distinct):
        return None
    for number in range(TRIES):
        search = _Search(tables, rounds, Random(f"{seed}:{number}"), distinct=distinct)
        if found := search.rows(columns):
            return found
    return None


def _never_turn(tables: int, rounds: int, columns: int, *, distinct: bool) -> bool:
    """Where all differences are needed, an even number of tables has no such rows for three rounds (Drake 1979)."""
    return tables % 2 == 0 and rounds > 2 and columns == tables - distinct


class _Search:
    """Backtracking over rows, the entries of a row drawn in a random order."""

    def __init__(self, tables: int, rounds: int, random: Random, *, distinct: bool) -> None:
        self.tables = tables
        self.rounds = rounds
        self.random = random
        # used[a][b]: which differences of round b to round a are taken, as a bit mask.
        self.used = [[int(distinct)] * rounds for _ in range(rounds)]
        self.steps = STEPS

    def rows(self, columns: int) -> list[Row] | None:
        found: list[Row] = []
        return found if self._fill(found, columns) else None

    def _fill(self, found: list[Row], columns: int) -> bool:
        if len(found) == columns:
            return True
        for row in self._possible((0,)):
            self._mark(row)
            found.append(row)
            if self._fill(found, columns):
                return True
            found.pop()
            self._mark(row)
        return False

    def _possible(self, row: Row) -> Iterator[Row]:
        """Whole rows that begin with this one and use no difference twice."""
        if len(row) == self.rounds:
            yield row
            return
        place = len(row)
        for table in self.random.sample(range(self.tables), self.tables):
            self.steps -= 1
            if self.steps < 0:
                return
            if not any(self.used[a][place] >> (table - row[a]) % self.tables & 1 for a in range(place)):
                yield from self._possible((*row, table))

    def _mark(self, row: Row) -> None:
        """Take the differences of a row, or give them back."""
        for b in range(1, self.rounds):
            for a in range(b):
                self.used[a][b] ^= 1 << (row[b] - row[a]) % self.tables


def _of_ten_tables(tables: int, rounds: int, columns: int, *, distinct: bool) -> list[Row] | None:
    """Ten tables and nine columns, which no field has and no turning of all ten gives.

    A pair of orthogonal squares of order ten (Parker 1959): seven tables are turned, three stay. Ten of its
    rows meet each table once in every round; naming the tables after them makes them the rows that stay at
    one table, and without these no row names a table twice.
    """
    if tables != 10 or rounds > 4 or columns != 9 or not distinct:
        return None
    stays = TEN_STAY
    rows = [row for row in _ten_orthogonal() if row not in stays]
    names = [{row[number]: name for name, row in enumerate(stays)} for number in range(4)]
    return [tuple(names[number][row[number]] for number in range(rounds)) for row in rows]


# The rows that are turned through seven tables; x, y and z are the three that stay. Found by backtracking.
TEN_STARTERS = (
    "x022", "0x26", "02x2", "056x", "y036", "0y54", "06y0", "010y", "z053", "0z13", "04z1", "033z", "0045",
)  # fmt: skip
TEN_STAY = (
    (0, 2, 7, 2), (1, 1, 5, 6), (7, 5, 0, 0), (9, 7, 9, 9), (3, 4, 3, 8),
    (2, 0, 1, 7), (5, 9, 6, 1), (4, 3, 8, 4), (6, 8, 4, 3), (8, 6, 2, 5),
)  # fmt: skip


def _ten_orthogonal() -> list[Row]:
    """100 rows that agree in one round at most: each pair of tables stands in each pair of rounds once."""
    staying = {"x": 7, "y": 8, "z": 9}
    turned = [
        tuple(staying[sign] if sign in staying else (int(sign) + turn) % 7 for sign in starter)
        for starter in TEN_STARTERS
        for turn in range(7)
    ]
    among_three = [(7 + a, 7 + b, 7 + (a + b) % 3, 7 + (a + 2 * b) % 3) for a in range(3) for b in range(3)]
    return turned + among_three
