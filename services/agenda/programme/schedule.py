"""What both c3voc schedule formats share: days, rooms, names and numbers in their notation.

Source: the schemas of the c3voc schedule formats (https://c3voc.de/wiki/schedule). What they do
not say is kept here too: no two sessions stand in one room at one time, and a session stands on
the day on which it begins at the venue.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.agenda.programme.released import Programme, Room, Session

GENERATOR = "Treffpunkt"

# Where nothing tells the grid of a programme, a quarter of an hour is what most of them use.
USUAL_SLOT = 15

NO_ROOM = {"de": "Ohne Raum", "en": "No room"}

_ZONE_NAME = re.compile(r"^[A-Z][a-z]+/[A-Z][a-z]+|UTC$")


@dataclass(frozen=True)
class RoomPlan:
    """The sessions of one room on one day, by their beginning. `room` is None where none was set."""

    name: str
    room: Room | None
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class Day:
    """One calendar day at the venue; `starts_at` and `ends_at` are in the event's zone."""

    index: int
    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: tuple[RoomPlan, ...]

    @property
    def sessions(self) -> list[Session]:
        """The sessions of all rooms by their beginning."""
        everywhere = (session for plan in self.rooms for session in plan.sessions)
        return sorted(everywhere, key=lambda session: (session.starts_at, session.number))


def days(programme: Programme) -> tuple[Day, ...]:
    """Every day of the event, also one without a session; at least one."""
    return tuple(_day(programme, index, day) for index, day in enumerate(_dates(programme), start=1))


def acronym(slug: str) -> str:
    """The slug by the stricter of the two rules: four or more of `a-z0-9_`.

    >>> acronym("ki-hub-2022")
    'ki_hub_2022'
    """
    name = re.sub(r"[^a-z0-9]+", "_", slug.lower())
    return name if len(name) >= 4 else f"event_{name}"


def session_slug(programme: Programme, session: Session) -> str:
    """Unique in the schedule, and ends with a letter or a digit as the JSON format demands."""
    key = re.sub(r"[^a-z0-9]+", "-", session.key.lower()).strip("-")
    return f"{acronym(programme.slug)}-session-{session.number}-{key}".rstrip("-")


def clock_time(minutes: int) -> str:
    """`01:30` for 90 minutes."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def instant(programme: Programme, moment: datetime) -> str:
    """The moment at the venue with its offset, to the second (RFC 3339)."""
    return programme.local(moment).isoformat(timespec="seconds")


def timeslot(programme: Programme) -> int:
    """The widest grid in minutes on which every session begins and ends; at most an hour."""
    marks = [programme.local(session.starts_at).minute for session in programme.sessions]
    lengths = [session.minutes for session in programme.sessions]
    return math.gcd(60, *marks, *lengths) if programme.sessions else USUAL_SLOT


def zone_name(programme: Programme) -> str | None:
    """The zone's name, or None where the formats' pattern has no room for it (`Etc/GMT+3`)."""
    return programme.timezone if _ZONE_NAME.search(programme.timezone) else None


def _dates(programme: Programme) -> list[date]:
    first = programme.local(programme.starts_at).date()
    # An event that ends at midnight has no further day.
    last = programme.local(programme.ends_at - timedelta(seconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _day(programme: Programme, index: int, day: date) -> Day:
    sessions = [s for s in programme.in_order() if programme.local(s.starts_at).date() == day]
    midnight = datetime.combine(day, time(), tzinfo=programme.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=programme.zone)
    ends = [min(next_midnight, programme.ends_at), *(session.ends_at for session in sessions)]
    return Day(
        index=index,
        date=day,
        starts_at=programme.local(max(midnight, programme.starts_at)),
        ends_at=programme.local(max(ends)),
        rooms=tuple(_rooms(programme, sessions)),
    )


def _rooms(programme: Programme, sessions: list[Session]) -> Iterable[RoomPlan]:
    for room in programme.rooms:
        here = tuple(session for session in sessions if session.room == room)
        if here:
            yield RoomPlan(room.name, room, here)
    taken = {room.name for room in programme.rooms}
    label = NO_ROOM.get(programme.default_locale, NO_ROOM["en"])
    names = (name for name in _numbered(label) if name not in taken)
    for lane in _lanes([session for session in sessions if session.room is None]):
        yield RoomPlan(next(names), None, tuple(lane))


def _numbered(label: str) -> Iterable[str]:
    yield label
    number = 2
    while True:
        yield f"{label} {number}"
        number += 1


def _lanes(sessions: list[Session]) -> list[list[Session]]:
    """As few rows as possible in which no two sessions overlap; the input is sorted by beginning."""
    lanes: list[list[Session]] = []
    for session in sessions:
        free = next((lane for lane in lanes if lane[-1].ends_at <= session.starts_at), None)
        if free is None:
            lanes.append([session])
        else:
            free.append(session)
    return lanes
