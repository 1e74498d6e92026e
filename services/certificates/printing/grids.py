"""Sheets with cells: where each cell lies, on the front and, turned over, on the back.

Lengths are millimetres from the upper left corner of the side that one looks at; a cell counts its place in reading
order, from 0.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

# Half of what a cutter or a label's edge forgives; a table of a manufacturer is rounded to it.
TOLERANCE = 0.05
# A3 lying, and the smallest label that has room for a name.
LONGEST_SIDE, SHORTEST_SIDE = 420.0, 20.0


class Duplex(StrEnum):
    """Over which edge the printer turns the sheet for its back."""

    NONE = "none"
    LONG_EDGE = "long-edge"
    SHORT_EDGE = "short-edge"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a badge is printed: `sideways` turns it clockwise by a quarter, `turned` sets it on its head."""

    x: float
    y: float
    width: float
    height: float
    sideways: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal cells in columns and rows; `across` and `down` are from one cell's edge to the same of the next."""

    sheet_width: float
    sheet_height: float
    columns: int
    rows: int
    cell_width: float
    cell_height: float
    left: float
    top: float
    across: float
    down: float

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def cells(self) -> list[Cell]:
        """The cells of the front."""
        return [
            Cell(
                self.left + column * self.across,
                self.top + row * self.down,
                self.cell_width,
                self.cell_height,
            )
            for row in range(self.rows)
            for column in range(self.columns)
        ]

    def behind(self, cell: Cell, duplex: Duplex) -> Cell:
        """Where the back of this cell is printed, so that it lies exactly behind it and stands upright there.

        Turning the sheet over mirrors it. What was up on the front must still be up when the badge itself is
        turned over like the leaf of a book, around its own vertical.
        """
        over_vertical = (duplex is Duplex.LONG_EDGE) == (self.sheet_height >= self.sheet_width)
        x = self.sheet_width - cell.x - cell.width if over_vertical else cell.x
        y = cell.y if over_vertical else self.sheet_height - cell.y - cell.height
        # Mirrored is the badge's up where it points along the direction that is mirrored.
        is_mirrored = cell.sideways == over_vertical
        return Cell(x, y, cell.width, cell.height, cell.sideways, cell.turned != is_mirrored)


def fitted(cell: Cell, width: float, height: float) -> Cell | None:
    """The middle of a cell, for a badge of this size: upright where it can, else sideways; None if it cannot."""
    if width <= cell.width + TOLERANCE and height <= cell.height + TOLERANCE:
        x, y = cell.x + (cell.width - width) / 2, cell.y + (cell.height - height) / 2
        return Cell(x, y, width, height)
    if height <= cell.width + TOLERANCE and width <= cell.height + TOLERANCE:
        x, y = cell.x + (cell.width - height) / 2, cell.y + (cell.height - width) / 2
        return Cell(x, y, height, width, sideways=True)
    return None


def check(grid: Grid) -> None:
    """Raises Invalid where these cells cannot be printed on this sheet: a sentence at each field."""
    problems = [*_wrong_sizes(grid), *_overlaps(grid)] or _beyond_the_sheet(grid)
    if problems:
        raise Invalid(problems)


def _wrong_sizes(grid: Grid) -> list[FieldError]:
    sides = {
        "sheet_width": grid.sheet_width,
        "sheet_height": grid.sheet_height,
        "cell_width": grid.cell_width,
        "cell_height": grid.cell_height,
    }
    return [
        FieldError(name, N_("Please give a length from 20 to 420 mm."))
        for name, side in sides.items()
        if not SHORTEST_SIDE <= side <= LONGEST_SIDE
    ]


def _overlaps(grid: Grid) -> list[FieldError]:
    sentence = N_("The cells overlap: this distance is smaller than a cell.")
    directions = (
        ("across", grid.columns, grid.across, grid.cell_width),
        ("down", grid.rows, grid.down, grid.cell_height),
    )
    return [
        FieldError(name, sentence)
        for name, count, distance, side in directions
        if count > 1 and not distance >= side - TOLERANCE
    ]


def _beyond_the_sheet(grid: Grid) -> list[FieldError]:
    last = grid.cells()[-1]
    sentence = N_("The cells reach beyond the sheet.")
    ends = (
        ("left", grid.left, last.x + last.width - grid.sheet_width),
        ("top", grid.top, last.y + last.height - grid.sheet_height),
    )
    return [
        FieldError(name, sentence)
        for name, begin, beyond in ends
        # Also what is no number is refused.
        if not (begin >= -TOLERANCE and beyond <= TOLERANCE)
    ]
