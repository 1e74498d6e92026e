"""Which badge stands in which cell of which sheet."""

from collections.abc import Iterator
from enum import StrEnum


class Filling(StrEnum):
    """`rows` fills sheet after sheet; `stacks` so that the cut piles, one on another, are in order."""

    ROWS = "rows"
    STACKS = "stacks"


def count_sheets(badges: int, cells: int) -> int:
    return -(-badges // cells)


def badges_of(sheet: int, badges: int, cells: int, filling: Filling) -> Iterator[tuple[int, int]]:
    """(cell, badge) for each cell of this sheet that is used, all counted from 0.

    Cut through all sheets at once, `cells` piles of up to as many badges as there are sheets lie there: with
    `stacks` each goes on where the one before it ended.
    """
    sheets = count_sheets(badges, cells)
    for cell in range(cells):
        badge = cell * sheets + sheet if filling is Filling.STACKS else sheet * cells + cell
        if badge < badges:
            yield cell, badge
