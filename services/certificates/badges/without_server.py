"""Badges from a table of participants: nothing here asks a database, and nobody has a code.

Columns are those of the model event; `ticket_code` and `short_code` may stand there too. What is missing is empty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from services.certificates.attendance.from_files import read_programme, rows_of
from services.certificates.badges.agenda import agenda_of
from services.certificates.badges.document import (
    AgendaLine,
    Badge,
    BadgeRun,
    draw,
    printable,
    problems_of,
    shortened,
)
from services.certificates.copies.wording import language_of, printable_facts
from services.certificates.documents.event import EventFacts
from services.certificates.documents.problems import Problem, Reason
from services.certificates.layouts.checks import read
from services.certificates.layouts.gallery import DEFAULT_NAME, NAMES, gallery_layout
from services.certificates.layouts.layout import Layout, Side
from services.certificates.printing.document import Press, draw_sheets
from services.certificates.printing.grids import Duplex
from services.certificates.printing.sheets import SHEETS
from services.certificates.runs.problems import LONGEST_SHOWN
from shared.errors import Invalid

NAMELESS = "This row has no name."
WITHOUT_CODES = (
    "{n} of them carry no code, because the table has none in ticket_code: no door can scan these badges."
)
NO_LAYOUT = "There is no layout of this name: "


class NoLayout(Exception):
    """Which layout was asked for cannot be said or read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class NoEvent(EventFacts):
    """Where no programme was given, badges tell nothing of the event."""

    def days(self, language: str) -> str:
        return ""

    def when(self, language: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table with its badge, or what keeps it from being printed, or was left out."""

    where: str
    badge: Badge
    problem: str = ""
    notice: str = ""


def read_layout(name: str | None, *, one_side: bool = False) -> Layout:
    """A layout of the gallery by its name, or one of the person's own by its file. Raises NoLayout.

    On one side alone it has no back; of a badge that is folded both halves stand on one side anyway.
    """
    layout = _layout(name)
    return layout.model_copy(update={"back": ()}) if one_side and not layout.fold else layout


def _layout(name: str | None) -> Layout:
    if name is None or name in NAMES:
        return gallery_layout(name or DEFAULT_NAME)
    if not name.endswith(".json"):
        raise NoLayout(NO_LAYOUT + ", ".join(NAMES))
    try:
        return read(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise NoLayout(f"{name} cannot be read.") from problem
    except Invalid as problem:
        found = (f"{error.field}: {error.sentence}" for error in problem.errors)
        raise NoLayout(f"{name}: {'; '.join(found)}") from problem


def empty_run(
    programme: Path | None, layout: Layout, *, drawn_at: datetime
) -> tuple[BadgeRun, tuple[AgendaLine, ...], list[Problem]]:
    """What all badges have in common with their agenda, and what of it cannot be printed. Raises UnreadableFile."""
    if programme is None:
        nothing = datetime(2000, 1, 1, tzinfo=UTC)
        facts: EventFacts = NoEvent("", "", "", "", nothing, nothing, "UTC")
        return BadgeRun(facts, (), "de", drawn_at, layout), (), []
    event, sessions = read_programme(programme)
    language = language_of(event.default_locale)
    facts, problems = printable_facts(event, language)
    agenda, of_sessions = agenda_of(sessions, event.timezone, language, names_days=not facts.is_on_one_day)
    return BadgeRun(facts, (), language, drawn_at, layout), agenda, [*problems, *of_sessions]


def rows_from(participants: Path, agenda: tuple[AgendaLine, ...] = ()) -> list[Row]:
    """The table's rows in their order, all with this agenda. Raises UnreadableFile."""
    return [
        Row(f"{participants.name}, line {line}", _badge(told, agenda)) for line, told in rows_of(participants)
    ]


def _badge(told: dict[str, str], agenda: tuple[AgendaLine, ...]) -> Badge:
    return Badge(
        first_name=told.get("first_name", ""),
        last_name=told.get("last_name", ""),
        organisation=told.get("organisation", ""),
        category=told.get("category", ""),
        ticket_code=told.get("ticket_code", ""),
        short_code=told.get("short_code", ""),
        agenda=agenda,
    )


def checked(run: BadgeRun, rows: Sequence[Row]) -> Iterator[Row]:
    """Each row with what keeps it from being printed, if anything does."""
    for row in rows:
        if not row.badge.name:
            yield replace(row, problem=NAMELESS)
            continue
        badge, notices = printable(row.badge)
        found = problems_of(run, badge)
        yield Row(
            row.where,
            badge,
            problem=" ".join(map(_said, found)),
            notice="" if found else " ".join(map(_said, notices)),
        )


def shortened_in(run: BadgeRun, badges: Sequence[Badge]) -> list[str]:
    """What no badge shows as a whole, each once: titles, and agendas that are too long for their place."""
    return list(dict.fromkeys(_said(each) for badge in badges for each in shortened(run, badge)))


def _said(problem: Problem) -> str:
    characters = f" ({problem.code_points})" if problem.characters else ""
    if problem.reason is Reason.SHORTENED:
        characters = f" {problem.text[:LONGEST_SHOWN]}"
    return f"{problem.field}: {problem.sentence}{characters}"


def draw_badges(run: BadgeRun, badges: Sequence[Badge], sheet: str | None) -> bytes:
    """The PDF, a badge a page or as many on a sheet as it holds. Raises BadgeDoesNotFit."""
    filled = replace(run, badges=badges, has_codes=any(badge.short_code for badge in badges))
    if sheet is None:
        return draw(filled)
    grid = SHEETS[sheet].grid
    duplex = Duplex.LONG_EDGE if Side.BACK in run.layout.sides else Duplex.NONE
    press = Press(grid, duplex, mark_offset=2.0 if SHEETS[sheet].is_cut else None)
    cells = [
        list(enumerate(badges[start : start + grid.count])) for start in range(0, len(badges), grid.count)
    ]
    return draw_sheets(filled, press, cells)
