"""Releases of the programme: what was announced, frozen, and told to the other services."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.programme import released
from services.agenda.programme.models import ProgrammeSession, Release, Room
from services.agenda.programme.rules import clashes, outside, too_small
from services.agenda.programme.schemas import ReleaseAnswer, RoomWarning
from services.agenda.programme.service import rooms_of, sessions_of
from shared.contracts import agenda as contracts
from shared.errors import Conflict, NotFound
from shared.kit.access import Principal
from shared.kit.clock import Clock, utc_now
from shared.kit.outbox import publish as tell

PROGRAMME = TypeAdapter(released.Programme)


class NothingToRelease(Conflict):
    """There is no session to release yet."""


class SessionsClash(Conflict):
    """“{first}” and “{second}” are in the same room at the same time."""


class SessionOutsideEvent(Conflict):
    """“{title}” lies outside the time of the event."""


def release(session: Session, event: Event, caller: Principal, *, now: Clock = utc_now) -> Release:
    """Freeze the programme as the event's next release and tell it.

    Raises NothingToRelease, SessionsClash or SessionOutsideEvent: nobody can be in two places, and
    attendance is counted within the event.
    """
    events.must_be_open(event)
    # The event's row is locked, so no two releases get one number.
    event.release += 1
    programme = draft(session, event, now=now)
    _check(programme)
    row = Release(
        event_id=event.id,
        number=programme.release,
        organisation_id=event.organisation_id,
        released_at=programme.released_at,
        released_by=caller.account_id,
        programme=PROGRAMME.dump_python(programme, mode="json"),
    )
    session.add(row)
    session.flush()
    tell(session, _message(session, event, programme))
    return row


def draft(session: Session, event: Event, *, now: Clock = utc_now) -> released.Programme:
    """The programme as it stands now, whatever it would be released as."""
    rooms = {room.id: _released_room(room) for room in rooms_of(session, event)}
    return released.Programme(
        event_id=event.id,
        slug=event.slug,
        title=event.title,
        default_locale=event.default_locale,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        venue=event.venue,
        organiser=event.organiser,
        release=event.release,
        released_at=now().replace(microsecond=0),
        rooms=tuple(rooms.values()),
        sessions=tuple(_released_session(row, rooms) for row in sessions_of(session, event)),
    )


def problems(programme: released.Programme) -> list[Conflict]:
    """What hinders a release."""
    return [
        *([] if programme.sessions else [NothingToRelease()]),
        *(SessionsClash(first=a.title, second=b.title) for a, b in clashes(programme.sessions)),
        *(
            SessionOutsideEvent(title=lost.title)
            for lost in outside(programme.sessions, programme.starts_at, programme.ends_at)
        ),
    ]


def _check(programme: released.Programme) -> None:
    for problem in problems(programme):
        raise problem


def warnings(session: Session, programme: released.Programme) -> list[RoomWarning]:
    """Sessions in rooms with fewer seats than people have a place now."""
    people = attendees.count_confirmed(session, programme.event_id)
    return [
        RoomWarning(session=small.title, room=small.room.name, capacity=small.room.capacity, people=people)
        for small in too_small(programme.sessions, people)
        if small.room and small.room.capacity
    ]


def has_changed(session: Session, event: Event, programme: released.Programme) -> bool:
    """Whether the public would see something new if the programme were released now."""
    shown = latest(session, event)
    return shown is None or replace(shown, released_at=programme.released_at) != programme


def releases_of(session: Session, event: Event) -> Sequence[Release]:
    """The releases, the newest first."""
    rows = select(Release).where(Release.event_id == event.id).order_by(Release.number.desc())
    return session.scalars(rows).all()


def find_release(session: Session, event: Event, number: int) -> Release:
    """Raises NotFound."""
    row = session.get(Release, (event.id, number))
    if row is None:
        raise NotFound
    return row


def answer(session: Session, row: Release) -> ReleaseAnswer:
    return ReleaseAnswer.of(row, warnings(session, as_programme(row)))


def latest(session: Session, event: Event) -> released.Programme | None:
    """What the public sees: the newest release, or None before the first."""
    return as_programme(find_release(session, event, event.release)) if event.release else None


def find_latest(session: Session, event: Event) -> released.Programme:
    """Like `latest`. Raises NotFound before the first release."""
    programme = latest(session, event)
    if programme is None:
        raise NotFound
    return programme


def as_programme(row: Release) -> released.Programme:
    """The programme that a release froze."""
    return PROGRAMME.validate_python(row.programme)


def _released_room(room: Room) -> released.Room:
    return released.Room(key=room.key, name=room.name, guid=room.guid, capacity=room.capacity)


def _released_session(row: ProgrammeSession, rooms: dict[UUID, released.Room]) -> released.Session:
    return released.Session(
        number=row.number,
        guid=row.guid,
        key=row.key,
        kind=row.kind,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=rooms[row.room_id] if row.room_id else None,
        abstract=row.abstract,
        speakers=tuple(
            released.Speaker(
                number=speaker.number, guid=speaker.guid, organisation=speaker.organisation, name=speaker.name
            )
            for speaker in row.speakers
        ),
    )


def _message(session: Session, event: Event, programme: released.Programme) -> contracts.ProgrammeReleased:
    ids = {row.key: row.id for row in sessions_of(session, event)}
    return contracts.ProgrammeReleased(
        organisation_id=event.organisation_id,
        sequence=programme.release,
        event_id=event.id,
        released_at=programme.released_at,
        sessions=tuple(
            contracts.ProgrammeSession(
                session_id=ids[one.key],
                key=one.key,
                kind=one.kind,
                title=one.title,
                room=one.room.name if one.room else None,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                speakers=tuple(speaker.label for speaker in one.speakers),
            )
            for one in programme.in_order()
        ),
    )
