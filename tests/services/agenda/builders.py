"""Made-up programmes for the agenda's tests: mention only what a test is about."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.agenda.programme.released import Programme, Room, Session, Speaker
from shared.contracts.agenda import Venue
from shared.kit.access import Principal, Role

PUBLIC_URL = "https://events.example.org"
BERLIN = "Europe/Berlin"


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN))


def a_room(key: str = "plenum", *, name: str = "", capacity: int | None = None) -> Room:
    return Room(key=key, name=name or key.title(), guid=UUID(int=len(key)), capacity=capacity)


def a_speaker(organisation: str = "TZLR Ilmenau", name: str = "") -> Speaker:
    return Speaker(number=1, guid=UUID(int=77), organisation=organisation, name=name)


def a_session(
    starts_at: datetime | None = None, minutes: int = 60, *, number: int = 1, **facts: Any
) -> Session:
    start = starts_at or berlin("2022-11-24T10:00")
    values: dict[str, Any] = {
        "number": number,
        "guid": UUID(int=1000 + number),
        "key": f"session-{number}",
        "kind": "plenary",
        "title": f"Session {number}",
        "starts_at": start,
        "ends_at": start.astimezone(UTC) + timedelta(minutes=minutes),
    }
    return Session(**{**values, **facts})


def a_programme(*sessions: Session, **facts: Any) -> Programme:
    """A day in Chemnitz; the rooms are those of the sessions."""
    rooms = {session.room.key: session.room for session in sessions if session.room}
    values: dict[str, Any] = {
        "event_id": UUID(int=9),
        "slug": "ki-hub-2022",
        "title": {"de": "Vernetzungstreffen", "en": "Networking meeting"},
        "default_locale": "de",
        "starts_at": berlin("2022-11-24T09:30"),
        "ends_at": berlin("2022-11-24T16:15"),
        "timezone": BERLIN,
        "venue": Venue(name="TU Chemnitz", city="Chemnitz", country="DE"),
        "organiser": "Mittelstand-Digital Zentrum Chemnitz",
        "release": 1,
        "released_at": datetime(2022, 11, 1, 12, tzinfo=UTC),
        "rooms": tuple(rooms.values()),
        "sessions": sessions,
    }
    return Programme(**{**values, **facts})


# Names as people type them; control characters and lone surrogates are refused before a release.
NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    str.strip
)
SLUGS = st.from_regex(r"[a-z0-9]{2,12}(-[a-z0-9]{1,12}){0,3}", fullmatch=True)
# Zones with a change at midnight, at half hours, without one, and with names the formats do not know.
ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Pacific/Apia",
        "Etc/GMT+3",
        "UTC",
    ]
)
# Days around the changes of the clocks in Europe and America, a leap day and an ordinary one.
DAYS = st.sampled_from(
    [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2024, 2, 29)]
).flatmap(lambda day: st.sampled_from([day, day - timedelta(days=1)]))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Odd programmes that may be released: several days, nights, changed clocks, no room, no session."""
    zone = draw(ZONES)
    start = datetime.combine(draw(DAYS), time(draw(st.integers(0, 23))), tzinfo=ZoneInfo(zone)).astimezone(
        UTC
    )
    length = draw(st.integers(1, 4 * 24 * 60))
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    rooms = tuple(Room(f"room-{n}", name, uuid4(), n or None) for n, name in enumerate(names))
    sessions: list[Session] = []
    for room in (*rooms, None):
        for begin, minutes in draw(_slots(length, may_overlap=room is None)):
            sessions.append(_odd_session(draw, len(sessions) + 1, start + begin, minutes, room))
    return a_programme(
        *sessions,
        slug=draw(SLUGS),
        timezone=zone,
        starts_at=start,
        ends_at=start + timedelta(minutes=length),
        rooms=rooms,
        release=draw(st.integers(1, 99)),
    )


@st.composite
def _slots(draw: st.DrawFn, length: int, *, may_overlap: bool) -> list[tuple[timedelta, int]]:
    slots, clock = [], 0
    for pause, minutes in draw(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 1440)), max_size=4)):
        begin = pause if may_overlap else clock + pause
        if begin + minutes <= length:
            slots.append((timedelta(minutes=begin), minutes))
            clock = begin + minutes
    return slots


def _odd_session(draw: st.DrawFn, number: int, start: datetime, minutes: int, room: Room | None) -> Session:
    speakers = draw(st.lists(st.builds(Speaker, st.integers(1, 9), st.uuids(), NAMES, NAMES), max_size=2))
    return a_session(
        start,
        minutes,
        number=number,
        room=room,
        title=draw(NAMES),
        abstract=draw(st.just("") | NAMES),
        kind=draw(st.sampled_from(["break", "plenary", "keynote", "world_cafe"])),
        speakers=tuple(speakers),
    )


ORGANISATION = UUID("01890a5d-0000-7000-8000-000000000001")
OTHER_ORGANISATION = UUID("01890a5d-0000-7000-8000-000000000002")


def a_principal(role: Role = Role.organiser, organisation: UUID = ORGANISATION, **facts: Any) -> Principal:
    values: dict[str, Any] = {
        "account_id": UUID(int=5),
        "session_id": uuid4(),
        "name": "orga@example.org",
        "roles": {organisation: role},
    }
    return Principal(**{**values, **facts})


def event_facts(**changes: Any) -> dict[str, Any]:
    """The body of a POST of an event."""
    facts: dict[str, Any] = {
        "slug": "ki-hub-2022",
        "title": {"de": "Vernetzungstreffen", "en": "Networking meeting"},
        "starts_at": "2022-11-24T09:30:00+01:00",
        "ends_at": "2022-11-24T16:15:00+01:00",
        "timezone": BERLIN,
        "venue": {"name": "TU Chemnitz", "city": "Chemnitz", "country": "DE"},
        "organiser": "Mittelstand-Digital Zentrum Chemnitz",
    }
    return facts | changes


def session_facts(**changes: Any) -> dict[str, Any]:
    """The body of a POST of a session."""
    facts: dict[str, Any] = {
        "key": "begruessung",
        "kind": "plenary",
        "title": "Begrüßung",
        "starts_at": "2022-11-24T09:30:00+01:00",
        "minutes": 15,
    }
    return facts | changes
