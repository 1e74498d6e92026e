"""Confirmations from files: drawn into a folder, unsigned and without a page that proves them.

Nothing here asks a database: what the files do not say is not on the papers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from defusedcsv import csv

from services.certificates.attendance.from_files import Files
from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import AttendanceRule
from services.certificates.attendance.schemas import RulesIn
from services.certificates.attendance.service import EventAttendance, judge, yardstick_of
from services.certificates.confirmations.kinds import Kind, Paper
from services.certificates.confirmations.numbers import running_number
from services.certificates.confirmations.papers import (
    Batch,
    Unprintable,
    Wanted,
    draw_unsigned,
    minutes_of,
    sessions_from,
)
from services.certificates.runs.problems import SENTENCES

LIST = "confirmations.csv"
COLUMNS = ("number", "ref", "first_name", "last_name", "organisation", "attended_minutes", "file")


@dataclass(frozen=True)
class Drawn:
    """One person's result: a row of the list, or what could not be printed."""

    name: str
    row: Mapping[str, Any] | None
    problem: str = ""


def attendance_from(files: Files) -> EventAttendance:
    """Everybody's attendance, by the share that the programme names."""
    yardstick = yardstick_of(AttendanceRule(files.min_share), files.sessions)
    people = [
        judge(yardstick, attendee, (list(files.scans[attendee.ref or ""]), [], []), {})
        for attendee in files.attendees
    ]
    return EventAttendance(yardstick.programme, people)


def draw_all(
    files: Files, attendance: EventAttendance, folder: Path, *, prefix: str, issued_at: datetime
) -> Iterator[Drawn]:
    """Draw the confirmation of each person who is due into `folder`, numbered by name without gaps."""
    batch = Batch(
        event=files.event,
        attendance=attendance,
        rules=Rules(number_prefix=prefix, delivery=RulesIn().delivery.value),
        sessions=sessions_from(files.sessions),
        issued_at=issued_at,
    )
    count = 0
    for person in attendance.people:
        paper = Paper(Kind.ATTENDANCE)
        if not any(each.is_due and each.paper == paper for each in person.entitlements):
            continue
        if not person.attendee.name:
            yield Drawn(person.attendee.ref or "", None, "This row has no name.")
            continue
        wanted = Wanted(person, paper)
        number = running_number(prefix, batch.year, count + 1)
        try:
            pdf = draw_unsigned(batch, wanted, number)
        except Unprintable as trouble:
            yield Drawn(person.attendee.name, None, _sentence(trouble))
            continue
        count += 1
        (folder / f"{number}.pdf").write_bytes(pdf)
        yield Drawn(person.attendee.name, _row(wanted, number))


def _sentence(trouble: Unprintable) -> str:
    what = trouble.problem["what"]
    return f"{trouble.problem['field']}: {SENTENCES.get(what, what)}"


def _row(wanted: Wanted, number: str) -> dict[str, Any]:
    attendee = wanted.person.attendee
    return {
        "number": number,
        "ref": attendee.ref,
        "first_name": attendee.first_name,
        "last_name": attendee.last_name,
        "organisation": attendee.organisation,
        "attended_minutes": minutes_of(wanted.person, wanted.paper),
        "file": f"{number}.pdf",
    }


def write_list(folder: Path, drawn: Sequence[Drawn]) -> None:
    """The list of what was drawn, as a table that spreadsheets open without running what stands in a cell."""
    with (folder / LIST).open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(each.row for each in drawn if each.row)
