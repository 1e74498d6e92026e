"""Sheets that can be bought or cut, by name.

Size and number of the labels are those that the manufacturers print on the packages and give on their product
pages; margins and distances those of their templates for word processors (Avery and Avery Zweckform: top and side
margin, vertical and horizontal pitch), compared with the collection of gLabels. All lie in the middle of their
sheet, which a test checks, so that a figure with a mistake in it shows.
"""

from dataclasses import dataclass

from services.certificates.printing.grids import Grid

INCH = 25.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """`label` says to organisers what it is; `is_cut` whether a blade has to part the cells."""

    name: str
    label: str
    grid: Grid
    is_cut: bool = False


def _a4(columns: int, rows: int, cell: tuple[float, float], *, gap: tuple[float, float] = (0, 0)) -> Grid:
    """Cells of this size in the middle of an A4 sheet, `gap` between columns and rows."""
    return _centred((210, 297), columns, rows, cell, gap)


def _centred(
    sheet: tuple[float, float], columns: int, rows: int, cell: tuple[float, float], gap: tuple[float, float]
) -> Grid:
    (width, height), (across, down) = cell, (cell[0] + gap[0], cell[1] + gap[1])
    left = (sheet[0] - (columns - 1) * across - width) / 2
    top = (sheet[1] - (rows - 1) * down - height) / 2
    return Grid(*sheet, columns, rows, width, height, left, top, across, down)


SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet("4xA6", "A4, 4 × A6", _a4(2, 2, (105, 148)), is_cut=True),
        Sheet("8xA7", "A4, 8 × A7", _a4(2, 4, (105, 74)), is_cut=True),
        Sheet("10x90x54", "A4, 10 × 90 mm × 54 mm", _a4(2, 5, (90, 54)), is_cut=True),
        # Business cards; 17 mm and 31.5 mm to the edges of the sheet, 91 mm and 60 mm from card to card.
        Sheet(
            "avery-c32015",
            "Avery Zweckform C32015, 8 × 85 mm × 54 mm",
            Grid(210, 297, 2, 4, 85, 54, 17, 31.5, 91, 60),
        ),
        # Business cards without gaps; 15 mm and 18.5 mm to the edges.
        Sheet(
            "avery-l7414",
            "Avery L7414, 10 × 90 mm × 52 mm",
            Grid(210, 297, 2, 5, 90, 52, 15, 18.5, 90, 52),
        ),
        # Labels with 2.5 mm between the columns; Avery's templates give 4.65 mm as side margin, and as top margins
        # 13.1 mm, 15.15 mm and 15.15 mm. The third has three columns 66 mm apart and 7.25 mm as side margin.
        Sheet(
            "avery-l7165",
            "Avery L7165, 8 × 99.1 mm × 67.7 mm",
            Grid(210, 297, 2, 4, 99.1, 67.7, 4.65, 13.1, 101.6, 67.7),
        ),
        Sheet(
            "avery-l7163",
            "Avery L7163, 14 × 99.1 mm × 38.1 mm",
            Grid(210, 297, 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6, 38.1),
        ),
        Sheet(
            "avery-l7160",
            "Avery L7160, 21 × 63.5 mm × 38.1 mm",
            Grid(210, 297, 3, 7, 63.5, 38.1, 7.25, 15.15, 66, 38.1),
        ),
        # Adhesive name badges on US Letter: 3 3/8″ × 2 1/3″; margins 11/16″ and 7/12″, pitch 3 3/4″ and 2 1/2″.
        Sheet(
            "avery-5395",
            "Avery 5395 (US Letter), 8 × 85.7 mm × 59.3 mm",
            Grid(
                8.5 * INCH,
                11 * INCH,
                2,
                4,
                3.375 * INCH,
                7 / 3 * INCH,
                0.6875 * INCH,
                7 / 12 * INCH,
                3.75 * INCH,
                2.5 * INCH,
            ),
        ),
        # Four labels of A6; the sheet is cut across the middle, half a millimetre is left above and below.
        Sheet("herma-10809", "HERMA 10809, 4 × 105 mm × 148 mm", _a4(2, 2, (105, 148))),
    )
}
