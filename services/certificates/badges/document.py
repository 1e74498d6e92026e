"""Name badges: a page for each side of each badge, all of a run in one PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import product
from typing import Any

from services.certificates.badges.badge import AgendaLine as AgendaLine
from services.certificates.badges.badge import Badge as Badge
from services.certificates.badges.badge import WayLine as WayLine
from services.certificates.documents.emoji import without_emoji
from services.certificates.documents.event import EventFacts
from services.certificates.documents.fonts import Fonts, load_fonts
from services.certificates.documents.paper import Paper, Size
from services.certificates.documents.problems import Problem, Reason, check
from services.certificates.layouts.design import NO_PICTURES, Design, Pictures
from services.certificates.layouts.gallery import default_layout
from services.certificates.layouts.layout import Layout, Side
from services.certificates.layouts.pieces import texts_of, titles_of


@dataclass(frozen=True)
class BadgeRun:
    """All badges that are printed at once. `language` is the event's: a badge is read by everyone.

    `pictures` are those that the layout shows, by name; without `has_codes` it leaves out what stands at codes.
    """

    event: EventFacts
    badges: Sequence[Badge]
    language: str
    drawn_at: datetime
    layout: Layout = field(default_factory=default_layout)
    pictures: Pictures = field(default_factory=lambda: NO_PICTURES)
    has_codes: bool = True

    @cached_property
    def design(self) -> Design:
        """The layout made ready for this event."""
        return Design(self.layout, self.event, self.language, self.pictures, has_codes=self.has_codes)


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
    run.design.draw(paper, badge, side)


def problems_of(run: BadgeRun, badge: Badge, *, fonts: Fonts | None = None) -> list[Problem]:
    """What `draw` would refuse of this badge, named by the field."""
    stack = fonts or load_fonts()
    found = check(texts_of(badge), fonts=stack)
    # One by one: the same few titles stand on everybody's badge, and what is known of each is known.
    found += [each for title in titles_of(badge) for each in check({"session": title}, fonts=stack)]
    return found or run.design.problems(badge, stack)


def shortened(run: BadgeRun, badge: Badge, *, fonts: Fonts | None = None) -> list[Problem]:
    """What of this badge is printed, but not as a whole."""
    return run.design.shortened(badge, fonts or load_fonts())


def printable(badge: Badge, *, fonts: Fonts | None = None) -> tuple[Badge, list[Problem]]:
    """The badge without picture letters that no font has, and a notice for each text that had some."""
    changed: dict[str, Any] = {}
    notices: list[Problem] = []
    for name in ("first_name", "last_name", "organisation"):
        text = getattr(badge, name)
        kept, gone = without_emoji(text, fonts=fonts)
        if gone:
            changed[name] = kept
            notices.append(Problem(name, text, Reason.LEFT_OUT, gone))
    return (replace(badge, **changed) if changed else badge), notices
