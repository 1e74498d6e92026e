"""Badges on sheets: several on a page, their backs exactly behind them, marks for the blade."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from services.certificates.badges.document import Badge, BadgeRun, blank, draw_side
from services.certificates.documents import categories
from services.certificates.documents.fitting import fit_or_cut
from services.certificates.documents.paper import (
    ACCENT,
    HAIRLINE,
    INK,
    MM,
    MUTED,
    WHITE,
    Paper,
    Style,
)
from services.certificates.layouts.layout import Fold, Layout, Side, name_of_category
from services.certificates.printing.grids import Cell, Duplex, Grid, fitted
from services.certificates.printing.marks import crop_marks
from shared.errors import Conflict

MARK_THICKNESS = 0.25
EVENT_STYLE = Style(11, "bold", ACCENT, leading=1.25)
LABEL_STYLE = Style(7.5, colour=MUTED)
BAND_STYLE = Style(16, "bold", WHITE)
# What stands below a line to write on.
LABELS = {
    "de": ("Name", "Organisation"),
    "en": ("Name", "Organisation"),
}


class BadgeDoesNotFit(Conflict):
    """These badges are larger than a cell of this sheet. Please choose another layout or another sheet."""


@dataclass(frozen=True, slots=True)
class Offsets:
    """By how many millimetres a printer's pages have to be moved, to the right and down, so that they are right."""

    front: tuple[float, float] = (0.0, 0.0)
    back: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Press:
    """How sheets are printed. `mark_offset` is how far crop marks stay away from the cells, in mm; None: no marks."""

    grid: Grid
    duplex: Duplex = Duplex.NONE
    offsets: Offsets = Offsets()
    mark_offset: float | None = None


# The cells that are used, by their place, with what is printed there.
Filled = Sequence[tuple[int, Badge]]


def draw_sheets(run: BadgeRun, press: Press, sheets: Sequence[Filled]) -> bytes:
    """The PDF: for each sheet its front and, where the layout has a back and `duplex` an edge, its back.

    `run` says what the badges have in common. Raises what `badges.document.draw` raises, and BadgeDoesNotFit.
    """
    grid = press.grid
    cells = cells_for(run.layout, grid)
    paper = blank(run, (grid.sheet_width * MM, grid.sheet_height * MM))
    is_first = True
    for filled in sheets:
        for side in _sides(run.layout, press.duplex):
            if not is_first:
                paper.next_page()
            is_first = False
            _draw_side_of_sheet(paper, run, press, cells, filled, side)
    return paper.finish()


def cells_for(layout: Layout, grid: Grid) -> list[Cell]:
    """Where the badges' fronts are printed. Raises BadgeDoesNotFit."""
    width, height = (side / MM for side in layout.size)
    cells = [place for cell in grid.cells() if (place := fitted(cell, width, height))]
    if len(cells) < grid.count:
        raise BadgeDoesNotFit
    return cells


def _sides(layout: Layout, duplex: Duplex) -> list[Side]:
    return [side for side in layout.sides if side is Side.FRONT or duplex is not Duplex.NONE]


def _draw_side_of_sheet(
    paper: Paper, run: BadgeRun, press: Press, cells: Sequence[Cell], filled: Filled, side: Side
) -> None:
    is_front = side is Side.FRONT
    right, down = press.offsets.front if is_front else press.offsets.back
    for place, badge in filled:
        cell = cells[place] if is_front else press.grid.behind(cells[place], press.duplex)
        corner = (cell.x + right) * MM, (cell.y + down) * MM
        with paper.placed(*corner, run.layout.size, turned=cell.turned, sideways=cell.sideways):
            _draw_badge(paper, run, badge, side)
    if is_front and press.mark_offset is not None:
        paper.stamp("marks", partial(_draw_marks, paper, press))


def _draw_badge(paper: Paper, run: BadgeRun, badge: Badge, side: Side) -> None:
    if badge.name:
        draw_side(paper, run, badge, side)
    elif side is Side.FRONT:
        name = f"blank{badge.category.encode().hex()}"
        paper.stamp(name, partial(_draw_blank_face, paper, run, badge.category))


def _draw_marks(paper: Paper, press: Press) -> None:
    right, down = press.offsets.front
    for x, y, to_x, to_y in crop_marks(press.grid, offset=press.mark_offset or 0.0):
        is_level = y == to_y
        width = (to_x - x) * MM if is_level else MARK_THICKNESS
        height = MARK_THICKNESS if is_level else (to_y - y) * MM
        left = (x + right) * MM - (0 if is_level else MARK_THICKNESS / 2)
        top = (y + down) * MM - (MARK_THICKNESS / 2 if is_level else 0)
        paper.area(left, top, width, height, INK)


def _draw_blank_face(paper: Paper, run: BadgeRun, category: str) -> None:
    """Of a badge that is folded, its front half."""
    fold, (width, height) = run.layout.fold, run.layout.face
    corner = (0.0, height if fold is Fold.TOP else 0.0) if fold is not Fold.LEFT else (width, 0.0)
    with paper.placed(*corner, (width, height)):
        _draw_blank(paper, run, category)


def _draw_blank(paper: Paper, run: BadgeRun, category: str) -> None:
    """A badge for somebody who comes without a ticket: lines to write on. All lengths follow from its size."""
    margin, band = 0.085 * paper.width, 0.115 * paper.height
    width = paper.width - 2 * margin
    title = fit_or_cut(
        run.event.title, paper.fonts.bold, width=width, largest=EVENT_STYLE.size, smallest=6, max_lines=2
    )
    style = EVENT_STYLE.sized(title.size)
    paper.lines(margin, 0.075 * paper.height + style.size, title.lines, style)
    for share, label in zip((0.48, 0.7), LABELS.get(run.language, LABELS["en"]), strict=True):
        paper.rule(margin, share * paper.height, width, thickness=0.75, paint=HAIRLINE)
        paper.text(margin, share * paper.height + 10, label, LABEL_STYLE)
    _draw_band(paper, margin, band, name_of_category(run.layout, category, run.language), category)


def _draw_band(paper: Paper, margin: float, height: float, name: str, category: str) -> None:
    paper.area(0, paper.height - height, paper.width, height, categories.colour_of(category))
    room = min(BAND_STYLE.size, 0.55 * height)
    fitted_name = fit_or_cut(
        name, paper.fonts.bold, width=paper.width - 2 * margin, largest=room, smallest=5, max_lines=1
    )
    style = BAND_STYLE.sized(fitted_name.size)
    baseline = paper.height - height / 2 + 0.36 * style.size
    paper.lines(margin, baseline, fitted_name.lines, style)
