"""The report across events on paper: what a funder files, with a line for the organiser's signature."""

from dataclasses import dataclass
from datetime import datetime

from services.certificates.documents import dates
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.listing import (
    CLOSING_HEADING,
    EVENT_TITLE,
    FACT,
    KIND,
    MARGIN,
    SMALL,
    Listing,
    Paragraph,
    draw_listing,
)
from services.certificates.documents.paper import A4_LANDSCAPE, INK, MM, MUTED, Paper, Style
from services.certificates.documents.table import CELL_MARGIN, HEAD, Cells, Column, lay_out
from services.certificates.report.figures import EventFigures, Period, Report
from shared.kit.i18n import Locale, format_number, localised

ROW_HEIGHT = 7 * MM
DAY = Style(9, colour=MUTED, leading=1.3)
TITLE = Style(9, "bold", leading=1.3)
CELL = Style(8.5, leading=1.35)
# A line to sign on needs the height of a hand.
SIGNATURE_ROOM = 22 * MM
SIGNATURE_WIDTH = 80 * MM


@dataclass(frozen=True, slots=True)
class FunderReport:
    """A report whose texts can be printed, in one language."""

    report: Report
    period: Period
    language: Locale
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class Labels:
    kind: str
    period: str
    organisers: str
    references: str
    day: str
    event: str
    place: str
    reference: str
    registered: str
    arrived: str
    no_shows: str
    organisations: str
    hours: str
    confirmations: str
    none: str
    together: str
    totals: tuple[str, ...]
    how: str
    rules: tuple[str, ...]
    signed: tuple[str, str]
    as_of: str
    page: str


LABELS: dict[Locale, Labels] = {
    "de": Labels(
        kind="Bericht über Veranstaltungen",
        period="Zeitraum: {first} – {last}",
        organisers="Veranstalter: {organisers}",
        references="Förderkennzeichen: {references}",
        day="Datum",
        event="Veranstaltung",
        place="Ort",
        reference="Förderkennzeichen",
        registered="Angemeldet",
        arrived="Erschienen",
        no_shows="Gefehlt",
        organisations="Organisationen",
        hours="Stunden",
        confirmations="Bestätigungen",
        none="In diesem Zeitraum fand keine Veranstaltung statt.",
        together="Zusammen",
        totals=(
            "Veranstaltungen: {events} · angemeldet: {registered} · erschienen: {arrived} · "
            "nicht erschienen: {no_shows}",
            "Verschiedene Personen: {people} · verschiedene Organisationen: {organisations} · "
            "angerechnete Zeit: {hours} Stunden · gültige Bestätigungen: {confirmations}",
        ),
        how="So wird gezählt",
        rules=(
            "Erschienen ist, wer an der Tür gescannt oder mit Begründung nachgetragen wurde. Stunden sind die Zeit "
            "zwischen Eingang und Ausgang, soweit in ihr Programm läuft, ohne Pausen; was zugleich läuft, zählt einmal.",
            "Personen werden nach der Mailadresse unterschieden, Organisationen nach dem Namen. Wer an mehreren "
            "Veranstaltungen teilnahm, ist eine Person. Niemand wird genannt: Die Anwesenheitsnachweise der einzelnen "
            "Veranstaltungen belegen die Zahlen.",
        ),
        signed=("Ort, Datum", "Unterschrift des Veranstalters"),
        as_of="Stand: {when} Uhr",
        page="Seite {page} von {pages}",
    ),
    "en": Labels(
        kind="Report on events",
        period="Period: {first} – {last}",
        organisers="Organiser: {organisers}",
        references="Funding reference: {references}",
        day="Date",
        event="Event",
        place="Place",
        reference="Funding reference",
        registered="Registered",
        arrived="Arrived",
        no_shows="No-shows",
        organisations="Organisations",
        hours="Hours",
        confirmations="Confirmations",
        none="There was no event in this period.",
        together="Together",
        totals=(
            "Events: {events} · registered: {registered} · arrived: {arrived} · no-shows: {no_shows}",
            "Different people: {people} · different organisations: {organisations} · attended time: {hours} hours · "
            "valid confirmations: {confirmations}",
        ),
        how="How it is counted",
        rules=(
            "Arrived is who was scanned at the door, or was added with a reason. Hours are the time between in and out "
            "in which the programme runs, without breaks; what runs at once counts once.",
            "People are told apart by mail address, organisations by name. Who took part in several events is one "
            "person. Nobody is named: the evidence of attendance of each event bears the figures out.",
        ),
        signed=("Place, date", "Signature of the organiser"),
        as_of="As of {when}",
        page="Page {page} of {pages}",
    ),
}


def draw(of: FunderReport, *, fonts: Fonts | None = None) -> bytes:
    """The PDF. The same report gives the same bytes. Raises MissingGlyphs and ForbiddenCharacters."""
    report, labels = of.report, LABELS[of.language]
    paper = Paper(
        A4_LANDSCAPE,
        title=f"{labels.kind}, {_period(of)}",
        author=", ".join(report.organisers),
        language=of.language,
        drawn_at=of.drawn_at,
        fonts=fonts,
    )
    columns = _columns(paper, report, labels)
    cells = [_cells(each, report, of.language) for each in report.events]
    listing = Listing(
        head=_head(of, labels),
        columns=columns,
        rows=lay_out(columns, cells, paper.fonts, min_height=ROW_HEIGHT),
        closing=_closing(of, labels),
        as_of=labels.as_of.format(when=_drawn(of)),
        page=labels.page,
        tail=SIGNATURE_ROOM,
    )
    _draw_lines_to_sign(paper, draw_listing(paper, listing) + SIGNATURE_ROOM - 4 * MM, labels)
    return paper.finish()


def _head(of: FunderReport, labels: Labels) -> list[Paragraph]:
    head = [Paragraph(labels.kind, KIND, "H1"), Paragraph(labels.period.format(**_ends(of)), EVENT_TITLE)]
    if organisers := ", ".join(of.report.organisers):
        head.append(Paragraph(labels.organisers.format(organisers=organisers), FACT))
    if len(of.report.references) == 1:
        head.append(Paragraph(labels.references.format(references=of.report.references[0]), FACT))
    return head


def _columns(paper: Paper, report: Report, labels: Labels) -> list[Column]:
    """The reference of each event stands in a column where there is more than one."""
    reference = [Column(labels.reference, 34 * MM, CELL)] if len(report.references) > 1 else []
    numbers = (
        labels.registered,
        labels.arrived,
        labels.no_shows,
        labels.organisations,
        labels.hours,
        labels.confirmations,
    )
    gap = 2 * CELL_MARGIN + 1 * MM
    figures = [Column(each, paper.width_of(each, HEAD) + gap, CELL, "right") for each in numbers]
    day = Column(labels.day, 21 * MM, DAY)
    rest = paper.width - 2 * MARGIN - sum(each.width for each in (day, *reference, *figures))
    return [
        day,
        Column(labels.event, 0.58 * rest, TITLE, names_row=True),
        Column(labels.place, 0.42 * rest, CELL),
        *reference,
        *figures,
    ]


def _cells(each: EventFigures, report: Report, language: Locale) -> Cells:
    event = each.event
    texts = [dates.short_day(event.day, language), localised(event.title, language), event.place]
    texts += [event.reference] if len(report.references) > 1 else []
    numbers = (
        each.registered,
        each.arrived,
        each.no_shows,
        len(each.organisations),
        each.hours,
        each.confirmations,
    )
    return [(text,) for text in (*texts, *(format_number(number, language) for number in numbers))]


def _closing(of: FunderReport, labels: Labels) -> list[Paragraph]:
    report = of.report
    totals = {
        "events": len(report.events),
        "registered": report.registered,
        "arrived": report.arrived,
        "no_shows": report.no_shows,
        "people": report.people,
        "organisations": report.organisations,
        "hours": report.hours,
        "confirmations": report.confirmations,
    }
    shown = {name: format_number(number, of.language) for name, number in totals.items()}
    return [
        *([] if report.events else [Paragraph(labels.none, FACT)]),
        Paragraph(labels.together, CLOSING_HEADING, "H2"),
        *[Paragraph(line.format(**shown), FACT) for line in labels.totals],
        Paragraph("", FACT),
        Paragraph(labels.how, CLOSING_HEADING, "H2"),
        *[Paragraph(line, FACT) for line in labels.rules],
    ]


def _draw_lines_to_sign(paper: Paper, y: float, labels: Labels) -> None:
    for place, words in enumerate(labels.signed):
        x = MARGIN + place * (SIGNATURE_WIDTH + 12 * MM)
        paper.rule(x, y - 4.5 * MM, SIGNATURE_WIDTH, paint=INK)
        paper.text(x, y, words, SMALL)


def _period(of: FunderReport) -> str:
    return "{first} – {last}".format(**_ends(of))


def _ends(of: FunderReport) -> dict[str, str]:
    return {
        "first": dates.day(of.period.first, of.language),
        "last": dates.day(of.period.last, of.language),
    }


def _drawn(of: FunderReport) -> str:
    """On the clock of the place of the last event."""
    zone = of.report.events[-1].event.timezone if of.report.events else "UTC"
    return dates.moment(of.drawn_at, zone, of.language)
