"""A confirmation of any kind: one A4 page (two for a long programme) that chambers and funders accept.

What the confirmations of an event have in common is drawn once, like a preprinted form with gaps for the name, the
hours, the number and the code; each confirmation is a copy of it, filled in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from services.certificates.confirmations.kinds import Kind
from services.certificates.documents import dates
from services.certificates.documents.bidi import in_sentence
from services.certificates.documents.event import EventFacts
from services.certificates.documents.fitting import DoesNotFit, FittedText, before_more, fit, wrap
from services.certificates.documents.fonts import Fonts, load_fonts
from services.certificates.documents.paper import A4, ACCENT, INK, MM, MUTED, Gap, Paper, Style
from services.certificates.documents.problems import Problem, Reason, check
from services.certificates.documents.qr import encode
from services.certificates.documents.shaping import ShapedText
from services.certificates.documents.signature import Room
from services.certificates.documents.structure import HEAD_OF_ROW, head_of_columns

# DIN 5008 leaves 25 mm at the left for filing, 20 mm at the right.
LEFT = 25 * MM
RIGHT = 20 * MM
TEXT_WIDTH = A4[0] - LEFT - RIGHT
TIME_WIDTH = 30 * MM
VALUE_LEFT = LEFT + 38 * MM
QR_SIDE = 30 * MM
# The signature and the QR code stand at the foot of the last page, above the line with the number.
SIGNATURE_TOP = A4[1] - 66 * MM
SIGNATURE_WIDTH = 80 * MM
PAGE_BOTTOM = A4[1] - 24 * MM
CONTINUED_TOP = 28 * MM
FOOT = A4[1] - 13 * MM
# A "Unterrichtseinheit": the unit in which German chambers and funders count training.
TEACHING_UNIT = 45
LARGEST_NAME = 25.0
NAME_HEIGHT = 22 * MM
# Arabic letters reach half their size below the baseline.
NAME_GAP = 9 * MM

KIND = Style(26, "bold", ACCENT)
ORGANISER = Style(11, "bold")
NAME = Style(LARGEST_NAME, "bold", leading=1.2)
ORGANISATION = Style(11.5, colour=MUTED)
BODY = Style(10.5, leading=1.45)
EVENT_TITLE = Style(15, "bold", leading=1.25)
LABEL = Style(9, colour=MUTED)
VALUE = Style(10.5, leading=1.35)
STRONG = Style(10.5, "bold", leading=1.35)
HEADING = Style(10.5, "bold", ACCENT)
ROW = Style(9.5, leading=1.32)
DAY = Style(9.5, "bold", leading=1.32)
SPEAKER = Style(8.5, colour=MUTED, leading=1.32)
SMALL = Style(8, colour=MUTED, leading=1.4)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session as the confirmation lists it. `speakers` are persons or organisations, in one line."""

    title: str
    starts_at: datetime
    minutes: int
    speakers: str = ""
    is_break: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is confirmed. `attended_minutes` and `programme_minutes` are net: breaks are in neither.

    For the confirmation of one session both are that session's; who spoke has none. `address` is the public
    verification page of this confirmation, or empty where there is none; `language` is the attendee's; `replaces` is the number of the
    version before this one.
    """

    event: EventFacts
    name: str
    organisation: str
    sessions: Sequence[SessionFacts]
    attended_minutes: int
    programme_minutes: int
    number: str
    address: str
    language: str
    issued_at: datetime
    room: Room | None = None
    """Where it will be signed electronically: the room for that."""
    kind: Kind = Kind.ATTENDANCE
    replaces: str = ""

    @property
    def teaching_units(self) -> int:
        """Whole units of 45 minutes; what is begun is not counted."""
        return self.attended_minutes // TEACHING_UNIT


@dataclass(frozen=True, slots=True)
class Labels:
    kind: str
    organiser_confirms: str
    took_part: str
    when: str
    place: str
    attended: str
    attended_value: str
    units: str
    unit: str
    units_value: str
    content: str
    proof: str
    issued: str
    signature: str
    signed: str
    verify: str
    qr: str
    number: str
    replacing: str
    page: str


LABELS = {
    "de": Labels(
        kind="Teilnahmebestätigung",
        organiser_confirms="{organiser} bestätigt hiermit:",
        took_part="hat teilgenommen an der Veranstaltung",
        when="Datum und Zeit",
        place="Ort",
        attended="Anwesenheit",
        attended_value="{attended} netto, ohne Pausen (Programm: {programme})",
        units="Umfang",
        unit="{units} Unterrichtseinheit zu 45 Minuten",
        units_value="{units} Unterrichtseinheiten zu 45 Minuten",
        content="Inhalt",
        proof=(
            "Die Anwesenheit ist durch Zeiten am Einlass nachgewiesen. "
            "Angebrochene Minuten und Einheiten sind nicht gezählt."
        ),
        issued="Ausgestellt am {day}",
        signature="Unterschrift, {organiser}",
        signed="Elektronisch signiert: {signer}",
        verify="Echtheit prüfen:",
        qr="QR-Code, der zur Prüfung der Echtheit führt",
        number="Nr. {number}",
        replacing="Nr. {number}, ersetzt Nr. {replaces}",
        page="Seite {page} von {pages}",
    ),
    "en": Labels(
        kind="Confirmation of attendance",
        organiser_confirms="{organiser} confirms that",
        took_part="attended the event",
        when="Date and time",
        place="Place",
        attended="Attendance",
        attended_value="{attended} net, without breaks (programme: {programme})",
        units="Scope",
        unit="{units} teaching unit of 45 minutes",
        units_value="{units} teaching units of 45 minutes",
        content="Content",
        proof="Attendance is proven by times at the door; minutes and units that were only begun are not counted.",
        issued="Issued on {day}",
        signature="Signature, {organiser}",
        signed="Electronically signed: {signer}",
        verify="Verify at:",
        qr="QR code that leads to the verification page",
        number="No. {number}",
        replacing="No. {number}, replaces No. {replaces}",
        page="Page {page} of {pages}",
    ),
}

# What other kinds say instead.
OF_KIND: dict[str, dict[Kind, dict[str, str]]] = {
    "de": {
        Kind.ATTENDANCE: {},
        Kind.HOURS: {"kind": "Zertifikat", "attended": "Stunden"},
        Kind.TEACHING_UNITS: {"kind": "Bescheinigung über Unterrichtseinheiten"},
        Kind.SPEAKER: {
            "kind": "Dank für die Mitwirkung",
            "organiser_confirms": "{organiser} dankt herzlich:",
            "took_part": "hat als Referentin oder Referent mitgewirkt an der Veranstaltung",
            "content": "Beiträge laut Programm",
            "proof": "Die Beiträge sind dem veröffentlichten Programm entnommen.",
        },
        Kind.SESSION: {
            "took_part": "hat an dem unten genannten Teil der Veranstaltung teilgenommen:",
            "attended_value": "{attended} netto (dieser Teil: {programme})",
            "content": "Teil der Veranstaltung",
            "proof": (
                "Die Anwesenheit ist durch Zeiten am Einlass nachgewiesen. "
                "Zeit, in der mehrere Teile zugleich liefen, zählt nur für einen."
            ),
        },
    },
    "en": {
        Kind.ATTENDANCE: {},
        Kind.HOURS: {"kind": "Certificate", "attended": "Hours"},
        Kind.TEACHING_UNITS: {"kind": "Certificate of teaching units"},
        Kind.SPEAKER: {
            "kind": "With thanks to our speaker",
            "organiser_confirms": "{organiser} sincerely thanks",
            "took_part": "for speaking at the event",
            "content": "Contributions to the programme",
            "proof": "The contributions are those of the published programme.",
        },
        Kind.SESSION: {
            "took_part": "attended the part of the event that is named below:",
            "attended_value": "{attended} net (this part: {programme})",
            "content": "Part of the event",
            "proof": (
                "Attendance is proven by times at the door. "
                "Time in which several parts ran at once counts for one of them only."
            ),
        },
    },
}
# The lines about time, in their order.
TIME_LINES: dict[Kind, tuple[str, ...]] = {
    Kind.ATTENDANCE: ("attended", "units"),
    Kind.HOURS: ("attended",),
    Kind.TEACHING_UNITS: ("units", "attended"),
    Kind.SPEAKER: (),
    Kind.SESSION: ("attended", "units"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """What confirmations share that look alike but for what is filled in."""

    kind: Kind
    is_provable: bool
    event: EventFacts
    sessions: tuple[SessionFacts, ...]
    language: str
    name_lines: int
    organisation_lines: int
    room: Room | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the programme, or the date above a day's lines."""

    time: str
    title: str
    speakers: str
    is_break: bool = False
    is_day: bool = False


def draw(confirmation: Confirmation, *, fonts: Fonts | None = None) -> bytes:
    """The PDF. The same confirmation gives the same bytes.

    Raises MissingGlyphs, ForbiddenCharacters and DoesNotFit: ask `problems_of` first.
    """
    stack = fonts or load_fonts()
    name = _fit_name(confirmation.name, stack)
    organisation = _wrap_organisation(confirmation.organisation, stack)
    form = Form(
        confirmation.kind,
        bool(confirmation.address),
        confirmation.event,
        tuple(confirmation.sessions),
        confirmation.language,
        len(name.lines),
        len(organisation),
        confirmation.room,
    )
    paper = _preprinted(form, stack).copy(confirmation.issued_at)
    with paper.filling("name") as gap:
        style = NAME.sized(name.size)
        paper.lines(gap.x, gap.y - (len(name.lines) - 1) * style.line_height, name.lines, style)
    if organisation:
        with paper.filling("organisation") as gap:
            paper.lines(gap.x, gap.y, organisation, ORGANISATION)
    _fill_in(paper, confirmation, _labels(form.language, form.kind))
    return paper.finish()


def problems_of(confirmation: Confirmation, *, fonts: Fonts | None = None) -> list[Problem]:
    """What `draw` would refuse, named by the field."""
    stack = fonts or load_fonts()
    event = confirmation.event
    texts = {
        "name": confirmation.name,
        "organisation": confirmation.organisation,
        "event.title": event.title,
        "event.organiser": event.organiser,
        "event.place": event.place,
        "number": confirmation.number,
    }
    for index, session in enumerate(confirmation.sessions):
        texts[f"sessions.{index}.title"] = session.title
        texts[f"sessions.{index}.speakers"] = session.speakers
    return check(texts, fonts=stack) or _too_long(confirmation, stack)


def _too_long(confirmation: Confirmation, fonts: Fonts) -> list[Problem]:
    found = []
    for field, text, fitting in (
        ("name", confirmation.name, _fit_name),
        ("event.title", confirmation.event.title, _fit_title),
    ):
        try:
            fitting(text, fonts)
        except DoesNotFit:
            found.append(Problem(field, text, Reason.TOO_LONG))
    return found


@cache
def _labels(language: str, kind: Kind) -> Labels:
    known = language if language in LABELS else "en"
    return replace(LABELS[known], **OF_KIND[known][kind])


def _fit_name(name: str, fonts: Fonts) -> FittedText:
    return fit(name, fonts.bold, width=TEXT_WIDTH, largest=LARGEST_NAME, height=NAME_HEIGHT)


def _wrap_organisation(organisation: str, fonts: Fonts) -> Sequence[ShapedText]:
    if not organisation:
        return ()
    return wrap(organisation, fonts.regular, size=ORGANISATION.size, width=TEXT_WIDTH)


def _fit_title(title: str, fonts: Fonts) -> FittedText:
    return fit(title, fonts.bold, width=TEXT_WIDTH, largest=EVENT_TITLE.size)


# A run has a handful: names on one line or two, with and without an organisation, in two languages.
@lru_cache(maxsize=32)
def _preprinted(form: Form, fonts: Fonts) -> Paper:
    labels = _labels(form.language, form.kind)
    paper = Paper(
        A4,
        title=f"{labels.kind} – {form.event.title}",
        author=form.event.organiser,
        language=form.language,
        drawn_at=form.event.ends_at,
        fonts=fonts,
    )
    y = _draw_head(paper, form, labels)
    y = _draw_facts(paper, y, form, labels)
    pages = _pages(paper, y, _rows(form))
    for number, (top, rows) in enumerate(pages, start=1):
        if number > 1:
            paper.next_page()
        _draw_rows(paper, top, rows)
        if number < len(pages):
            _draw_page_foot(paper, labels, number, len(pages))
    _draw_signature(paper, form, labels)
    _draw_page_foot(paper, labels, len(pages), len(pages))
    return paper.preprint()


def _draw_head(paper: Paper, form: Form, labels: Labels) -> float:
    """Who, and at what. Returns the baseline for what follows."""
    organiser = form.event.organiser
    paper.area(0, 0, paper.width, 3 * MM, ACCENT)
    y = paper.paragraph(LEFT, 22 * MM, organiser, ORGANISER, width=TEXT_WIDTH)
    paper.text(LEFT, y + 9 * MM, labels.kind, KIND, role="H1")
    confirms = labels.organiser_confirms.format(organiser=in_sentence(organiser))
    y = paper.paragraph(LEFT, y + 21 * MM, confirms, BODY, width=TEXT_WIDTH)
    y += 0.3 * BODY.size + _height_of_name(form.name_lines)
    paper.leave("name", LEFT, y)
    y += NAME_GAP
    if form.organisation_lines:
        paper.leave("organisation", LEFT, y)
    y += form.organisation_lines * ORGANISATION.line_height
    paper.text(LEFT, y + 4.5 * MM, labels.took_part, BODY)
    title = _fit_title(form.event.title, paper.fonts)
    style = EVENT_TITLE.sized(title.size)
    return paper.lines(LEFT, y + 12.5 * MM, title.lines, style, role="H2") + 4 * MM


def _height_of_name(lines: int) -> float:
    """From above a name in its largest size to its last baseline; a smaller one stands on the same."""
    largest = min(LARGEST_NAME, NAME_HEIGHT / (lines * NAME.leading))
    return largest + (lines - 1) * largest * NAME.leading


def _draw_facts(paper: Paper, y: float, form: Form, labels: Labels) -> float:
    event = form.event
    for label, value in ((labels.when, event.when(form.language)), (labels.place, event.place)):
        paper.text(LEFT, y, label, LABEL)
        y = paper.paragraph(VALUE_LEFT, y, value, VALUE, width=LEFT + TEXT_WIDTH - VALUE_LEFT) + 0.8 * MM
    for name in TIME_LINES[form.kind]:
        paper.text(LEFT, y, getattr(labels, name), LABEL)
        paper.leave(name, VALUE_LEFT, y)
        y += STRONG.line_height + 0.8 * MM
    if form.kind is Kind.SPEAKER and not form.sessions:
        return y
    paper.text(LEFT, y + 6 * MM, labels.content, HEADING, role="H2")
    paper.rule(LEFT, y + 8 * MM, TEXT_WIDTH)
    return y + 13.5 * MM


def _rows(form: Form) -> list[Row]:
    """The programme in the order of its times; an event of several days has a date above each day."""
    zone = ZoneInfo(form.event.timezone)
    sessions = sorted(form.sessions, key=lambda session: session.starts_at)
    days = [
        (day, list(of_the_day))
        for day, of_the_day in groupby(
            sessions, key=lambda session: session.starts_at.astimezone(zone).date()
        )
    ]
    rows: list[Row] = []
    for day, of_the_day in days:
        if len(days) > 1:
            rows.append(Row("", dates.day(day, form.language), "", is_day=True))
        rows += [_row(session, form.event.timezone) for session in of_the_day]
    return rows


def _row(session: SessionFacts, zone: str) -> Row:
    time = dates.clock_span(session.starts_at, session.ends_at, zone)
    return Row(time, session.title, session.speakers, session.is_break)


def _pages(paper: Paper, top: float, rows: Sequence[Row]) -> list[tuple[float, Sequence[Row]]]:
    """The rows of each page with the baseline of its first; the last page keeps room for the signature."""
    pages: list[tuple[float, Sequence[Row]]] = []
    while top + sum(_height(paper, row) for row in rows) > SIGNATURE_TOP and len(rows) > 1:
        taken = _rows_that_fit(paper, PAGE_BOTTOM - top, rows)
        pages.append((top, rows[:taken]))
        rows, top = rows[taken:], CONTINUED_TOP
    return [*pages, (top, rows)]


def _rows_that_fit(paper: Paper, room: float, rows: Sequence[Row]) -> int:
    """At least one; at least one is left for the next page; and no date is left alone at a page's end."""
    taken = 0
    for row in rows[:-1]:
        room -= _height(paper, row)
        if room < 0:
            break
        taken += 1
    if taken > 1 and rows[taken - 1].is_day:
        taken -= 1
    return max(taken, 1)


def _height(paper: Paper, row: Row) -> float:
    title, speakers = _row_lines(paper, row)
    gap = 2.5 * MM if row.is_day else 1.4 * MM
    return len(title) * ROW.line_height + len(speakers) * SPEAKER.line_height + gap


def _row_lines(paper: Paper, row: Row) -> tuple[Sequence[ShapedText], Sequence[ShapedText]]:
    width = TEXT_WIDTH - TIME_WIDTH
    title = wrap(row.title, paper.fonts.of(_row_style(row).weight), size=ROW.size, width=width)
    speakers = wrap(row.speakers, paper.fonts.regular, size=SPEAKER.size, width=width) if row.speakers else ()
    return title, speakers


def _row_style(row: Row) -> Style:
    if row.is_day:
        return DAY
    return ROW.coloured(MUTED) if row.is_break else ROW


def _draw_rows(paper: Paper, y: float, rows: Sequence[Row]) -> None:
    if not rows:
        return
    with paper.group("Table"):
        for row in rows:
            with paper.group("TR"):
                _draw_row(paper, y, row)
            y += _height(paper, row)


def _draw_row(paper: Paper, y: float, row: Row) -> None:
    title, speakers = _row_lines(paper, row)
    style = _row_style(row)
    if row.is_day:
        with paper.tagged("TH", head_of_columns(2)):
            paper.lines(LEFT, y, title, style)
        return
    with paper.tagged("TH", HEAD_OF_ROW):
        paper.text(LEFT, y, row.time, style)
    with paper.tagged("TD"):
        below = paper.lines(LEFT + TIME_WIDTH, y, before_more(title) if speakers else title, style)
        paper.lines(LEFT + TIME_WIDTH, below, speakers, SPEAKER)


def _draw_signature(paper: Paper, form: Form, labels: Labels) -> None:
    paper.leave("issued", LEFT, SIGNATURE_TOP + 8 * MM)
    line = SIGNATURE_TOP + 25 * MM
    paper.rule(LEFT, line, SIGNATURE_WIDTH, paint=INK)
    signature = labels.signature.format(organiser=in_sentence(form.event.organiser))
    paper.paragraph(LEFT, line + 4 * MM, signature, SMALL, width=TEXT_WIDTH - QR_SIDE - 8 * MM)
    if form.room:
        _leave_room(paper, form.room, line, labels)
    if form.is_provable:
        left, top = LEFT + TEXT_WIDTH - QR_SIDE, SIGNATURE_TOP + 2 * MM
        paper.leave(
            "qr", left, top, role="Figure", attributes=paper.figure(left, top, QR_SIDE, QR_SIDE, labels.qr)
        )
    y = paper.paragraph(LEFT, line + 10.5 * MM, labels.proof, SMALL, width=TEXT_WIDTH)
    if form.is_provable:
        _leave_address(paper, y, labels)


def _leave_address(paper: Paper, y: float, labels: Labels) -> None:
    paper.text(LEFT, y, labels.verify, SMALL)
    with paper.group("P"):
        paper.leave("address", LEFT + paper.width_of(f"{labels.verify} ", SMALL), y, role="Link")


def _leave_room(paper: Paper, room: Room, line: float, labels: Labels) -> None:
    """Readers of PDFs open the signature where it is seen: above the line."""
    signed = labels.signed.format(signer=room.signer)
    paper.paragraph(LEFT, line - 3 * MM, signed, SMALL.coloured(ACCENT), width=SIGNATURE_WIDTH)
    paper.leave_room(LEFT, line - 12 * MM, SIGNATURE_WIDTH, 12 * MM, room, signed)


def _draw_page_foot(paper: Paper, labels: Labels, page: int, pages: int) -> None:
    paper.rule(LEFT, FOOT - 5 * MM, TEXT_WIDTH)
    with paper.artifact():
        text = labels.page.format(page=page, pages=pages)
        paper.text(LEFT + TEXT_WIDTH, FOOT, text, SMALL, align="right")
    paper.leave(f"number {page}", LEFT, FOOT)


def _fill_in(paper: Paper, confirmation: Confirmation, labels: Labels) -> None:
    texts = {"attended": _attended(confirmation, labels), "units": _teaching_units(confirmation, labels)}
    for name, text, style in (
        *((name, texts[name], STRONG) for name in TIME_LINES[confirmation.kind]),
        ("issued", _issued(confirmation, labels), BODY),
    ):
        with paper.filling(name) as gap:
            paper.text(gap.x, gap.y, text, style)
    if confirmation.address:
        _fill_in_proof(paper, confirmation.address)
    words = labels.replacing if confirmation.replaces else labels.number
    number = words.format(number=confirmation.number, replaces=confirmation.replaces)
    for page in range(1, paper.page_count + 1):
        with paper.filling(f"number {page}") as gap:
            paper.text(gap.x, gap.y, number, SMALL)


def _fill_in_proof(paper: Paper, address: str) -> None:
    with paper.filling("qr") as gap:
        code = encode(address)
        # The code's edge, not that of its quiet zone, stands in line with the text.
        paper.qr(gap.x + code.quiet_zone_of(QR_SIDE), gap.y, QR_SIDE, code)
    with paper.filling("address") as gap:
        _draw_address(paper, gap, address)


def _attended(confirmation: Confirmation, labels: Labels) -> str:
    return labels.attended_value.format(
        attended=dates.hours_and_minutes(confirmation.attended_minutes, confirmation.language),
        programme=dates.hours_and_minutes(confirmation.programme_minutes, confirmation.language),
    )


def _teaching_units(confirmation: Confirmation, labels: Labels) -> str:
    units = confirmation.teaching_units
    return (labels.unit if units == 1 else labels.units_value).format(units=units)


def _issued(confirmation: Confirmation, labels: Labels) -> str:
    local = confirmation.issued_at.astimezone(ZoneInfo(confirmation.event.timezone))
    return labels.issued.format(day=dates.day(local, confirmation.language))


def _draw_address(paper: Paper, gap: Gap, address: str) -> None:
    end = paper.paragraph(gap.x, gap.y, address, SMALL.coloured(ACCENT), width=LEFT + TEXT_WIDTH - gap.x)
    paper.link(gap.x, gap.y - SMALL.size, LEFT + TEXT_WIDTH - gap.x, end - gap.y, address)
