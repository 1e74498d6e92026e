"""The draft of an event's programme: rooms, speakers and sessions.

Whatever writes here holds the event's row (`events.service.find_to_change`), so that nobody adds a
session while the programme is being released.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.agenda.clock import wall_time
from services.agenda.database import taken_as
from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.networking.models import Plan
from services.agenda.programme.models import Appearance, ProgrammeSession, Room, Speaker
from services.agenda.programme.schemas import (
    RoomFacts,
    SessionFacts,
    SpeakerFacts,
)
from services.agenda.text import address_part, key_from
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.database import new_id
from shared.kit.i18n import N_

# What a programme is made of; each has a key that is unique in its event.
Entry = TypeVar("Entry", Room, Speaker, ProgrammeSession)


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


class SessionHasPlan(Conflict):
    """People have a networking plan for this session, so it stays in the programme."""


def rooms_of(session: Session, event: Event) -> Sequence[Room]:
    """The rooms in the order of their entry."""
    return session.scalars(select(Room).where(Room.event_id == event.id).order_by(Room.id)).all()


def find_room(session: Session, event: Event, key: str) -> Room:
    """Raises NotFound."""
    return _find(session, Room, event, key)


def add_room(session: Session, event: Event, facts: RoomFacts) -> Room:
    """Raises KeyTaken and RoomNameTaken."""
    return change_room(session, event, _new(Room, event), facts)


def change_room(session: Session, event: Event, room: Room, facts: RoomFacts) -> Room:
    """Replace a room's facts; raises what `add_room` raises."""
    events.must_be_open(event)
    taken = {"uq_rooms_event_id_key": KeyTaken(), "uq_rooms_event_id_name": RoomNameTaken()}
    with taken_as(session, taken):
        room.key, room.name, room.capacity = facts.key, facts.name, facts.capacity
        room.version += 1
        session.add(room)
    return room


def remove_room(session: Session, event: Event, room: Room) -> None:
    """Raises RoomInUse while sessions are in it."""
    events.must_be_open(event)
    if session.scalar(select(exists().where(ProgrammeSession.room_id == room.id))):
        raise RoomInUse
    session.delete(room)
    session.flush()


def speakers_of(session: Session, event: Event) -> Sequence[Speaker]:
    """The speakers in the order of their entry."""
    return session.scalars(select(Speaker).where(Speaker.event_id == event.id).order_by(Speaker.id)).all()


def find_speaker(session: Session, event: Event, key: str) -> Speaker:
    """Raises NotFound."""
    return _find(session, Speaker, event, key)


def add_speaker(session: Session, event: Event, facts: SpeakerFacts) -> Speaker:
    """Raises Invalid without a name and an organisation, KeyTaken and SpeakerTaken."""
    return change_speaker(session, event, _new(Speaker, event), facts)


def change_speaker(session: Session, event: Event, speaker: Speaker, facts: SpeakerFacts) -> Speaker:
    """Replace a speaker's facts; raises what `add_speaker` raises."""
    events.must_be_open(event)
    if not facts.name and not facts.organisation:
        raise Invalid([FieldError("organisation", N_("Please give a name or an organisation."))])
    taken = {"uq_speakers_event_id_key": KeyTaken(), "uq_speakers_nameless_organisation": SpeakerTaken()}
    with taken_as(session, taken):
        speaker.key, speaker.name, speaker.organisation = facts.key, facts.name, facts.organisation
        speaker.version += 1
        session.add(speaker)
    return speaker


def remove_speaker(session: Session, event: Event, speaker: Speaker) -> None:
    """Raises SpeakerInUse while sessions name the speaker."""
    events.must_be_open(event)
    if session.scalar(select(exists().where(Appearance.speaker_id == speaker.id))):
        raise SpeakerInUse
    session.delete(speaker)
    session.flush()


def sessions_of(session: Session, event: Event) -> Sequence[ProgrammeSession]:
    """The sessions by their beginning."""
    rows = select(ProgrammeSession).where(ProgrammeSession.event_id == event.id)
    return session.scalars(rows.order_by(ProgrammeSession.starts_at, ProgrammeSession.number)).unique().all()


def find_session(session: Session, event: Event, key: str) -> ProgrammeSession:
    """Raises NotFound."""
    return _find(session, ProgrammeSession, event, key)


def add_session(session: Session, event: Event, facts: SessionFacts) -> ProgrammeSession:
    """Raises Invalid for an unknown room or speaker and for rounds that take too long, and KeyTaken."""
    return change_session(session, event, _new(ProgrammeSession, event), facts)


def change_session(
    session: Session, event: Event, row: ProgrammeSession, facts: SessionFacts
) -> ProgrammeSession:
    """Replace a session's facts; raises what `add_session` raises."""
    events.must_be_open(event)
    room = _room_named(session, event, facts.room)
    speakers = [*_speaking_organisation(session, event, facts), *_speakers_named(session, event, facts)]
    _check_networking(facts)
    with taken_as(session, {"uq_sessions_event_id_key": KeyTaken()}):
        _set_facts(row, facts, event.timezone)
        row.room = room
        _set_speakers(row, list(dict.fromkeys(speakers)))
        row.version += 1
        session.add(row)
    return row


def remove_session(session: Session, event: Event, row: ProgrammeSession) -> None:
    """Take a session out of the draft; releases that name it stay as they are. Raises SessionHasPlan."""
    events.must_be_open(event)
    if session.scalar(select(exists().where(Plan.session_id == row.id, Plan.edition.is_not(None)))):
        raise SessionHasPlan
    session.delete(row)
    session.flush()


def next_free_start(session: Session, event: Event) -> datetime:
    """When the last session ends, else when the event starts, on the clock at the venue: a good guess."""
    ends = [row.ends_at for row in sessions_of(session, event) if row.ends_at < event.ends_at]
    return wall_time(max(ends, default=event.starts_at), event.timezone)


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


def _set_facts(row: ProgrammeSession, facts: SessionFacts, timezone: str) -> None:
    row.key, row.kind, row.title, row.abstract = facts.key, facts.kind, facts.title, facts.abstract
    row.starts_at, row.minutes = facts.starts_at, facts.minutes
    row.starts_wall = wall_time(facts.starts_at, timezone)
    row.ends_at = facts.starts_at + timedelta(minutes=facts.minutes)
    networking = facts.networking
    row.networking = networking.model_dump(mode="json", exclude_unset=True) if networking else None


def _set_speakers(row: ProgrammeSession, speakers: Sequence[Speaker]) -> None:
    known = {appearance.speaker_id: appearance for appearance in row.appearances}
    row.appearances = [
        known.get(speaker.id)
        or Appearance(speaker_id=speaker.id, speaker=speaker, organisation_id=row.organisation_id)
        for speaker in speakers
    ]
    for position, appearance in enumerate(row.appearances):
        appearance.position = position


def _find(session: Session, kind: type[Entry], event: Event, key: str) -> Entry:
    row = session.scalar(select(kind).where(kind.event_id == event.id, kind.key == address_part(key)))
    if row is None:
        raise NotFound
    return row


def _new(kind: type[Entry], event: Event) -> Entry:
    # Its first facts make it version 1.
    return kind(id=new_id(), organisation_id=event.organisation_id, event_id=event.id, version=0)
