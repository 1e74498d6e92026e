"""Name badges: one A6 page for each attendee, all of a run in one PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import product

from services.certificates.documents import categories
from services.certificates.documents.event import EventFacts
from services.certificates.documents.fitting import DoesNotFit, FittedText, fit, fit_or_cut
from services.certificates.documents.fonts import Fonts, Weight, load_fonts
from services.certificates.documents.paper import (
    A6,
    ACCENT,
    HAIRLINE,
    INK,
    MM,
    MUTED,
    WHITE,
    Paper,
    Size,
    Style,
)
from services.certificates.documents.problems import Problem, Reason, check
from services.certificates.documents.qr import encode
from services.certificates.layouts.layout import DEFAULT, Layout, Side

MARGIN = 9 * MM
TEXT_WIDTH = A6[0] - 2 * MARGIN
# The holder's slot and clip hide the first centimetre.
HEAD_TOP = 11 * MM
NAME_TOP = 35 * MM
NAME_HEIGHT = 45 * MM
BAND_HEIGHT = 17 * MM
QR_SIDE = 35 * MM
# First names in this size are read from three metres away.
LARGEST_FIRST_NAME = 46.0
LARGEST_LAST_NAME = 26.0

TITLE = Style(11, "bold", ACCENT, leading=1.25)
DATE = Style(9, colour=MUTED)
FIRST_NAME = Style(LARGEST_FIRST_NAME, "bold", leading=1.14)
LAST_NAME = Style(LARGEST_LAST_NAME, leading=1.16)
ORGANISATION = Style(12.5, colour=MUTED, leading=1.25)
CATEGORY = Style(20, "bold", WHITE)
SHORT_CODE = Style(15, "bold", INK)
LABEL = Style(7.5, colour=MUTED)

CODE_LABELS = {"de": "Kurzcode", "en": "Short code"}


@dataclass(frozen=True, slots=True)
class Badge:
    """`ticket_code` is the signed code (`EVT1:…`), `short_code` its eight letters as printed (`BCDF-GHJK`)."""

    first_name: str
    last_name: str
    organisation: str
    category: str
    ticket_code: str
    short_code: str


@dataclass(frozen=True, slots=True)
class BadgeRun:
    """All badges that are printed at once. `language` is the event's: a badge is read by everyone."""

    event: EventFacts
    badges: Sequence[Badge]
    language: str
    drawn_at: datetime
    layout: Layout = DEFAULT


def draw(run: BadgeRun, *, fonts: Fonts | None = None) -> bytes:
    """The PDF, a page for each side of each badge. The same run gives the same bytes.

    Raises MissingGlyphs, ForbiddenCharacters and DoesNotFit: ask `problems_of` first.
    """
    paper = blank(run, run.layout.size, fonts=fonts)
    for index, (badge, side) in enumerate(product(run.badges, run.layout.sides)):
        if index:
            paper.next_page()
        draw_side(paper, run, badge, side)
    return paper.finish()


def blank(run: BadgeRun, size: Size, *, fonts: Fonts | None = None) -> Paper:
    """A paper for this run, with its first page; `size` is that of a page in points."""
    return Paper(
        size,
        title=run.event.title,
        author=run.event.organiser,
        language=run.language,
        drawn_at=run.drawn_at,
        fonts=fonts,
        # Tags would double the size of a run, and a badge is read from paper.
        is_tagged=False,
    )


def draw_side(paper: Paper, run: BadgeRun, badge: Badge, side: Side) -> None:
    """Draws one side at the paper's origin, in the layout's size. Raises what `draw` raises."""
    paper.stamp("event", partial(_draw_event, paper, run))
    _draw_names(paper, badge)
    _draw_codes(paper, badge)
    band = f"band{badge.category.encode().hex()}"
    paper.stamp(band, partial(_draw_band, paper, badge.category, run.language))


def problems_of(badge: Badge, *, fonts: Fonts | None = None) -> list[Problem]:
    """What `draw` would refuse of this badge, named by the field."""
    stack = fonts or load_fonts()
    texts = {
        "first_name": badge.first_name,
        "last_name": badge.last_name,
        "organisation": badge.organisation,
        "category": badge.category,
    }
    found = check(texts, fonts=stack)
    return found or [Problem(field, texts[field], Reason.TOO_LONG) for field in _too_long(badge, stack)]


def _too_long(badge: Badge, fonts: Fonts) -> list[str]:
    fields = []
    for field, fitting in (
        ("first_name", _fit_first_name),
        ("last_name", _fit_last_name),
        ("organisation", _fit_organisation),
        ("category", _fit_category),
    ):
        try:
            fitting(badge, fonts)
        except DoesNotFit:
            fields.append(field)
    return fields


def _draw_event(paper: Paper, run: BadgeRun) -> None:
    title = fit_or_cut(
        run.event.title, paper.fonts.bold, width=TEXT_WIDTH, largest=TITLE.size, smallest=8, max_lines=2
    )
    style = TITLE.sized(title.size)
    y = paper.lines(MARGIN, HEAD_TOP + style.size, title.lines, style)
    paper.text(MARGIN, y + 1, run.event.days(run.language), DATE)
    paper.rule(MARGIN, NAME_TOP - 6 * MM, TEXT_WIDTH, thickness=0.75, paint=HAIRLINE)
    label = CODE_LABELS.get(run.language, CODE_LABELS["en"])
    paper.text(MARGIN, A6[1] - BAND_HEIGHT - 14.5 * MM, label, LABEL)


def _draw_names(paper: Paper, badge: Badge) -> None:
    y = NAME_TOP
    y = _draw_fitted(paper, y, _fit_first_name(badge, paper.fonts), FIRST_NAME)
    y = _draw_fitted(paper, y + 1.5 * MM, _fit_last_name(badge, paper.fonts), LAST_NAME)
    if badge.organisation:
        _draw_fitted(paper, y + 3.5 * MM, _fit_organisation(badge, paper.fonts), ORGANISATION)


def _draw_fitted(paper: Paper, top: float, fitted: FittedText, style: Style) -> float:
    """Lines that hang from `top`. Returns their lower edge."""
    sized = style.sized(fitted.size)
    return paper.lines(MARGIN, top + 0.86 * sized.size, fitted.lines, sized) - 0.62 * sized.size


def _draw_codes(paper: Paper, badge: Badge) -> None:
    bottom = A6[1] - BAND_HEIGHT
    code = encode(badge.ticket_code)
    # The code's edge, not that of its quiet zone, stands in line with the text.
    left = A6[0] - MARGIN - QR_SIDE + code.quiet_zone_of(QR_SIDE)
    paper.qr(left, bottom - QR_SIDE - 1 * MM, QR_SIDE, code)
    paper.text(MARGIN, bottom - 8.5 * MM, badge.short_code, SHORT_CODE)


def _draw_band(paper: Paper, category: str, language: str) -> None:
    top = A6[1] - BAND_HEIGHT
    paper.area(0, top, A6[0], BAND_HEIGHT, categories.colour_of(category))
    name = _fit(categories.name_of(category, language), paper.fonts, "bold", CATEGORY.size, 11 * MM, 1)
    middle = top + BAND_HEIGHT / 2
    paper.lines(MARGIN, middle + 0.36 * name.size, name.lines, CATEGORY.sized(name.size))


def _fit_first_name(badge: Badge, fonts: Fonts) -> FittedText:
    return _fit(badge.first_name, fonts, "bold", LARGEST_FIRST_NAME, 0.55 * NAME_HEIGHT, 2)


def _fit_last_name(badge: Badge, fonts: Fonts) -> FittedText:
    return _fit(badge.last_name, fonts, "regular", LARGEST_LAST_NAME, 0.45 * NAME_HEIGHT, 3)


def _fit_organisation(badge: Badge, fonts: Fonts) -> FittedText:
    return _fit(badge.organisation, fonts, "regular", ORGANISATION.size, 12 * MM, 2)


def _fit_category(badge: Badge, fonts: Fonts) -> FittedText:
    return _fit(badge.category, fonts, "bold", CATEGORY.size, 11 * MM, 1)


def _fit(
    text: str, fonts: Fonts, weight: Weight, largest: float, height: float, max_lines: int
) -> FittedText:
    return fit(text, fonts.of(weight), width=TEXT_WIDTH, largest=largest, height=height, max_lines=max_lines)
