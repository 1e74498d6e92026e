"""Tables over several pages: cells that wrap, rows that are never torn, heads that repeat."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.certificates.documents.fitting import before_more, wrap
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.paper import INK, MM, MUTED, TINT, Align, Paper, Style
from services.certificates.documents.shaping import ShapedText
from services.certificates.documents.structure import HEAD_OF_COLUMN, HEAD_OF_ROW

HEAD = Style(8.5, "bold", MUTED)
HEAD_HEIGHT = 7 * MM
CELL_MARGIN = 1.5 * MM

# A cell is one or more paragraphs.
Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is in points and holds the cell's margins; `right` is for figures.

    `names_row` says that its cell tells whose row it is.
    """

    heading: str
    width: float
    style: Style
    align: Align = "left"
    names_row: bool = False


@dataclass(frozen=True, slots=True)
class LaidRow:
    cells: Sequence[Sequence[ShapedText]]
    height: float


def lay_out(
    columns: Sequence[Column], rows: Sequence[Cells], fonts: Fonts, *, min_height: float
) -> list[LaidRow]:
    """Each row with its wrapped lines and its height in points."""
    return [_laid(columns, row, fonts, min_height) for row in rows]


def paginate(rows: Sequence[LaidRow], room: float) -> list[list[LaidRow]]:
    """The rows of each page; a page has `room` points for them. There is always at least one page."""
    pages: list[list[LaidRow]] = [[]]
    used = 0.0
    for row in rows:
        if pages[-1] and used + row.height > room:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += row.height
    return pages


def draw_head(paper: Paper, x: float, y: float, columns: Sequence[Column]) -> float:
    """The headings on a tinted band whose upper edge is `y`. Returns the upper edge of the first row."""
    width = sum(column.width for column in columns)
    paper.area(x, y, width, HEAD_HEIGHT, TINT)
    paper.rule(x, y + HEAD_HEIGHT, width, paint=INK)
    baseline = y + HEAD_HEIGHT / 2 + 0.36 * HEAD.size
    with paper.group("TR"):
        for column in columns:
            with paper.tagged("TH", HEAD_OF_COLUMN):
                paper.text(_anchor(column, x), baseline, column.heading, HEAD, align=column.align)
            x += column.width
    return y + HEAD_HEIGHT


def draw_rows(paper: Paper, x: float, y: float, columns: Sequence[Column], rows: Sequence[LaidRow]) -> float:
    """Rows with a line below each. Returns the lower edge of the last."""
    width = sum(column.width for column in columns)
    # All first lines of a row stand on one baseline, that of the largest letters.
    rise = CELL_MARGIN + max(column.style.size for column in columns)
    for row in rows:
        with paper.group("TR"):
            _draw_cells(paper, x, y + rise, columns, row)
        y += row.height
        paper.rule(x, y, width)
    return y


def _draw_cells(paper: Paper, x: float, baseline: float, columns: Sequence[Column], row: LaidRow) -> None:
    for column, lines in zip(columns, row.cells, strict=True):
        with paper.tagged("TH", HEAD_OF_ROW) if column.names_row else paper.tagged("TD"):
            paper.lines(_anchor(column, x), baseline, lines, column.style, align=column.align)
        x += column.width


def _laid(columns: Sequence[Column], row: Cells, fonts: Fonts, min_height: float) -> LaidRow:
    cells = [_lines(column, cell, fonts) for column, cell in zip(columns, row, strict=True)]
    heights = (len(lines) * column.style.line_height for column, lines in zip(columns, cells, strict=True))
    return LaidRow(cells, max(min_height, max(heights) + 2 * CELL_MARGIN))


def _lines(column: Column, cell: Sequence[str], fonts: Fonts) -> list[ShapedText]:
    width = column.width - 2 * CELL_MARGIN
    stack = fonts.of(column.style.weight)
    paragraphs = [wrap(text, stack, size=column.style.size, width=width) for text in cell if text]
    followed = [*map(before_more, paragraphs[:-1]), *paragraphs[-1:]]
    return [line for lines in followed for line in lines]


def _anchor(column: Column, left: float) -> float:
    return left + (column.width - CELL_MARGIN if column.align == "right" else CELL_MARGIN)
