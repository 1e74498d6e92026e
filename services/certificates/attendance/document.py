"""The two lists of an event day: who signs in the morning, and who was there when, with all that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.certificates.documents import dates
from services.certificates.documents.bidi import in_sentence
from services.certificates.documents.event import EventFacts
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.listing import (
    CLOSING_HEADING,
    EVENT_TITLE,
    FACT,
    KIND,
    MARGIN,
    Listing,
    Paragraph,
    draw_listing,
)
from services.certificates.documents.paper import A4, A4_LANDSCAPE, MM, MUTED, Paper, Size, Style
from services.certificates.documents.problems import Problem, check
from services.certificates.documents.table import Cells, Column, LaidRow, lay_out

# High enough for a signature by hand.
SIGNATURE_ROW = 11 * MM
EVIDENCE_ROW = 7 * MM

NUMBER = Style(9, colour=MUTED, leading=1.3)
NAME = Style(10.5, "bold", leading=1.3)
CELL = Style(9.5, leading=1.3)
EVIDENCE_NAME = Style(9, "bold", leading=1.3)
EVIDENCE_CELL = Style(8.5, leading=1.35)


@dataclass(frozen=True, slots=True)
class ExpectedPerson:
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """The list for signatures by hand, `persons` in the order of the paper, then empty rows for walk-ins."""

    event: EventFacts
    persons: Sequence[ExpectedPerson]
    funding_reference: str
    language: str
    drawn_at: datetime
    walk_in_rows: int = 8


@dataclass(frozen=True, slots=True)
class EvidenceStay:
    """One stay. `left_at` is None where no scan ended it; then it is counted until `counted_until`.

    `is_open` marks what the organiser has to look at; `is_corrected` what a correction added.
    """

    came_at: datetime
    left_at: datetime | None
    counted_until: datetime
    is_open: bool = False
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class AddedStay:
    """A correction that added a stay, with its reason and author."""

    came_at: datetime
    left_at: datetime
    reason: str
    author: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StruckScan:
    """A correction that struck a scan, with its reason and author."""

    scanned_at: datetime
    direction: Literal["in", "out"]
    reason: str
    author: str
    made_at: datetime


Correction = AddedStay | StruckScan


@dataclass(frozen=True, slots=True)
class EvidencePerson:
    """`minutes` are attended programme minutes, breaks left out; without a stay the person never came."""

    name: str
    organisation: str
    stays: Sequence[EvidenceStay]
    minutes: int
    is_due: bool
    corrections: Sequence[Correction] = ()

    @property
    def has_open_stay(self) -> bool:
        return any(stay.is_open for stay in self.stays)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the list proves. `required_minutes` is what a confirmation demands of `programme_minutes`."""

    event: EventFacts
    persons: Sequence[EvidencePerson]
    programme_minutes: int
    required_minutes: int
    funding_reference: str
    language: str
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class Labels:
    sign_in_sheet: str
    evidence_list: str
    organiser: str
    funding_reference: str
    number: str
    name: str
    organisation: str
    signature: str
    came: str
    left: str
    minutes: str
    due: str
    due_yes: str
    due_no: str
    never_came: str
    open_stay: str
    programme_end: str
    added: str
    corrections: str
    added_stay: str
    struck_scan: str
    directions: dict[str, str]
    because: str
    summary: str
    totals: tuple[str, ...]
    how: str
    rules: tuple[str, ...]
    as_of: str
    page: str


LABELS = {
    "de": Labels(
        sign_in_sheet="Anwesenheitsliste",
        evidence_list="Anwesenheitsnachweis",
        organiser="Veranstalter: {organiser}",
        funding_reference="Förderkennzeichen: {reference}",
        number="Nr.",
        name="Name",
        organisation="Organisation",
        signature="Unterschrift",
        came="Gekommen",
        left="Gegangen",
        minutes="Minuten",
        due="Bestätigung",
        due_yes="ja",
        due_no="nein",
        never_came="nicht erschienen",
        open_stay="offen (bis {time})",
        programme_end="{time} (Programmende)",
        added="{time} (Korrektur)",
        corrections="Korrekturen",
        added_stay="Aufenthalt {time} ergänzt",
        struck_scan="Scan {direction} {time} gestrichen",
        directions={"in": "Eingang", "out": "Ausgang"},
        because="{what}: {reason} ({author}, {when})",
        summary="Summen",
        totals=(
            "Angemeldet: {registered} · erschienen: {arrived} · offene Aufenthalte: {open}",
            "Bestätigungen fällig: {due} · angerechnete Zeit zusammen: {hours}",
        ),
        how="So wird gezählt",
        rules=(
            "Gezählt wird die Zeit zwischen Eingang und Ausgang, soweit in ihr Programm läuft: {programme} Minuten "
            "ohne Pausen. Angebrochene Minuten fallen weg.",
            "„Offen“ heißt: Der Ausgang fehlt. Der Aufenthalt endet dann mit dem Programm und ist zu prüfen.",
            "Eine Bestätigung ist ab {required} Minuten fällig. Korrekturen ergänzen Aufenthalte oder streichen "
            "Scans; Minuten werden nie von Hand gesetzt.",
        ),
        as_of="Stand: {when} Uhr",
        page="Seite {page} von {pages}",
    ),
    "en": Labels(
        sign_in_sheet="Sign-in sheet",
        evidence_list="Evidence of attendance",
        organiser="Organiser: {organiser}",
        funding_reference="Funding reference: {reference}",
        number="No.",
        name="Name",
        organisation="Organisation",
        signature="Signature",
        came="In",
        left="Out",
        minutes="Minutes",
        due="Confirmation",
        due_yes="yes",
        due_no="no",
        never_came="did not come",
        open_stay="open (until {time})",
        programme_end="{time} (programme's end)",
        added="{time} (correction)",
        corrections="Corrections",
        added_stay="Stay {time} added",
        struck_scan="Scan {direction} {time} struck",
        directions={"in": "in", "out": "out"},
        because="{what}: {reason} ({author}, {when})",
        summary="Totals",
        totals=(
            "Registered: {registered} · arrived: {arrived} · open stays: {open}",
            "Confirmations due: {due} · attended time in all: {hours}",
        ),
        how="How minutes are counted",
        rules=(
            "What counts is the time between in and out in which the programme runs: {programme} minutes without "
            "breaks. Minutes that were only begun are dropped.",
            "“Open” means that the exit is missing. The stay then ends with the programme and needs a review.",
            "A confirmation is due from {required} minutes on. Corrections add stays or strike scans; minutes are "
            "never set by hand.",
        ),
        as_of="As of {when}",
        page="Page {page} of {pages}",
    ),
}


def draw_sign_in_sheet(sheet: SignInSheet, *, fonts: Fonts | None = None) -> bytes:
    """The PDF. The same sheet gives the same bytes. Raises MissingGlyphs and ForbiddenCharacters."""
    labels = _labels(sheet.language)
    paper = _paper(A4, labels.sign_in_sheet, sheet, fonts)
    columns = _sign_in_columns(paper, labels)
    persons = [(person.name, person.organisation) for person in sheet.persons]
    filled = [*persons, *[("", "")] * sheet.walk_in_rows]
    cells = [
        ((str(number),), (name,), (organisation,), ())
        for number, (name, organisation) in enumerate(filled, 1)
    ]
    rows = lay_out(columns, cells, paper.fonts, min_height=SIGNATURE_ROW)
    draw_listing(paper, _listing(labels.sign_in_sheet, sheet, columns, rows, summary=()))
    return paper.finish()


def draw_evidence_list(evidence: Evidence, *, fonts: Fonts | None = None) -> bytes:
    """The PDF. The same evidence gives the same bytes. Raises MissingGlyphs and ForbiddenCharacters."""
    labels = _labels(evidence.language)
    paper = _paper(A4_LANDSCAPE, labels.evidence_list, evidence, fonts)
    columns = _evidence_columns(paper, labels)
    cells = [
        _evidence_cells(number, person, evidence, labels) for number, person in enumerate(evidence.persons, 1)
    ]
    rows = lay_out(columns, cells, paper.fonts, min_height=EVIDENCE_ROW)
    summary = _summary(evidence, labels)
    draw_listing(paper, _listing(labels.evidence_list, evidence, columns, rows, summary=summary))
    return paper.finish()


def sign_in_problems(sheet: SignInSheet, *, fonts: Fonts | None = None) -> list[Problem]:
    """What `draw_sign_in_sheet` would refuse; `field` is `persons.<place>.name` and so on."""
    texts = _event_texts(sheet)
    for place, person in enumerate(sheet.persons):
        texts[f"persons.{place}.name"] = person.name
        texts[f"persons.{place}.organisation"] = person.organisation
    return check(texts, fonts=fonts)


def evidence_problems(evidence: Evidence, *, fonts: Fonts | None = None) -> list[Problem]:
    """What `draw_evidence_list` would refuse; `field` is `persons.<place>.name` and so on."""
    texts = _event_texts(evidence)
    for place, person in enumerate(evidence.persons):
        texts[f"persons.{place}.name"] = person.name
        texts[f"persons.{place}.organisation"] = person.organisation
        for index, correction in enumerate(person.corrections):
            texts[f"persons.{place}.corrections.{index}.reason"] = _one_line(correction.reason)
            texts[f"persons.{place}.corrections.{index}.author"] = correction.author
    return check(texts, fonts=fonts)


def _event_texts(page: SignInSheet | Evidence) -> dict[str, str]:
    return {
        "event.title": page.event.title,
        "event.organiser": page.event.organiser,
        "event.place": page.event.place,
        "funding_reference": page.funding_reference,
    }


def _labels(language: str) -> Labels:
    return LABELS.get(language, LABELS["en"])


def _paper(size: Size, kind: str, page: SignInSheet | Evidence, fonts: Fonts | None) -> Paper:
    return Paper(
        size,
        title=f"{kind} – {page.event.title}",
        author=page.event.organiser,
        language=page.language,
        drawn_at=page.drawn_at,
        fonts=fonts,
    )


def _sign_in_columns(paper: Paper, labels: Labels) -> list[Column]:
    width = paper.width - 2 * MARGIN
    fixed = 11 * MM, 57 * MM, 54 * MM
    return [
        Column(labels.number, fixed[0], NUMBER, "right"),
        Column(labels.name, fixed[1], NAME, names_row=True),
        Column(labels.organisation, fixed[2], CELL),
        Column(labels.signature, width - sum(fixed), CELL),
    ]


def _evidence_columns(paper: Paper, labels: Labels) -> list[Column]:
    width = paper.width - 2 * MARGIN
    fixed = 10 * MM, 51 * MM, 50 * MM, 20 * MM, 33 * MM, 16 * MM, 20 * MM
    headings = (
        labels.number,
        labels.name,
        labels.organisation,
        labels.came,
        labels.left,
        labels.minutes,
        labels.due,
    )
    styles = (NUMBER, EVIDENCE_NAME, *[EVIDENCE_CELL] * 5)
    columns = [
        Column(
            heading,
            column,
            style,
            "right" if heading in (labels.number, labels.minutes) else "left",
            names_row=heading == labels.name,
        )
        for heading, column, style in zip(headings, fixed, styles, strict=True)
    ]
    return [*columns, Column(labels.corrections, width - sum(fixed), EVIDENCE_CELL)]


def _evidence_cells(number: int, person: EvidencePerson, evidence: Evidence, labels: Labels) -> Cells:
    came = [_time(stay.came_at, evidence) for stay in person.stays]
    left = [_left(stay, evidence, labels) for stay in person.stays]
    return (
        (str(number),),
        (person.name,),
        (person.organisation,),
        came or (labels.never_came,),
        left,
        (str(person.minutes),),
        (labels.due_yes if person.is_due else labels.due_no,),
        [_explained(correction, evidence, labels) for correction in person.corrections],
    )


def _left(stay: EvidenceStay, evidence: Evidence, labels: Labels) -> str:
    """When a stay ended and, in words, what ended it where that was no scan."""
    time = _time(stay.left_at or stay.counted_until, evidence)
    if stay.is_open:
        return labels.open_stay.format(time=time)
    if stay.is_corrected:
        return labels.added.format(time=time)
    return labels.programme_end.format(time=time) if stay.left_at is None else time


def _explained(correction: Correction, evidence: Evidence, labels: Labels) -> str:
    event = evidence.event
    if isinstance(correction, AddedStay):
        time = f"{_time(correction.came_at, evidence)}–{_time(correction.left_at, evidence)}"
        what = labels.added_stay.format(time=time)
    else:
        direction = labels.directions[correction.direction]
        what = labels.struck_scan.format(direction=direction, time=_time(correction.scanned_at, evidence))
    when = dates.moment(correction.made_at, event.timezone, evidence.language)
    return labels.because.format(
        what=what,
        reason=in_sentence(_one_line(correction.reason)),
        author=in_sentence(correction.author),
        when=when,
    )


def _one_line(text: str) -> str:
    """A reason may have been typed with line breaks; a cell breaks its lines itself."""
    return " ".join(text.split())


def _time(instant: datetime, evidence: Evidence) -> str:
    """The time of day, with its date where the event has several days."""
    event = evidence.event
    if event.is_on_one_day:
        return dates.clock(instant, event.timezone)
    return dates.moment(instant, event.timezone, evidence.language)


def _summary(evidence: Evidence, labels: Labels) -> list[Paragraph]:
    persons = evidence.persons
    figures = {
        "registered": len(persons),
        "arrived": sum(bool(person.stays) for person in persons),
        "open": sum(stay.is_open for person in persons for stay in person.stays),
        "due": sum(person.is_due for person in persons),
        "hours": dates.hours_and_minutes(sum(person.minutes for person in persons), evidence.language),
        "programme": evidence.programme_minutes,
        "required": evidence.required_minutes,
    }
    return [
        Paragraph(labels.summary, CLOSING_HEADING, "H2"),
        *[Paragraph(line.format(**figures), FACT) for line in labels.totals],
        Paragraph("", FACT),
        Paragraph(labels.how, CLOSING_HEADING, "H2"),
        *[Paragraph(line.format(**figures), FACT) for line in labels.rules],
    ]


def _listing(
    kind: str,
    page: SignInSheet | Evidence,
    columns: Sequence[Column],
    rows: Sequence[LaidRow],
    *,
    summary: Sequence[Paragraph],
) -> Listing:
    labels = _labels(page.language)
    as_of = dates.moment(page.drawn_at, page.event.timezone, page.language)
    return Listing(
        head=_head(kind, page, labels),
        columns=columns,
        rows=rows,
        closing=summary,
        as_of=labels.as_of.format(when=as_of),
        page=labels.page,
    )


def _head(kind: str, page: SignInSheet | Evidence, labels: Labels) -> list[Paragraph]:
    event = page.event
    head = [
        Paragraph(kind, KIND, "H1"),
        Paragraph(event.title, EVENT_TITLE),
        Paragraph(f"{event.when(page.language)} · {event.place}", FACT),
        Paragraph(labels.organiser.format(organiser=in_sentence(event.organiser)), FACT),
    ]
    if page.funding_reference:
        head.append(Paragraph(labels.funding_reference.format(reference=page.funding_reference), FACT))
    return head
