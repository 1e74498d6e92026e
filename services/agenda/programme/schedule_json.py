"""A released programme as `schedule.json` (c3voc)."""

import json
from typing import Any

from services.agenda.programme.links import programme_url, session_url
from services.agenda.programme.released import Programme, Session, Speaker
from services.agenda.programme.schedule import (
    GENERATOR,
    Day,
    RoomPlan,
    acronym,
    clock_time,
    days,
    instant,
    session_slug,
    timeslot,
    zone_name,
)

SCHEMA = "https://c3voc.de/schedule/schema.json"


def to_json(programme: Programme, *, public_url: str) -> bytes:
    """The file in UTF-8; valid against `schema.json`. The same input gives the same bytes."""
    document = {
        "$schema": SCHEMA,
        "generator": {"name": GENERATOR, "url": public_url},
        "schedule": {
            "version": str(programme.release),
            "base_url": f"{public_url.rstrip('/')}/",
            "conference": _conference(programme, public_url),
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _conference(programme: Programme, public_url: str) -> dict[str, Any]:
    all_days = days(programme)
    name = zone_name(programme)
    return {
        "acronym": acronym(programme.slug),
        "title": programme.default_title,
        "start": instant(programme, programme.starts_at),
        "end": instant(programme, programme.ends_at),
        "daysCount": len(all_days),
        "timeslot_duration": clock_time(timeslot(programme)),
        **({"time_zone_name": name} if name else {}),
        "url": programme_url(public_url, programme.slug),
        "rooms": [
            {"name": room.name, "guid": str(room.guid), "capacity": room.capacity} for room in programme.rooms
        ],
        "days": [_day(programme, day, public_url) for day in all_days],
    }


def _day(programme: Programme, day: Day, public_url: str) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(timespec="seconds"),
        "day_end": day.ends_at.isoformat(timespec="seconds"),
        "rooms": {
            plan.name: [_session(programme, plan, session, public_url) for session in plan.sessions]
            for plan in day.rooms
        },
    }


def _session(programme: Programme, plan: RoomPlan, session: Session, public_url: str) -> dict[str, Any]:
    return {
        "guid": str(session.guid),
        "id": session.number,
        "date": instant(programme, session.starts_at),
        "start": programme.local(session.starts_at).strftime("%H:%M"),
        "end": instant(programme, session.ends_at),
        "duration": clock_time(session.minutes),
        "room": plan.name,
        "slug": session_slug(programme, session),
        "url": session_url(public_url, programme.slug, session.key),
        "title": session.title,
        "subtitle": None,
        "track": None,
        "type": session.kind,
        "language": programme.default_locale,
        "abstract": session.abstract,
        "description": None,
        "persons": [_person(speaker) for speaker in session.speakers],
        "links": [],
    }


def _person(speaker: Speaker) -> dict[str, Any]:
    # The schema takes a person with `name` or one with `public_name` and `id`, never both at once.
    return {"guid": str(speaker.guid), "name": speaker.label}
