"""An event's programme: rooms, speakers, sessions, and its releases.

Whatever writes here holds the event's row (`events.service.find_to_change`), so that nobody adds a
session while the programme is being released.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.clock import wall_time
from services.agenda.database import taken_as
from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.programme import released
from services.agenda.programme.models import Appearance, ProgrammeSession, Release, Room, Speaker
from services.agenda.programme.rules import clashes, outside, too_small
from services.agenda.programme.schemas import (
    ReleaseAnswer,
    RoomFacts,
    RoomWarning,
    SessionFacts,
    SpeakerFacts,
)
from services.agenda.text import address_part, key_from
from shared.contracts import agenda as contracts
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.access import Principal
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id
from shared.kit.i18n import N_
from shared.kit.outbox import publish as tell

PROGRAMME = TypeAdapter(released.Programme)


class KeyTaken(Conflict):
    """This key is taken in this event."""


class RoomNameTaken(Conflict):
    """Another room of this event has this name."""


class SpeakerTaken(Conflict):
    """This organisation is among the speakers already."""


class RoomInUse(Conflict):
    """There are sessions in this room. Please move them first."""


class SpeakerInUse(Conflict):
    """This speaker is named in sessions. Please remove the name there first."""


class NothingToRelease(Conflict):
    """There is no session to release yet."""


class SessionsClash(Conflict):
    """“{first}” and “{second}” are in the same room at the same time."""


class SessionOutsideEvent(Conflict):
    """“{title}” lies outside the time of the event."""


def rooms_of(session: Session, event: Event) -> Sequence[Room]:
    return session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.id)).all()


def find_room(session: Session, event: Event, key: str) -> Room:
    room = session.scalar(select(Room).where(Room.event_id == event.id, Room.key == address_part(key)))
    if room is None:
        raise NotFound
    return room


def add_room(session: Session, event: Event, facts: RoomFacts) -> Room:
    events.must_be_open(event)
    room = Room(id=new_id(), organisation_id=event.organisation_id, event_id=event.id, version=1)
    with _room_taken(session):
        _set_room(room, facts)
        session.add(room)
    return room


def change_room(session: Session, event: Event, room: Room, facts: RoomFacts) -> Room:
    events.must_be_open(event)
    with _room_taken(session):
        _set_room(room, facts)
        room.version += 1
    return room


def remove_room(session: Session, event: Event, room: Room) -> None:
    """Raises RoomInUse while sessions are in it."""
    events.must_be_open(event)
    if session.scalar(select(exists().where(ProgrammeSession.room_id == room.id))):
        raise RoomInUse
    session.delete(room)
    session.flush()


def _room_taken(session: Session) -> AbstractContextManager[None]:
    return taken_as(session, {"uq_rooms_event_id_key": KeyTaken(), "uq_rooms_event_id_name": RoomNameTaken()})


def _set_room(room: Room, facts: RoomFacts) -> None:
    room.key, room.name, room.capacity = facts.key, facts.name, facts.capacity


def speakers_of(session: Session, event: Event) -> Sequence[Speaker]:
    return session.scalars(select(Speaker).where(Speaker.event_id == event.id).order_by(Speaker.id)).all()


def find_speaker(session: Session, event: Event, key: str) -> Speaker:
    speaker = session.scalar(
        select(Speaker).where(Speaker.event_id == event.id, Speaker.key == address_part(key))
    )
    if speaker is None:
        raise NotFound
    return speaker


def add_speaker(session: Session, event: Event, facts: SpeakerFacts) -> Speaker:
    events.must_be_open(event)
    speaker = Speaker(id=new_id(), organisation_id=event.organisation_id, event_id=event.id, version=1)
    with _speaker_taken(session):
        _set_speaker(speaker, facts)
        session.add(speaker)
    return speaker


def change_speaker(session: Session, event: Event, speaker: Speaker, facts: SpeakerFacts) -> Speaker:
    events.must_be_open(event)
    with _speaker_taken(session):
        _set_speaker(speaker, facts)
        speaker.version += 1
    return speaker


def remove_speaker(session: Session, event: Event, speaker: Speaker) -> None:
    """Raises SpeakerInUse while sessions name the speaker."""
    events.must_be_open(event)
    if session.scalar(select(exists().where(Appearance.speaker_id == speaker.id))):
        raise SpeakerInUse
    session.delete(speaker)
    session.flush()


def _speaker_taken(session: Session) -> AbstractContextManager[None]:
    return taken_as(
        session,
        {"uq_speakers_event_id_key": KeyTaken(), "uq_speakers_nameless_organisation": SpeakerTaken()},
    )


def _set_speaker(speaker: Speaker, facts: SpeakerFacts) -> None:
    if not facts.name and not facts.organisation:
        raise Invalid([FieldError("organisation", N_("Please give a name or an organisation."))])
    speaker.key, speaker.name, speaker.organisation = facts.key, facts.name, facts.organisation


def sessions_of(session: Session, event: Event) -> Sequence[ProgrammeSession]:
    """The sessions by their beginning."""
    rows = select(ProgrammeSession).where(ProgrammeSession.event_id == event.id)
    return session.scalars(rows.order_by(ProgrammeSession.starts_at, ProgrammeSession.number)).unique().all()


def find_session(session: Session, event: Event, key: str) -> ProgrammeSession:
    found = select(ProgrammeSession).where(
        ProgrammeSession.event_id == event.id, ProgrammeSession.key == address_part(key)
    )
    row = session.scalar(found)
    if row is None:
        raise NotFound
    return row


def add_session(session: Session, event: Event, facts: SessionFacts) -> ProgrammeSession:
    """Raises Invalid for an unknown room or speaker and for rounds that take too long, and KeyTaken."""
    events.must_be_open(event)
    row = ProgrammeSession(
        id=new_id(), organisation_id=event.organisation_id, event_id=event.id, version=1, appearances=[]
    )
    _write_session(session, event, row, facts)
    return row


def change_session(
    session: Session, event: Event, row: ProgrammeSession, facts: SessionFacts
) -> ProgrammeSession:
    """Replace a session's facts; raises what `add_session` raises."""
    events.must_be_open(event)
    row.version += 1
    _write_session(session, event, row, facts)
    return row


def next_free_start(session: Session, event: Event) -> datetime:
    """When the last session ends, else when the event starts, on the clock at the venue: a good guess."""
    ends = [row.ends_at for row in sessions_of(session, event) if row.ends_at < event.ends_at]
    return wall_time(max(ends, default=event.starts_at), event.timezone)


def remove_session(session: Session, event: Event, row: ProgrammeSession) -> None:
    """Take a session out of the draft; releases that name it stay as they are."""
    events.must_be_open(event)
    session.delete(row)
    session.flush()


def _write_session(session: Session, event: Event, row: ProgrammeSession, facts: SessionFacts) -> None:
    room = _room_named(session, event, facts.room)
    speakers = [*_speaking_organisation(session, event, facts), *_speakers_named(session, event, facts)]
    _check_networking(facts)
    with taken_as(session, {"uq_sessions_event_id_key": KeyTaken()}):
        row.key, row.kind, row.title, row.abstract = facts.key, facts.kind, facts.title, facts.abstract
        row.room, row.minutes = room, facts.minutes
        row.starts_at = facts.starts_at
        row.starts_wall = wall_time(facts.starts_at, event.timezone)
        row.ends_at = facts.starts_at + timedelta(minutes=facts.minutes)
        row.networking = (
            facts.networking.model_dump(mode="json", exclude_unset=True) if facts.networking else None
        )
        session.add(row)
        _set_speakers(row, list(dict.fromkeys(speakers)))


def _set_speakers(row: ProgrammeSession, speakers: Sequence[Speaker]) -> None:
    known = {appearance.speaker_id: appearance for appearance in row.appearances}
    row.appearances = [
        known.get(speaker.id)
        or Appearance(speaker_id=speaker.id, speaker=speaker, organisation_id=row.organisation_id)
        for speaker in speakers
    ]
    for position, appearance in enumerate(row.appearances):
        appearance.position = position


def _room_named(session: Session, event: Event, key: str | None) -> Room | None:
    if key is None:
        return None
    try:
        return find_room(session, event, key)
    except NotFound as problem:
        raise Invalid([FieldError("room", N_("There is no room with this key."))]) from problem


def _speakers_named(session: Session, event: Event, facts: SessionFacts) -> list[Speaker]:
    known = {speaker.key: speaker for speaker in speakers_of(session, event)} if facts.speakers else {}
    unknown = [number for number, key in enumerate(facts.speakers) if key not in known]
    if unknown:
        sentence = N_("There is no speaker with this key.")
        raise Invalid([FieldError(f"speakers.{number}", sentence) for number in unknown])
    return [known[key] for key in facts.speakers]


def _speaking_organisation(session: Session, event: Event, facts: SessionFacts) -> list[Speaker]:
    """The speaker that stands for an organisation; made when it is named for the first time."""
    if not facts.speaker_organisation:
        return []
    speakers = speakers_of(session, event)
    for speaker in speakers:
        if speaker.organisation == facts.speaker_organisation and not speaker.name:
            return [speaker]
    key = key_from(facts.speaker_organisation, {speaker.key for speaker in speakers})
    return [add_speaker(session, event, SpeakerFacts(key=key, organisation=facts.speaker_organisation))]


def _check_networking(facts: SessionFacts) -> None:
    if facts.networking is None:
        return
    if facts.networking.minutes > facts.minutes:
        raise Invalid([FieldError("networking.rounds", N_("The rounds take longer than the session."))])
    keys = [table.key for table in facts.networking.tables]
    if len(keys) != len(set(keys)):
        raise Invalid([FieldError("networking.tables", N_("Two tables have the same key."))])


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
