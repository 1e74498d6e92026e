"""Where cells lie, and what lies behind them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.certificates.printing.grids import Cell, Duplex, Grid, check, fitted
from services.certificates.printing.imposition import Filling, badges_of, count_sheets
from services.certificates.printing.marks import crop_marks
from services.certificates.printing.sheets import SHEETS
from shared.errors import Invalid

EDGES = some.sampled_from([Duplex.LONG_EDGE, Duplex.SHORT_EDGE])


@some.composite
def grids(draw: Any) -> Grid:
    """Any grid that fits on its sheet, also one that does not lie in its middle."""
    columns, rows = draw(some.integers(1, 4)), draw(some.integers(1, 6))
    width, height = draw(some.integers(20, 90)), draw(some.integers(20, 60))
    across, down = width + draw(some.integers(0, 9)), height + draw(some.integers(0, 9))
    left, top, right, bottom = (draw(some.integers(0, 20)) for _ in range(4))
    sheet = (left + (columns - 1) * across + width + right, top + (rows - 1) * down + height + bottom)
    return Grid(*sheet, columns, rows, width, height, left, top, across, down)


def turned_over(grid: Grid, cell: Cell, duplex: Duplex) -> tuple[float, float, float, float]:
    """Where this area of the front is seen when the sheet has been turned over that edge."""
    upright = grid.sheet_height >= grid.sheet_width
    left, top = cell.x, cell.y
    right, bottom = left + cell.width, top + cell.height
    if upright == (duplex is Duplex.LONG_EDGE):
        left, right = grid.sheet_width - right, grid.sheet_width - left
    else:
        top, bottom = grid.sheet_height - bottom, grid.sheet_height - top
    return left, top, right, bottom


def up(cell: Cell) -> tuple[int, int]:
    """Where the badge's upper edge points on the side on which it is printed, to the right and down."""
    direction = (1, 0) if cell.sideways else (0, -1)
    return (-direction[0], -direction[1]) if cell.turned else direction


@given(grids(), EDGES, some.booleans())
def test_each_back_lies_exactly_behind_its_front(grid: Grid, duplex: Duplex, is_sideways: bool) -> None:
    for cell in grid.cells():
        front = replace(cell, sideways=is_sideways)
        back = grid.behind(front, duplex)
        assert (back.x, back.y, back.x + back.width, back.y + back.height) == turned_over(grid, cell, duplex)


@given(grids(), EDGES, some.booleans())
def test_up_on_the_front_is_up_on_the_back(grid: Grid, duplex: Duplex, is_sideways: bool) -> None:
    front = replace(grid.cells()[-1], sideways=is_sideways)
    right, down = up(front)
    upright = grid.sheet_height >= grid.sheet_width
    seen = (-right, down) if upright == (duplex is Duplex.LONG_EDGE) else (right, -down)
    assert up(grid.behind(front, duplex)) == seen


@given(grids(), EDGES)
def test_behind_the_back_is_the_front(grid: Grid, duplex: Duplex) -> None:
    for cell in grid.cells():
        assert grid.behind(grid.behind(cell, duplex), duplex) == cell


@given(grids())
def test_what_fits_is_accepted(grid: Grid) -> None:
    if grid.sheet_width <= 420 and 20 <= grid.sheet_height <= 420:
        check(grid)


A_GRID = Grid(210, 297, 2, 5, 90, 54, 15, 13.5, 90, 54)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"across": 80.0}, "across"),
        ({"down": 10.0}, "down"),
        ({"left": 40.0}, "left"),
        ({"left": -1.0}, "left"),
        ({"rows": 6}, "top"),
        ({"cell_width": 5.0}, "cell_width"),
        ({"cell_height": 900.0}, "cell_height"),
        ({"sheet_width": 2100.0}, "sheet_width"),
        ({"top": float("nan")}, "top"),
        ({"across": float("inf")}, "left"),
    ],
)
def test_a_grid_that_cannot_be_printed_is_refused_at_its_field(change: dict[str, Any], field: str) -> None:
    check(A_GRID)
    with pytest.raises(Invalid) as refused:
        check(replace(A_GRID, **change))
    assert field in {error.field for error in refused.value.errors}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_by_name_is_printable_and_lies_in_the_middle(name: str) -> None:
    grid = SHEETS[name].grid
    check(grid)
    last = grid.cells()[-1]
    assert grid.sheet_width - last.x - last.width == pytest.approx(grid.left, abs=0.06)
    assert grid.sheet_height - last.y - last.height == pytest.approx(grid.top, abs=0.06)
    assert SHEETS[name].label.split(" × ")[0].endswith(str(grid.count))


def test_a_badge_is_turned_where_it_only_fits_so() -> None:
    cell = Cell(10, 20, 105, 74)
    assert fitted(cell, 105, 74) == cell
    assert fitted(cell, 74, 105) == Cell(10, 20, 105, 74, sideways=True)
    assert fitted(cell, 85, 54) == Cell(20, 30, 85, 54)
    assert fitted(cell, 105, 148) is None


@given(some.integers(0, 90), some.integers(1, 12), some.sampled_from(Filling))
def test_each_badge_stands_in_one_cell(badges: int, cells: int, filling: Filling) -> None:
    sheets = count_sheets(badges, cells)
    printed = [badge for sheet in range(sheets) for _, badge in badges_of(sheet, badges, cells, filling)]
    assert sorted(printed) == list(range(badges))


@given(some.integers(1, 90), some.integers(1, 12))
def test_cut_piles_on_each_other_are_in_order(badges: int, cells: int) -> None:
    sheets = count_sheets(badges, cells)
    piles: dict[int, list[int]] = {cell: [] for cell in range(cells)}
    for sheet in range(sheets):
        for cell, badge in badges_of(sheet, badges, cells, Filling.STACKS):
            piles[cell].append(badge)
    assert [badge for cell in range(cells) for badge in piles[cell]] == list(range(badges))


@given(grids(), some.integers(0, 5))
def test_no_crop_mark_lies_in_a_cell_or_its_bleed_or_beyond_the_sheet(grid: Grid, offset: int) -> None:
    for x, y, to_x, to_y in crop_marks(grid, offset=offset):
        assert 0 <= x <= to_x <= grid.sheet_width
        assert 0 <= y <= to_y <= grid.sheet_height
        for cell in grid.cells():
            beside = to_x <= cell.x - offset or x >= cell.x + cell.width + offset
            above = to_y <= cell.y - offset or y >= cell.y + cell.height + offset
            # Marks of the outer edges run along the border of what they may not touch.
            assert beside or above or x == to_x in (cell.x, cell.x + cell.width) or y == to_y


def test_cells_with_room_around_them_have_a_mark_at_each_edge() -> None:
    marks = list(crop_marks(A_GRID))
    assert len(marks) == 2 * 3 + 2 * 6
    assert (15, 8.5, 15, 13.5) in marks
