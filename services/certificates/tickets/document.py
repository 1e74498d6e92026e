"""The ticket: one A4 page that travels with the confirmation of a registration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.certificates.documents import categories
from services.certificates.documents.bidi import in_sentence
from services.certificates.documents.event import EventFacts
from services.certificates.documents.fitting import DoesNotFit, FittedText, fit, fit_or_cut
from services.certificates.documents.fonts import Fonts, load_fonts
from services.certificates.documents.paper import A4, ACCENT, MM, MUTED, TINT, WHITE, Paper, Style
from services.certificates.documents.problems import Problem, Reason, check
from services.certificates.documents.qr import encode

MARGIN = 20 * MM
TEXT_WIDTH = A4[0] - 2 * MARGIN
QR_SIDE = 70 * MM
CARD_TOP = 80 * MM
CARD_MARGIN = 6 * MM
NAME_HEIGHT = 20 * MM
FACTS_TOP = CARD_TOP + NAME_HEIGHT + 15 * MM
CARD_HEIGHT = FACTS_TOP - CARD_TOP + QR_SIDE + CARD_MARGIN
FACTS_LEFT = MARGIN + 8 * MM
FACTS_WIDTH = TEXT_WIDTH - QR_SIDE - 20 * MM
NAME_WIDTH = TEXT_WIDTH - 8 * MM - CARD_MARGIN
LARGEST_NAME = 24.0

KIND = Style(10.5, "bold", WHITE)
TITLE = Style(22, "bold", leading=1.22)
LEAD = Style(12, leading=1.45)
LABEL = Style(8.5, colour=MUTED)
VALUE = Style(11, leading=1.35)
NAME = Style(LARGEST_NAME, "bold", leading=1.2)
SHORT_CODE = Style(26, "bold")
HEADING = Style(11.5, "bold")
BODY = Style(10.5, leading=1.5)
LINK = BODY.coloured(ACCENT)
SMALL = Style(8.5, colour=MUTED, leading=1.45)


@dataclass(frozen=True, slots=True)
class Ticket:
    """`ticket_code` is the signed code (`EVT1:…`), `short_code` its eight letters as printed (`BCDF-GHJK`).

    `link` views and cancels the registration; `language` is the attendee's, `de` or `en`.
    """

    event: EventFacts
    name: str
    organisation: str
    category: str
    ticket_code: str
    short_code: str
    link: str
    language: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Labels:
    kind: str
    name: str
    organisation: str
    category: str
    short_code: str
    at_the_door: str
    steps: tuple[str, ...]
    your_registration: str
    link: str
    organiser: str
    qr: str


LABELS = {
    "de": Labels(
        kind="EINTRITTSKARTE",
        name="Name",
        organisation="Organisation",
        category="Kategorie",
        short_code="Kurzcode",
        at_the_door="Am Einlass",
        steps=(
            "Zeigen Sie den QR-Code auf dem Telefon oder ausgedruckt vor, wenn Sie kommen und wenn Sie gehen.",
            "Lässt er sich nicht lesen, nennen Sie den Kurzcode.",
            "Die Karte gilt für eine Person. Die Zeiten am Einlass sind die Grundlage Ihrer Teilnahmebestätigung.",
        ),
        your_registration="Ihre Anmeldung",
        link="Unter dieser Adresse sehen Sie Ihre Anmeldung und können sie absagen:",
        organiser="Veranstalter",
        qr="QR-Code für den Einlass",
    ),
    "en": Labels(
        kind="ADMISSION TICKET",
        name="Name",
        organisation="Organisation",
        category="Category",
        short_code="Short code",
        at_the_door="At the door",
        steps=(
            "Show the QR code on your phone or on paper when you arrive and when you leave.",
            "If it cannot be read, say the short code.",
            "The ticket admits one person. The times at the door are the basis of your confirmation of attendance.",
        ),
        your_registration="Your registration",
        link="At this address you can see your registration and cancel it:",
        organiser="Organiser",
        qr="QR code for the door",
    ),
}


def draw(ticket: Ticket, *, fonts: Fonts | None = None) -> bytes:
    """The PDF. The same ticket gives the same bytes. Raises MissingGlyphs, ForbiddenCharacters and DoesNotFit."""
    labels = LABELS.get(ticket.language, LABELS["en"])
    paper = Paper(
        A4,
        title=f"{labels.kind.capitalize()} – {ticket.event.title}",
        author=ticket.event.organiser,
        language=ticket.language,
        drawn_at=ticket.issued_at,
        fonts=fonts,
    )
    _draw_head(paper, ticket, labels)
    _draw_card(paper, ticket, labels)
    _draw_advice(paper, ticket, labels)
    return paper.finish()


def problems_of(ticket: Ticket, *, fonts: Fonts | None = None) -> list[Problem]:
    """What `draw` would refuse, named by the field."""
    stack = fonts or load_fonts()
    found = check(_texts(ticket), fonts=stack)
    return found or _too_long(ticket, stack)


def printable(ticket: Ticket, *, fonts: Fonts | None = None) -> tuple[Ticket, list[Problem]]:
    """The ticket as `draw` takes it, and what was left out of it; the event's facts come printable.

    Of a text with characters that no font has the rest stays: at the door half a name is recognised, and
    the code is what opens it.
    """
    stack = fonts or load_fonts()
    gaps = problems_of(ticket, fonts=stack)
    kept: dict[str, Any] = {problem.field: problem.kept(stack) for problem in gaps}
    shown = replace(ticket, **kept)
    # Only without the gaps is it known how long the texts are.
    too_long = problems_of(shown, fonts=stack)
    empty: dict[str, Any] = {problem.field: "" for problem in too_long}
    return replace(shown, **empty), list(dict.fromkeys([*gaps, *too_long]))


def _texts(ticket: Ticket) -> dict[str, str]:
    return {
        "name": ticket.name,
        "organisation": ticket.organisation,
        "category": ticket.category,
        "event.title": ticket.event.title,
        "event.organiser": ticket.event.organiser,
        "event.place": ticket.event.place,
    }


def _too_long(ticket: Ticket, fonts: Fonts) -> list[Problem]:
    try:
        _fit_name(ticket, fonts)
    except DoesNotFit:
        return [Problem("name", ticket.name, Reason.TOO_LONG)]
    return []


def _draw_head(paper: Paper, ticket: Ticket, labels: Labels) -> None:
    paper.area(0, 0, paper.width, 18 * MM, ACCENT)
    paper.text(MARGIN, 11 * MM, labels.kind, KIND)
    y = paper.title(MARGIN, 38 * MM, ticket.event.title, TITLE, width=TEXT_WIDTH) + 2 * MM
    paper.text(MARGIN, y, ticket.event.when(ticket.language), LEAD)
    paper.paragraph(MARGIN, y + LEAD.line_height, ticket.event.place, LEAD, width=TEXT_WIDTH)


def _draw_card(paper: Paper, ticket: Ticket, labels: Labels) -> None:
    paper.area(MARGIN, CARD_TOP, TEXT_WIDTH, CARD_HEIGHT, TINT)
    paper.area(MARGIN, CARD_TOP, 1.6 * MM, CARD_HEIGHT, categories.colour_of(ticket.category))
    name = _fit_name(ticket, paper.fonts)
    paper.text(FACTS_LEFT, CARD_TOP + 9 * MM, labels.name, LABEL)
    paper.lines(FACTS_LEFT, CARD_TOP + 10.5 * MM + name.size, name.lines, NAME.sized(name.size))
    _draw_facts(paper, ticket, labels)
    left = paper.width - MARGIN - QR_SIDE - CARD_MARGIN
    paper.area(left, FACTS_TOP, QR_SIDE, QR_SIDE, WHITE)
    paper.qr(left, FACTS_TOP, QR_SIDE, encode(ticket.ticket_code), alt=labels.qr)


def _draw_facts(paper: Paper, ticket: Ticket, labels: Labels) -> None:
    y = FACTS_TOP + 3 * MM
    for label, value in (
        (labels.organisation, ticket.organisation),
        (labels.category, categories.name_of(ticket.category, ticket.language)),
    ):
        if value:
            y = _draw_fact(paper, y, label, value) + 9 * MM
    baseline = FACTS_TOP + QR_SIDE
    paper.text(FACTS_LEFT, baseline - 10 * MM, labels.short_code, LABEL)
    paper.text(FACTS_LEFT, baseline, ticket.short_code, SHORT_CODE)


def _draw_fact(paper: Paper, y: float, label: str, value: str) -> float:
    """A label and its value below. Returns the value's last baseline."""
    paper.text(FACTS_LEFT, y, label, LABEL)
    fitted = fit_or_cut(
        value, paper.fonts.regular, width=FACTS_WIDTH, largest=VALUE.size, smallest=8, max_lines=2
    )
    style = VALUE.sized(fitted.size)
    return paper.lines(FACTS_LEFT, y + 5 * MM, fitted.lines, style) - style.line_height


def _fit_name(ticket: Ticket, fonts: Fonts) -> FittedText:
    return fit(ticket.name, fonts.bold, width=NAME_WIDTH, largest=LARGEST_NAME, height=NAME_HEIGHT)


def _draw_advice(paper: Paper, ticket: Ticket, labels: Labels) -> None:
    y = CARD_TOP + CARD_HEIGHT + 15 * MM
    paper.text(MARGIN, y, labels.at_the_door, HEADING, role="H2")
    y = _draw_steps(paper, y + 7 * MM, labels.steps)
    _draw_link(paper, y + 7 * MM, ticket.link, labels)
    foot = paper.height - 14 * MM
    paper.rule(MARGIN, foot - 5 * MM, TEXT_WIDTH)
    paper.text(MARGIN, foot, f"{labels.organiser}: {in_sentence(ticket.event.organiser)}", SMALL)


def _draw_steps(paper: Paper, y: float, steps: Sequence[str]) -> float:
    """A numbered list. Returns the baseline for what follows."""
    with paper.group("L"):
        for number, step in enumerate(steps, start=1):
            with paper.group("LI"):
                paper.text(MARGIN, y, f"{number}.", BODY, role="Lbl")
                width = TEXT_WIDTH - 7 * MM
                y = paper.paragraph(MARGIN + 7 * MM, y, step, BODY, width=width, role="LBody") + 1 * MM
    return y


def _draw_link(paper: Paper, y: float, address: str, labels: Labels) -> None:
    paper.text(MARGIN, y, labels.your_registration, HEADING, role="H2")
    y = paper.paragraph(MARGIN, y + 7 * MM, labels.link, BODY, width=TEXT_WIDTH)
    with paper.group("P"), paper.tagged("Link"):
        end = paper.paragraph(MARGIN, y, address, LINK, width=TEXT_WIDTH)
        paper.link(MARGIN, y - LINK.size, TEXT_WIDTH, end - y, address)
