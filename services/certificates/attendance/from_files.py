"""An event in three files, for whoever has no server: programme, participants and door log.

The columns are those of the model event; what is missing is empty, and what cannot be read is said.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from services.certificates.attendance.minutes import Direction
from services.certificates.attendance.minutes import Scan as DoorScan
from services.certificates.copies.models import Attendee, Event
from shared.kit.sorting import name_key

# A field of a row: ten times what anybody is called.
csv.field_size_limit(1_000_000)


class UnreadableFile(Exception):
    """A file that is none of those that were asked for; the sentence says what is wrong."""


@dataclass(frozen=True)
class Skipped:
    """A row that was left out: where it stands, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class Files:
    """What the files say. `sessions` are as a released programme has them; scans by the person's reference."""

    event: Event
    sessions: Sequence[Mapping[str, Any]]
    min_share: Decimal
    attendees: Sequence[Attendee]
    scans: Mapping[str, Sequence[DoorScan]]
    skipped: list[Skipped] = field(default_factory=list)


def read_files(programme: Path, participants: Path, door_log: Path) -> Files:
    """Read the three files. Raises UnreadableFile."""
    skipped: list[Skipped] = []
    told = _programme(programme)
    event = _event(told["event"])
    attendees = list(_attendees(participants, event, skipped))
    known = {attendee.ref for attendee in attendees if attendee.ref}
    return Files(
        event=event,
        sessions=[_session(each, event.timezone) for each in told.get("sessions") or []],
        min_share=_min_share(told["event"]),
        attendees=sorted(attendees, key=lambda each: (each.sort_key, each.registration_id)),
        scans=_scans(door_log, event.timezone, known, skipped),
        skipped=skipped,
    )


def _programme(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(_text(file))
        told["event"]["starts_at"], told["event"]["ends_at"]
    except (ValueError, KeyError, TypeError) as problem:
        raise UnreadableFile(f"{file.name} is no programme: it needs an event with its times.") from problem
    return dict(told)


def _event(told: Mapping[str, Any]) -> Event:
    zone = str(told.get("timezone") or "Europe/Berlin")
    slug = str(told.get("slug") or "event")
    venue = told.get("venue") or {}
    title = told.get("title") or ""
    try:
        starts_at, ends_at = (_instant(told[name], zone) for name in ("starts_at", "ends_at"))
    except (ValueError, KeyError) as problem:
        raise UnreadableFile("The event's times or its time zone cannot be read.") from problem
    return Event(
        event_id=uuid5(NAMESPACE_URL, slug),
        slug=slug,
        title=title if isinstance(title, dict) else {"de": str(title)},
        starts_at=starts_at,
        ends_at=ends_at,
        timezone=zone,
        venue={"name": str(venue.get("name") or ""), "city": str(venue.get("city") or "")},
        organiser=str(told.get("organiser") or ""),
        default_locale=str(told.get("default_locale") or "de"),
    )


def _min_share(event: Mapping[str, Any]) -> Decimal:
    wanted = (event.get("attendance_rule") or {}).get("min_share_of_programme", "0.75")
    try:
        share = Decimal(str(wanted))
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise UnreadableFile("min_share_of_programme is a number from 0 to 1.")
    return share


def _session(told: Mapping[str, Any], zone: str) -> dict[str, Any]:
    try:
        starts_at = _instant(told["starts_at"], zone)
        ends_at = starts_at + timedelta(minutes=float(told["minutes"]))
    except (ValueError, KeyError, TypeError) as problem:
        raise UnreadableFile(
            f"The session {told.get('title', '?')!r} needs starts_at and minutes."
        ) from problem
    speakers = told.get("speakers") or [told.get("speaker_organisation")]
    return {
        "key": str(told.get("key") or told.get("title") or ""),
        "kind": str(told.get("kind") or ""),
        "title": str(told.get("title") or ""),
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "speakers": [str(speaker) for speaker in speakers if speaker],
    }


def _attendees(file: Path, event: Event, skipped: list[Skipped]) -> Iterator[Attendee]:
    seen: set[str] = set()
    for line, row in _rows(file, "ref"):
        ref = row.get("ref", "")
        first, last = row.get("first_name", ""), row.get("last_name", "")
        if not ref or ref in seen:
            skipped.append(Skipped(f"{file.name}, line {line}", "This row has no ref of its own."))
            continue
        seen.add(ref)
        yield Attendee(
            registration_id=_id(event, ref),
            event_id=event.event_id,
            ref=ref,
            first_name=first,
            last_name=last,
            sort_key=name_key(last, first),
            email=row.get("email", ""),
            organisation=row.get("organisation", ""),
            category=row.get("category", ""),
            locale=row.get("locale", "") or event.default_locale,
            link="",
        )


def _id(event: Event, ref: str) -> UUID:
    return uuid5(event.event_id, ref)


def _scans(file: Path, zone: str, known: set[str], skipped: list[Skipped]) -> dict[str, list[DoorScan]]:
    scans: dict[str, list[DoorScan]] = {ref: [] for ref in known}
    for line, row in _rows(file, "scanned_at", "ref", "direction"):
        where = f"{file.name}, line {line}"
        if row["ref"] not in known:
            skipped.append(Skipped(where, f"Nobody among the participants has the ref {row['ref']!r}."))
            continue
        try:
            scan = DoorScan(
                uuid5(NAMESPACE_URL, f"{row['ref']} {row['scanned_at']} {row['direction']}"),
                _instant(row["scanned_at"], zone),
                Direction(row["direction"]),
            )
        except ValueError:
            skipped.append(
                Skipped(where, "This scan has no readable time, or a direction that is not in or out.")
            )
            continue
        scans[row["ref"]].append(scan)
    return scans


def _instant(text: str, zone: str) -> datetime:
    """A time without an offset is one of the event's zone. Raises ValueError."""
    instant = datetime.fromisoformat(str(text).strip())
    return instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))


def read_programme(programme: Path) -> tuple[Event, list[dict[str, Any]]]:
    """The event and its sessions, as a released programme has them. Raises UnreadableFile."""
    told = _programme(programme)
    event = _event(told["event"])
    rooms = {str(room.get("key")): str(room.get("name") or "") for room in told.get("rooms") or []}
    sessions = []
    for each in told.get("sessions") or []:
        room = str(each.get("room") or "")
        sessions.append({**_session(each, event.timezone), "room": rooms.get(room, room)})
    return event, sessions


def rows_of(file: Path, *needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table with their line numbers; it has these columns. Raises UnreadableFile."""
    yield from _rows(file, *needed)


def _rows(file: Path, *needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their line numbers, cleaned of blanks; commas, semicolons and tabs are understood."""
    text = _text(file)
    head = text.partition("\n")[0]
    reader = csv.DictReader(
        text.splitlines(keepends=True), delimiter=max(",;\t", key=head.count), restkey="", restval=""
    )
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise UnreadableFile(f"{file.name} has no column {', '.join(missing)}.")
    try:
        for row in reader:
            yield (
                reader.line_num,
                {name: value.strip() for name, value in row.items() if name and isinstance(value, str)},
            )
    except csv.Error as problem:
        raise UnreadableFile(f"{file.name} cannot be read as a table: {problem}.") from problem


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"{file.name} cannot be read: it has to be a file in UTF-8.") from problem
