"""Crop marks: where a blade is set, outside of the cells."""

from collections.abc import Iterator

from services.certificates.printing.grids import Grid

# Long enough to lay a ruler on.
LENGTH = 5.0
# What is shorter cannot be seen.
SHORTEST = 0.5

# From (x, y) to (x, y), in millimetres from the upper left corner of the sheet.
Line = tuple[float, float, float, float]


def crop_marks(grid: Grid, *, offset: float = 0.0) -> Iterator[Line]:
    """Short lines where the edges of columns and rows go on beyond the outer cells, `offset` mm away from them.

    The offset leaves out what is printed beyond a cell's edge to be cut off (the bleed). Where the sheet ends
    sooner a mark is shorter or, below half a millimetre, left out: cells at the sheet's edge need none.
    """
    cells = grid.cells()
    left, top = cells[0].x, cells[0].y
    right, bottom = cells[-1].x + grid.cell_width, cells[-1].y + grid.cell_height
    for x in _edges(left, grid.columns, grid.across, grid.cell_width):
        for begin, end in _outside(top - offset, bottom + offset, grid.sheet_height):
            yield x, begin, x, end
    for y in _edges(top, grid.rows, grid.down, grid.cell_height):
        for begin, end in _outside(left - offset, right + offset, grid.sheet_width):
            yield begin, y, end, y


def _edges(first: float, count: int, distance: float, side: float) -> list[float]:
    edges = [first + place * distance + end for place in range(count) for end in (0, side)]
    # Cells that touch share an edge.
    return sorted({round(edge, 3) for edge in edges})


def _outside(before: float, after: float, end: float) -> Iterator[tuple[float, float]]:
    """What is left of a mark's length on both sides."""
    for begin, stop in ((max(0.0, before - LENGTH), before), (after, min(end, after + LENGTH))):
        if stop - begin >= SHORTEST:
            yield begin, stop
