"""A list over several pages: the same head on each, one table, and what follows its last row."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from services.certificates.documents.fitting import wrap
from services.certificates.documents.paper import ACCENT, MM, MUTED, Paper, Style
from services.certificates.documents.shaping import ShapedText
from services.certificates.documents.table import (
    HEAD_HEIGHT,
    Column,
    LaidRow,
    draw_head,
    draw_rows,
    paginate,
)

MARGIN = 18 * MM
HEAD_TOP = 20 * MM
FOOT = 12 * MM
CLOSING_GAP = 8 * MM

KIND = Style(18, "bold", ACCENT, leading=1.3)
EVENT_TITLE = Style(11.5, "bold", leading=1.4)
FACT = Style(9.5, leading=1.45)
CLOSING_HEADING = Style(10.5, "bold", ACCENT, leading=1.6)
SMALL = Style(8, colour=MUTED)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text above or below the table, and what it is there: a heading or a plain paragraph."""

    text: str
    style: Style
    role: str = "P"


@dataclass(frozen=True, slots=True)
class LaidParagraph:
    lines: Sequence[ShapedText]
    style: Style
    role: str


@dataclass(frozen=True, slots=True)
class Listing:
    """`as_of` stands at the foot of each page, and `page` with its two numbers filled in: "Page {page} of {pages}".

    Below `closing` so many points as `tail` says stay free on its page.
    """

    head: Sequence[Paragraph]
    columns: Sequence[Column]
    rows: Sequence[LaidRow]
    closing: Sequence[Paragraph]
    as_of: str
    page: str
    tail: float = 0


def draw_listing(paper: Paper, listing: Listing) -> float:
    """All pages. Returns where the tail begins, or after a list without a closing text where the table ends."""
    head, closing = _wrapped(paper, listing.head), _wrapped(paper, listing.closing)
    top = HEAD_TOP + _height(head)
    pages = _pages(paper, listing, top, _height(closing))
    _draw_paragraphs(paper, HEAD_TOP, head)
    with paper.group("Table") if listing.rows else nullcontext():
        for number, shown in enumerate(pages, start=1):
            if number > 1:
                paper.next_page()
            # What a reader has heard on the first page is not read out again on each.
            with paper.artifact() if number > 1 else nullcontext():
                if number > 1:
                    _draw_paragraphs(paper, HEAD_TOP, head)
                y = draw_head(paper, MARGIN, top, listing.columns) if shown else top
            y = draw_rows(paper, MARGIN, y, listing.columns, shown)
            _draw_foot(paper, listing, number, len(pages))
    return _draw_paragraphs(paper, y + CLOSING_GAP, closing)


def _pages(paper: Paper, listing: Listing, top: float, closing: float) -> list[list[LaidRow]]:
    """The rows of each page; where the closing text does not fit below the last of them, it has its own page."""
    room = paper.height - top - HEAD_HEIGHT - FOOT - 8 * MM
    pages = paginate(listing.rows, room)
    if closing and sum(row.height for row in pages[-1]) + CLOSING_GAP + closing + listing.tail > room:
        pages.append([])
    return pages


def _wrapped(paper: Paper, paragraphs: Sequence[Paragraph]) -> list[LaidParagraph]:
    width = paper.width - 2 * MARGIN
    return [
        LaidParagraph(
            wrap(each.text, paper.fonts.of(each.style.weight), size=each.style.size, width=width),
            each.style,
            each.role,
        )
        for each in paragraphs
    ]


def _height(paragraphs: Sequence[LaidParagraph]) -> float:
    return sum(len(each.lines) * each.style.line_height for each in paragraphs)


def _draw_paragraphs(paper: Paper, y: float, paragraphs: Sequence[LaidParagraph]) -> float:
    for each in paragraphs:
        if each.lines[0].text:
            paper.lines(MARGIN, y, each.lines, each.style, role=each.role)
        y += len(each.lines) * each.style.line_height
    return y


def _draw_foot(paper: Paper, listing: Listing, number: int, pages: int) -> None:
    y = paper.height - FOOT
    with paper.artifact():
        paper.text(MARGIN, y, listing.as_of, SMALL)
        page = listing.page.format(page=number, pages=pages)
        paper.text(paper.width - MARGIN, y, page, SMALL, align="right")
