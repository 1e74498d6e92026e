"""An event's rooms, speakers, sessions and releases for programs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from services.agenda.events.models import Event
from services.agenda.programme import releases, service
from services.agenda.programme.models import ProgrammeSession, Room, Speaker
from services.agenda.programme.schemas import (
    ReleaseAnswer,
    RoomAnswer,
    RoomChanges,
    RoomFacts,
    SessionAnswer,
    SessionChanges,
    SessionFacts,
    SpeakerAnswer,
    SpeakerChanges,
    SpeakerFacts,
    session_facts,
)
from services.agenda.refusals import checked
from services.agenda.web import EventToChange, EventToRead, Route, tag
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser

# PostgreSQL's integer ends there.
MOST_RELEASES = 2**31 - 1

PREFIX = "/agenda/api/v1/events/{event}"

router = APIRouter(prefix=PREFIX, tags=["programme"], route_class=Route)


def etag(entry: Room | Speaker | ProgrammeSession) -> str:
    """Of a session also by its room and speakers, since it is shown with their names."""
    if not isinstance(entry, ProgrammeSession):
        return etag_of(entry.id, entry.version)
    room = entry.room.version if entry.room else None
    return etag_of(entry.id, entry.version, room, *(speaker.version for speaker in entry.speakers))


def place(event: Event, *parts: object) -> str:
    return "/".join([PREFIX.format(event=event.id), *map(str, parts)])


def room_to_change(key: str, event: EventToChange, request: Request, session: Db) -> Room:
    room = service.find_room(session, event, key)
    must_match(request, etag(room))
    return room


def speaker_to_change(key: str, event: EventToChange, request: Request, session: Db) -> Speaker:
    speaker = service.find_speaker(session, event, key)
    must_match(request, etag(speaker))
    return speaker


def session_to_change(key: str, event: EventToChange, request: Request, session: Db) -> ProgrammeSession:
    row = service.find_session(session, event, key)
    must_match(request, etag(row))
    return row


RoomToChange = Annotated[Room, Depends(room_to_change, scope="function")]
SpeakerToChange = Annotated[Speaker, Depends(speaker_to_change, scope="function")]
SessionToChange = Annotated[ProgrammeSession, Depends(session_to_change, scope="function")]


@router.post("/rooms", status_code=201, dependencies=[OnceForToken])
def add_room(event: EventToChange, facts: RoomFacts, session: Db, response: Response) -> RoomAnswer:
    room = service.add_room(session, event, facts)
    tag(response, etag(room), location=place(event, "rooms", room.key))
    return RoomAnswer.of(room)


@router.get("/rooms")
def list_rooms(event: EventToRead, session: Db) -> Sequence[RoomAnswer]:
    return [RoomAnswer.of(room) for room in service.rooms_of(session, event)]


@router.get("/rooms/{key}")
def get_room(event: EventToRead, key: str, session: Db, response: Response) -> RoomAnswer:
    room = service.find_room(session, event, key)
    tag(response, etag(room))
    return RoomAnswer.of(room)


@router.put("/rooms/{key}")
def replace_room(
    event: EventToChange, room: RoomToChange, facts: RoomFacts, session: Db, response: Response
) -> RoomAnswer:
    service.change_room(session, event, room, facts)
    tag(response, etag(room))
    return RoomAnswer.of(room)


@router.patch("/rooms/{key}")
def change_room(
    event: EventToChange, room: RoomToChange, changes: RoomChanges, session: Db, response: Response
) -> RoomAnswer:
    facts = RoomFacts.of(room).model_dump() | changes.model_dump(exclude_unset=True)
    return replace_room(event, room, checked(RoomFacts, facts), session, response)


@router.delete("/rooms/{key}", status_code=204)
def remove_room(event: EventToChange, room: RoomToChange, session: Db) -> None:
    service.remove_room(session, event, room)


@router.post("/speakers", status_code=201, dependencies=[OnceForToken])
def add_speaker(event: EventToChange, facts: SpeakerFacts, session: Db, response: Response) -> SpeakerAnswer:
    speaker = service.add_speaker(session, event, facts)
    tag(response, etag(speaker), location=place(event, "speakers", speaker.key))
    return SpeakerAnswer.of(speaker)


@router.get("/speakers")
def list_speakers(event: EventToRead, session: Db) -> Sequence[SpeakerAnswer]:
    return [SpeakerAnswer.of(speaker) for speaker in service.speakers_of(session, event)]


@router.get("/speakers/{key}")
def get_speaker(event: EventToRead, key: str, session: Db, response: Response) -> SpeakerAnswer:
    speaker = service.find_speaker(session, event, key)
    tag(response, etag(speaker))
    return SpeakerAnswer.of(speaker)


@router.put("/speakers/{key}")
def replace_speaker(
    event: EventToChange, speaker: SpeakerToChange, facts: SpeakerFacts, session: Db, response: Response
) -> SpeakerAnswer:
    service.change_speaker(session, event, speaker, facts)
    tag(response, etag(speaker))
    return SpeakerAnswer.of(speaker)


@router.patch("/speakers/{key}")
def change_speaker(
    event: EventToChange, speaker: SpeakerToChange, changes: SpeakerChanges, session: Db, response: Response
) -> SpeakerAnswer:
    facts = SpeakerFacts.of(speaker).model_dump() | changes.model_dump(exclude_unset=True)
    return replace_speaker(event, speaker, checked(SpeakerFacts, facts), session, response)


@router.delete("/speakers/{key}", status_code=204)
def remove_speaker(event: EventToChange, speaker: SpeakerToChange, session: Db) -> None:
    service.remove_speaker(session, event, speaker)


@router.post("/sessions", status_code=201, dependencies=[OnceForToken])
def add_session(event: EventToChange, facts: SessionFacts, session: Db, response: Response) -> SessionAnswer:
    """Add a session to the draft of the programme; the public sees it with the next release."""
    row = service.add_session(session, event, facts)
    tag(response, etag(row), location=place(event, "sessions", row.key))
    return SessionAnswer.of(row, event.timezone)


@router.get("/sessions")
def list_sessions(event: EventToRead, session: Db) -> Sequence[SessionAnswer]:
    """The sessions by their beginning."""
    return [SessionAnswer.of(row, event.timezone) for row in service.sessions_of(session, event)]


@router.get("/sessions/{key}")
def get_session(event: EventToRead, key: str, session: Db, response: Response) -> SessionAnswer:
    row = service.find_session(session, event, key)
    tag(response, etag(row))
    return SessionAnswer.of(row, event.timezone)


@router.put("/sessions/{key}")
def replace_session(
    event: EventToChange, row: SessionToChange, facts: SessionFacts, session: Db, response: Response
) -> SessionAnswer:
    service.change_session(session, event, row, facts)
    tag(response, etag(row))
    return SessionAnswer.of(row, event.timezone)


@router.patch("/sessions/{key}")
def change_session(
    event: EventToChange, row: SessionToChange, changes: SessionChanges, session: Db, response: Response
) -> SessionAnswer:
    facts = session_facts(row, event.timezone) | changes.model_dump(exclude_unset=True)
    return replace_session(event, row, checked(SessionFacts, facts), session, response)


@router.delete("/sessions/{key}", status_code=204)
def remove_session(event: EventToChange, row: SessionToChange, session: Db) -> None:
    service.remove_session(session, event, row)


@router.post("/releases", status_code=201, dependencies=[OnceForToken])
def release_programme(
    event: EventToChange, session: Db, caller: TokenUser, response: Response
) -> ReleaseAnswer:
    """Freeze the programme as the next release: the public sees it, badges and confirmations use it."""
    release = releases.release(session, event, caller)
    response.headers["Location"] = place(event, "releases", release.number)
    return releases.answer(session, release)


@router.get("/releases")
def list_releases(event: EventToRead, session: Db) -> Sequence[ReleaseAnswer]:
    """The releases, the newest first."""
    return [releases.answer(session, release) for release in releases.releases_of(session, event)]


@router.get("/releases/{number}")
def get_release(
    event: EventToRead, number: Annotated[int, Path(ge=1, le=MOST_RELEASES)], session: Db
) -> ReleaseAnswer:
    return releases.answer(session, releases.find_release(session, event, number))
