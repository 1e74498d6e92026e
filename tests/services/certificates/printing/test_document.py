"""Sheets as they come out of the printer: rendered, read by a scanner, laid on each other."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
import zxingcpp
from pypdf import PdfReader

from services.certificates.badges.document import Badge, draw
from services.certificates.documents.paper import A4, MM
from services.certificates.layouts.gallery import default_layout
from services.certificates.layouts.layout import Layout
from services.certificates.printing import calibration
from services.certificates.printing.document import BadgeDoesNotFit, Filled, Offsets, Press, draw_sheets
from services.certificates.printing.grids import Duplex, Grid
from services.certificates.printing.imposition import Filling, badges_of, count_sheets
from services.certificates.printing.sheets import SHEETS
from tests.support.paper_facts import (
    DRAWN_AT,
    HARD_NAMES,
    a_badge,
    a_badge_run,
    a_ticket_code,
)
from tests.support.paper_judges import damages, preflight
from tests.support.papers import pages_as_pictures, texts

DPI = 150
PIXEL = 25.4 / DPI
# The same on both sides.
BOTH = default_layout().model_copy(update={"back": default_layout().front})
# Not in the middle of its sheet, so that a back on the wrong side lies beside its front.
ODD = Grid(297, 210, 2, 1, 110, 150, 12, 31, 130, 150)


def badges(count: int) -> list[Badge]:
    names = HARD_NAMES * (1 + count // len(HARD_NAMES))
    return [a_badge(*names[at], ticket_code=a_ticket_code(at)) for at in range(count)]


def filled(people: Sequence[Badge], cells: int, filling: Filling = Filling.ROWS) -> list[Filled]:
    return [
        [(cell, people[at]) for cell, at in badges_of(sheet, len(people), cells, filling)]
        for sheet in range(count_sheets(len(people), cells))
    ]


def sheets_of(people: Sequence[Badge], press: Press, layout: Layout | None = None) -> bytes:
    run = replace(a_badge_run(people), layout=layout or default_layout())
    return draw_sheets(run, press, filled(people, press.grid.count))


def codes_on(pdf: bytes) -> list[dict[str, tuple[float, float, int]]]:
    """For each page: code → the middle of its symbol in mm, and how far it is turned clockwise, in quarters."""
    return [
        {code.text: (*_middle(code.position), round(code.orientation / 90) % 4) for code in _read(page)}
        for page in pages_as_pictures(pdf, dpi=DPI)
    ]


def _read(page: object) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)


def _middle(position: zxingcpp.Position) -> tuple[float, float]:
    corners = (position.top_left, position.top_right, position.bottom_left, position.bottom_right)
    return sum(each.x for each in corners) / 4 * PIXEL, sum(each.y for each in corners) / 4 * PIXEL


def test_every_code_on_a_sheet_is_read() -> None:
    people = badges(10)
    pages = codes_on(sheets_of(people, Press(SHEETS["4xA6"].grid)))
    assert [len(page) for page in pages] == [4, 4, 2]
    assert {code for page in pages for code in page} == {badge.ticket_code for badge in people}


def test_a_sheet_is_undamaged_and_for_the_archive() -> None:
    pdf = sheets_of(badges(10), Press(SHEETS["4xA6"].grid, mark_offset=2))
    assert damages(pdf) == ""
    assert preflight({"sheet": pdf}) == {"sheet": []}


@pytest.mark.parametrize("duplex", [Duplex.LONG_EDGE, Duplex.SHORT_EDGE])
@pytest.mark.parametrize("grid", [SHEETS["4xA6"].grid, ODD], ids=["4xA6", "lying, off the middle"])
def test_the_back_of_each_badge_is_behind_its_front(grid: Grid, duplex: Duplex) -> None:
    """The default layout draws the same on both sides: held against the light, each code is mirrored in its badge."""
    people = badges(grid.count)
    front, back = codes_on(sheets_of(people, Press(grid, duplex), BOTH))
    is_upright = grid.sheet_height >= grid.sheet_width
    over_vertical = is_upright == (duplex is Duplex.LONG_EDGE)
    for badge, cell in zip(people, grid.cells(), strict=True):
        x, y, _ = front[badge.ticket_code]
        back_x, back_y, turn = back[badge.ticket_code]
        # As seen from the front, through the paper.
        seen_x = grid.sheet_width - back_x if over_vertical else back_x
        seen_y = back_y if over_vertical else grid.sheet_height - back_y
        assert (seen_x - cell.x - cell.width / 2) == pytest.approx(cell.x + cell.width / 2 - x, abs=0.4)
        assert seen_y == pytest.approx(y, abs=0.4)
        assert turn == (0 if over_vertical else 2)


def test_with_one_side_printed_backs_are_left_out() -> None:
    pdf = sheets_of(badges(4), Press(SHEETS["4xA6"].grid), BOTH)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_a_printers_offset_moves_each_side_by_its_own() -> None:
    people = badges(4)
    straight = Press(SHEETS["4xA6"].grid, Duplex.LONG_EDGE)
    moved = Press(straight.grid, straight.duplex, Offsets((2.0, -1.5), (-3.0, 0.5)))
    before, after = (codes_on(sheets_of(people, press, BOTH)) for press in (straight, moved))
    for page, (right, down) in enumerate([(2.0, -1.5), (-3.0, 0.5)]):
        for code, (x, y, _) in before[page].items():
            assert after[page][code][:2] == pytest.approx((x + right, y + down), abs=0.3)


def test_a_badge_that_is_larger_than_the_cells_is_refused() -> None:
    with pytest.raises(BadgeDoesNotFit):
        sheets_of(badges(1), Press(SHEETS["avery-l7160"].grid))


def test_cut_piles_are_in_order_on_paper() -> None:
    people = [a_badge(f"Person{at:02}", "Abt") for at in range(10)]
    run, grid = a_badge_run(people), SHEETS["4xA6"].grid
    pages = texts(draw_sheets(run, Press(grid), filled(people, grid.count, Filling.STACKS)))
    assert [[at for at in range(10) if f"Person{at:02}" in page] for page in pages] == [
        [0, 3, 6, 9],
        [1, 4, 7],
        [2, 5, 8],
    ]


def test_a_blank_badge_has_lines_and_no_code() -> None:
    people = [a_badge("Ada", "Abt"), a_badge("", "", organisation="", ticket_code="", short_code="")]
    pdf = sheets_of(people, Press(SHEETS["4xA6"].grid))
    assert [len(page) for page in codes_on(pdf)] == [1]
    [text] = texts(pdf)
    assert "Organisation" in text
    assert text.count("Gast") == 2


def test_a_sheet_costs_less_than_its_badges_alone() -> None:
    people = badges(40)
    assert len(sheets_of(people, Press(SHEETS["4xA6"].grid))) < len(draw(a_badge_run(people)))


def test_the_calibration_page_has_its_zeros_in_the_middle_of_both_sides() -> None:
    pdf = calibration.draw(A4, printer="Copier, 2nd floor", language="en", drawn_at=DRAWN_AT)
    pages = pages_as_pictures(pdf, dpi=DPI)
    assert len(pages) == 2
    assert "Copier, 2nd floor" in texts(pdf)[0]
    for page in pages:
        ruler = 297 / 2 - 25
        # The longest ticks of the level ruler: −10, −5, 0, 5 and 10 mm from the middle.
        for millimetres in (-10, -5, 0, 5, 10):
            x, y = (210 / 2 + millimetres) / PIXEL, (ruler - 4.5) / PIXEL
            assert min(page.getpixel((round(x) + off, round(y))) for off in (-1, 0, 1)) < 128
    assert A4[0] / MM == pytest.approx(210)
