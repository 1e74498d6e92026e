"""The public programme with its files, and the organiser's forms for rooms, speakers and sessions."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.agenda.events import service as events
from services.agenda.programme import releases, service
from services.agenda.programme.exports import SUFFIXES, export
from services.agenda.programme.forms import (
    read_room,
    read_session,
    read_speaker,
    room_values,
    session_values,
    speaker_values,
)
from services.agenda.programme.links import schedule_url, sign_up_url
from services.agenda.programme.models import ProgrammeSession, Room, Speaker
from services.agenda.programme.schedule import days
from services.agenda.programme.schemas import KIND_LABELS
from services.agenda.runtime import settings
from services.agenda.web import EventPage, PageToChange, pages
from shared.contracts.agenda import EventState
from shared.errors import NotFound
from shared.kit.pages import FormState
from shared.kit.web.caching import cached
from shared.kit.web.dependencies import Db, Form, OnceForBrowser
from shared.kit.web.idempotency import IdempotentRoute

PUBLIC = "/agenda/e/{slug}"

public_router = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/agenda/events/{event}", include_in_schema=False, route_class=IdempotentRoute)


@public_router.api_route(PUBLIC, methods=["GET", "HEAD"])
def show_programme(slug: str, request: Request, session: Db) -> Response:
    event = events.find_public(session, slug)
    programme = releases.latest(session, event)
    return pages.render(
        request,
        "programme/public.html",
        event=event,
        programme=programme,
        days=days(programme) if programme else [],
        kinds=KIND_LABELS,
        sign_up=sign_up_url("", slug),
        files={suffix: schedule_url("", slug, suffix) for suffix in SUFFIXES},
    )


@public_router.api_route(f"{PUBLIC}/schedule.{{suffix}}", methods=["GET", "HEAD"])
def download_programme(slug: str, suffix: str, request: Request, session: Db) -> Response:
    if suffix not in SUFFIXES:
        raise NotFound
    event = events.find_public(session, slug)
    programme = releases.find_latest(session, event)
    is_cancelled = event.state is EventState.cancelled
    file = export(programme, suffix, public_url=settings.public_url, is_cancelled=is_cancelled)
    return cached(request, file.content, media_type=file.media_type, filename=file.filename)


def named_room(page: PageToChange, key: str) -> Room:
    return service.find_room(page.session, page.event, key)


def named_speaker(page: PageToChange, key: str) -> Speaker:
    return service.find_speaker(page.session, page.event, key)


def named_session(page: PageToChange, key: str) -> ProgrammeSession:
    return service.find_session(page.session, page.event, key)


NamedRoom = Annotated[Room, Depends(named_room, scope="function")]
NamedSpeaker = Annotated[Speaker, Depends(named_speaker, scope="function")]
NamedSession = Annotated[ProgrammeSession, Depends(named_session, scope="function")]


@router.get("/rooms/new")
def show_empty_room(page: PageToChange) -> Response:
    return _room_form(page, None, FormState())


@router.post("/rooms/new", dependencies=[OnceForBrowser])
def add_room(page: PageToChange, form: Form) -> Response:
    def act() -> Room:
        taken = [room.key for room in service.rooms_of(page.session, page.event)]
        return service.add_room(page.session, page.event, read_room(form, taken=taken))

    return page.keep(form, act, partial(_room_form, page, None))


@router.get("/rooms/{key}")
def show_room(page: PageToChange, room: NamedRoom) -> Response:
    return _room_form(page, room, FormState(room_values(room)))


@router.post("/rooms/{key}")
def change_room(page: PageToChange, room: NamedRoom, form: Form) -> Response:
    def act() -> Room:
        return service.change_room(page.session, page.event, room, read_room(form))

    return page.keep(form, act, partial(_room_form, page, room), version=room.version)


@router.post("/rooms/{key}/remove")
def remove_room(page: PageToChange, room: NamedRoom) -> Response:
    act = partial(service.remove_room, page.session, page.event, room)
    return page.keep(room_values(room), act, partial(_room_form, page, room))


def _room_form(page: EventPage, room: Room | None, form: FormState, status: int = 200) -> Response:
    return page.show("programme/room.html", status, form=form, room=room)


@router.get("/speakers/new")
def show_empty_speaker(page: PageToChange) -> Response:
    return _speaker_form(page, None, FormState())


@router.post("/speakers/new", dependencies=[OnceForBrowser])
def add_speaker(page: PageToChange, form: Form) -> Response:
    def act() -> Speaker:
        taken = [speaker.key for speaker in service.speakers_of(page.session, page.event)]
        return service.add_speaker(page.session, page.event, read_speaker(form, taken=taken))

    return page.keep(form, act, partial(_speaker_form, page, None))


@router.get("/speakers/{key}")
def show_speaker(page: PageToChange, speaker: NamedSpeaker) -> Response:
    return _speaker_form(page, speaker, FormState(speaker_values(speaker)))


@router.post("/speakers/{key}")
def change_speaker(page: PageToChange, speaker: NamedSpeaker, form: Form) -> Response:
    def act() -> Speaker:
        return service.change_speaker(page.session, page.event, speaker, read_speaker(form))

    return page.keep(form, act, partial(_speaker_form, page, speaker), version=speaker.version)


@router.post("/speakers/{key}/remove")
def remove_speaker(page: PageToChange, speaker: NamedSpeaker) -> Response:
    act = partial(service.remove_speaker, page.session, page.event, speaker)
    return page.keep(speaker_values(speaker), act, partial(_speaker_form, page, speaker))


def _speaker_form(page: EventPage, speaker: Speaker | None, form: FormState, status: int = 200) -> Response:
    return page.show("programme/speaker.html", status, form=form, speaker=speaker)


async def read_ticked(request: Request) -> list[str]:
    """The speakers whose boxes are ticked."""
    form = await request.form()
    return [value for value in form.getlist("speakers") if isinstance(value, str)]


Ticked = Annotated[list[str], Depends(read_ticked)]


@router.get("/sessions/new")
def show_empty_session(page: PageToChange) -> Response:
    start = service.next_free_start(page.session, page.event).isoformat(timespec="minutes")
    return _session_form(page, None, FormState({"kind": "plenary", "starts_at": start, "minutes": "45"}))


@router.post("/sessions/new", dependencies=[OnceForBrowser])
def add_session(page: PageToChange, form: Form, ticked: Ticked) -> Response:
    def act() -> ProgrammeSession:
        taken = [row.key for row in service.sessions_of(page.session, page.event)]
        facts = read_session(form, ticked, page.event.timezone, taken=taken)
        return service.add_session(page.session, page.event, facts)

    return page.keep({**form, "speakers": ticked}, act, partial(_session_form, page, None))


@router.get("/sessions/{key}")
def show_session(page: PageToChange, row: NamedSession) -> Response:
    return _session_form(page, row, FormState(session_values(row)))


@router.post("/sessions/{key}")
def change_session(page: PageToChange, row: NamedSession, form: Form, ticked: Ticked) -> Response:
    def act() -> ProgrammeSession:
        facts = read_session(form, ticked, page.event.timezone)
        return service.change_session(page.session, page.event, row, facts)

    typed = {**form, "speakers": ticked}
    return page.keep(typed, act, partial(_session_form, page, row), version=row.version)


@router.post("/sessions/{key}/remove")
def remove_session(page: PageToChange, row: NamedSession) -> Response:
    act = partial(service.remove_session, page.session, page.event, row)
    return page.keep(session_values(row), act, partial(_session_form, page, row))


def _session_form(
    page: EventPage, row: ProgrammeSession | None, form: FormState, status: int = 200
) -> Response:
    return page.show(
        "programme/session.html",
        status,
        form=form,
        row=row,
        kinds=KIND_LABELS,
        rooms=service.rooms_of(page.session, page.event),
        speakers=service.speakers_of(page.session, page.event),
    )
