"""A released programme as an iCalendar file (RFC 5545, RFC 7986) to download or to subscribe to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import icalendar

from services.agenda.programme.links import programme_url, schedule_url, session_url
from services.agenda.programme.released import Programme, Session
from shared.kit.vtimezone import timezone_component

PRODUCT = "-//Treffpunkt//Agenda//EN"

# Often enough for a changed room on the day, rarely enough for thousands of subscribers.
REFRESH = timedelta(hours=1)


def to_ics(programme: Programme, *, public_url: str, is_cancelled: bool = False) -> bytes:
    """The file in UTF-8, one VEVENT for each session, breaks included.

    UIDs stay the same through all releases and SEQUENCE is the release, so that a client replaces
    what it has. A programme without sessions shows the event itself, since RFC 5545 forbids a
    calendar without a component. The same input gives the same bytes.
    """
    calendar = _head(programme, public_url)
    entries = [_session(programme, session, public_url) for session in programme.in_order()]
    for entry in entries or [_whole_event(programme, public_url)]:
        entry.add("sequence", programme.release + int(is_cancelled))
        entry.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
        calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _head(programme: Programme, public_url: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("uid", str(programme.event_id))
    calendar.add("name", programme.default_title)
    calendar.add("x-wr-calname", programme.default_title)
    calendar.add("x-wr-timezone", programme.timezone)
    calendar.add("url", programme_url(public_url, programme.slug))
    calendar.add("source", schedule_url(public_url, programme.slug, "ics"), {"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH, {"VALUE": "DURATION"})
    calendar.add("last-modified", programme.released_at.astimezone(UTC))
    if programme.timezone != "UTC":
        calendar.add_component(timezone_component(programme.zone, programme.starts_at, programme.ends_at))
    return calendar


def _session(programme: Programme, session: Session, public_url: str) -> icalendar.Event:
    entry = _entry(programme, session.guid, session.starts_at, session.ends_at)
    entry.add("summary", session.title)
    entry.add("categories", [session.kind])
    entry.add("location", _place(programme, session.room.name if session.room else ""))
    entry.add("url", session_url(public_url, programme.slug, session.key))
    description = "\n\n".join(filter(None, [_speakers(session), session.abstract]))
    if description:
        entry.add("description", description)
    return entry


def _whole_event(programme: Programme, public_url: str) -> icalendar.Event:
    entry = _entry(programme, programme.event_id, programme.starts_at, programme.ends_at)
    entry.add("summary", programme.default_title)
    entry.add("location", _place(programme))
    entry.add("url", programme_url(public_url, programme.slug))
    return entry


def _entry(programme: Programme, uid: UUID, starts_at: datetime, ends_at: datetime) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", str(uid))
    entry.add("dtstamp", programme.released_at.astimezone(UTC))
    entry.add("last-modified", programme.released_at.astimezone(UTC))
    start, end = programme.local(starts_at), programme.local(ends_at)
    # When clocks go back, an hour happens twice, and a local time means its first run (RFC 5545,
    # 3.3.5): only UTC can name the second.
    if start.fold or end.fold:
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    entry.add("dtstart", start)
    entry.add("dtend", end)
    return entry


def _place(programme: Programme, room: str = "") -> str:
    return ", ".join(filter(None, [room, programme.venue.name, programme.venue.city]))


def _speakers(session: Session) -> str:
    return "\n".join(speaker.label for speaker in session.speakers)
