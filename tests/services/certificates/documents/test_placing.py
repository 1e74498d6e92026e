"""What is placed on a page looks as if it were drawn on a page of its own: moved, turned, nested."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader

from services.certificates.documents.paper import Paper, Style
from services.certificates.documents.placing import WHOLE_PAGE, Placement, placement
from services.certificates.documents.qr import encode
from tests.support.paper_facts import DRAWN_AT, a_ticket_code
from tests.support.paper_judges import barriers, damages, preflight
from tests.support.papers import pages_as_pictures, qr_codes

CELL = (200.0, 120.0)
SHEET = (500.0, 600.0)
# One point is one pixel.
DPI = 72


def a_paper(size: tuple[float, float] = SHEET, *, is_tagged: bool = False) -> Paper:
    return Paper(size, title="Sheet", author="Hub", language="de", drawn_at=DRAWN_AT, is_tagged=is_tagged)


def draw_cell(paper: Paper) -> None:
    """Text in both weights and a foreign script, a stamp, an area to the edge, a QR code."""
    with paper.artifact():
        paper.stamp("frame", lambda: paper.area(0, paper.height - 14, paper.width, 14, (0.0, 0.0, 0.5)))
    paper.text(10, 30, "Jürgen", Style(24, "bold"))
    paper.text(10, 55, "山田 علي", Style(12))
    paper.qr(paper.width - 70, 5, 65, encode(a_ticket_code()), alt="Ticket")


def picture(paper: Paper) -> Image.Image:
    [page] = pages_as_pictures(paper.finish(), dpi=DPI)
    return page


def alone() -> Image.Image:
    paper = a_paper(CELL)
    draw_cell(paper)
    return picture(paper)


def unlikeness(one: Image.Image, other: Image.Image) -> float:
    """The mean distance of two pixels, of 255; edges are smoothed otherwise in each direction."""
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("sideways", [False, True])
def test_an_area_looks_like_a_page_of_its_own(turned: bool, sideways: bool) -> None:
    paper = a_paper()
    paper.text(20, 40, "Before", Style(20, "bold"))
    with paper.placed(150, 300, CELL, turned=turned, sideways=sideways):
        draw_cell(paper)
    across, down = reversed(CELL) if sideways else CELL
    found = picture(paper).crop((150, 300, int(150 + across), int(300 + down)))
    expected = alone().rotate(-(180 * turned + 90 * sideways), expand=True)
    assert unlikeness(found, expected) < 2.5
    assert unlikeness(found, expected.rotate(180)) > 20


def test_an_area_in_an_area_looks_the_same() -> None:
    paper = a_paper()
    with (
        paper.placed(100, 200, (300, 280), sideways=True),
        paper.placed(40, 60, CELL, turned=True, sideways=True),
    ):
        draw_cell(paper)
    # A quarter and three quarters are a whole turn. The outer area's down is to the left, its right is down.
    left, top = 100 + 280 - 60 - 200, 200 + 40
    assert unlikeness(picture(paper).crop((left, top, left + 200, top + 120)), alone()) < 2.5


def test_after_an_area_the_page_goes_on_as_before() -> None:
    with_area, without = a_paper(), a_paper()
    for paper in (with_area, without):
        paper.text(20, 40, "Before", Style(20, "bold", (0.5, 0.0, 0.0)))
    with with_area.placed(0, 300, CELL):
        draw_cell(with_area)
    for paper in (with_area, without):
        paper.text(20, 80, "After", Style(20, "bold", (0.5, 0.0, 0.0)))
    upper = (0, 0, 500, 300)
    assert unlikeness(picture(with_area).crop(upper), picture(without).crop(upper)) == 0
    assert (with_area.width, with_area.height) == SHEET


def test_links_and_figures_lie_where_they_are_seen() -> None:
    paper = a_paper(is_tagged=True)
    with paper.placed(100, 50, CELL, sideways=True), paper.tagged("Link"):
        paper.text(10, 30, "Open", Style(12))
        paper.link(10, 20, 50, 15, "https://example.org/")
    pdf = paper.finish()
    [link] = PdfReader(io.BytesIO(pdf)).pages[0]["/Annots"]
    # From the right edge (100 + 120) 20 to 35 inwards, from the top 50 + 10 to 50 + 60 down.
    assert [round(float(each)) for each in link.get_object()["/Rect"]] == [185, 490, 200, 540]


def test_a_tagged_sheet_is_for_the_archive_and_for_everyone() -> None:
    paper = a_paper(is_tagged=True)
    with paper.tagged("H1"):
        paper.text(20, 40, "Sheet", Style(20, "bold"))
    for y, turned in ((100, False), (300, True)):
        with paper.placed(50, y, CELL, turned=turned):
            draw_cell(paper)
    pdf = paper.finish()
    assert damages(pdf) == ""
    assert barriers(pdf) == []
    assert preflight({"sheet": pdf}) == {"sheet": []}
    assert qr_codes(pdf) == [[a_ticket_code()] * 2]


def test_no_page_ends_in_an_area_and_no_area_is_filled_in_later() -> None:
    paper = a_paper(is_tagged=True)
    with paper.placed(0, 0, CELL):
        with pytest.raises(ValueError, match="No page ends"):
            paper.next_page()
        with pytest.raises(ValueError, match="no area"):
            paper.leave("name", 0, 0)


POINTS = some.integers(-1000, 1000)
PLACEMENTS = some.builds(placement, POINTS, POINTS, POINTS, POINTS, some.integers(0, 3))


@given(PLACEMENTS, PLACEMENTS, PLACEMENTS)
def test_placements_chain_in_any_grouping(one: Placement, two: Placement, three: Placement) -> None:
    assert one.of(two).of(three) == one.of(two.of(three))
    assert WHOLE_PAGE.of(one) == one == one.of(WHOLE_PAGE)


@given(POINTS, POINTS, some.integers(1, 500), some.integers(1, 500), some.integers(0, 3))
def test_an_area_covers_what_its_corner_and_turn_say(
    left: int, bottom: int, width: int, height: int, quarters: int
) -> None:
    across, up = (height, width) if quarters % 2 else (width, height)
    covered = placement(left, bottom, width, height, quarters).box(0, 0, width, height)
    assert covered == (left, bottom, left + across, bottom + up)
