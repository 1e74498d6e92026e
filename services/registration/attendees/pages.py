from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.registration.attendees import queries, service
from services.registration.attendees.queries import Filter
from services.registration.checkin import corrections as corrected
from services.registration.checkin import service as checkin
from services.registration.runtime import settings
from services.registration.signup import events, setup
from services.registration.signup.facts import path_of
from services.registration.signup.models import Event, Registration
from services.registration.signup.schemas import SignUpForm
from services.registration.signup.service import place_in_list, window_of
from services.registration.signup.window import can_cancel
from services.registration.web import Language, OnceForPublic, OwnEvent, OwnEventToChange, pages
from shared.errors import Invalid
from shared.kit.access import Right
from shared.kit.clock import utc_now
from shared.kit.pages import FormState, event_tabs
from shared.kit.person_links import sign_person
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import FORM_FIELD, IdempotentRoute
from shared.kit.web.paging import page_of, read_cursor

router = APIRouter(prefix="/registration", include_in_schema=False, route_class=IdempotentRoute)

# What an attendee's own link shows must not stay in a shared computer's cache.
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
ROWS_ON_A_PAGE = 100


@router.get("")
def redirect_home() -> Response:
    return RedirectResponse("/registration/", 302)


@router.get("/")
def show_events(request: Request, session: Db, user: BrowserUser, cursor: str | None = None) -> Response:
    found = events.events_for(session, user, after=read_cursor(cursor), limit=ROWS_ON_A_PAGE)
    own, following = page_of(found, ROWS_ON_A_PAGE, key=events.cursor_key)
    numbers = queries.numbers_of(session, [event.id for event in own])
    return pages.render(
        request,
        "attendees/events.html",
        organiser=user.name,
        events=own,
        numbers=numbers,
        may_create=bool(user.organisations(Right.write)),
        next_page=f"{request.url.path}?{urlencode({'cursor': following})}" if following else None,
    )


@router.get("/events/{event}")
def show_attendees(
    request: Request,
    event: OwnEvent,
    session: Db,
    user: BrowserUser,
    q: Annotated[str, Query(max_length=200)] = "",
    status: Filter = "",
    cursor: str | None = None,
) -> Response:
    after = read_cursor(cursor)
    rows = queries.list_registrations(
        session, event.id, search=q, status=status, after=after, limit=ROWS_ON_A_PAGE
    )
    page, following = page_of(rows, ROWS_ON_A_PAGE, key=queries.cursor_key)
    search = {"q": q, "status": status}
    return pages.render(
        request,
        "attendees/list.html",
        organiser=user.name,
        subnav=event_tabs(event.slug),
        event=event,
        rows=page,
        numbers=queries.numbers_of(session, [event.id])[event.id],
        search=FormState(search),
        may_write=user.may(Right.write, event.organisation_id),
        next_page=f"{request.url.path}?{urlencode({**search, 'cursor': following})}" if following else None,
    )


@router.get("/events/{event}/registrations/{registration_id}")
def show_person(
    request: Request, registration_id: UUID, event: OwnEvent, session: Db, user: BrowserUser
) -> Response:
    registration = service.find_registration(session, event, registration_id)
    corrections = corrected.list_corrections(session, registration.id)
    return pages.render(
        request,
        "attendees/person.html",
        headers=PRIVATE,
        organiser=user.name,
        subnav=event_tabs(event.slug),
        event=event,
        row=queries.find_row(session, registration.id),
        asked=_form_of(session, event),
        short_code=queries.short_code_of(session, registration.id),
        confirmation=queries.confirmation_of(session, registration.id),
        scans=checkin.list_scans(session, registration.id),
        corrections=corrections,
        struck={correction.scan_id for correction in corrections},
        may_write=user.may(Right.write, event.organisation_id),
    )


@router.post("/events/{event}/registrations/{registration_id}/cancel", dependencies=[OnceForBrowser])
def cancel_registration(registration_id: UUID, event: OwnEventToChange, session: Db) -> Response:
    service.cancel(session, event, registration_id)
    return see_other(f"/registration/events/{event.slug}/registrations/{registration_id}")


@router.get("/r/{token}")
def show_own(request: Request, token: str, session: Db, sent: bool = False) -> Response:
    event, registration = service.find_by_link(session, token)
    window = window_of(event, setup.find_settings(session, event.id))
    proof = sign_person(registration.id, settings.access_private_key)
    return pages.render(
        request,
        "attendees/own.html",
        headers=PRIVATE,
        event=event,
        registration=registration,
        questions=_form_of(session, event).questions,
        place=place_in_list(session, registration),
        may_cancel=can_cancel(window, utc_now()),
        is_sent=sent,
        way=f"/agenda/my/{proof}",
        papers=f"/certificates/my/{proof}" if service.is_confirmed(session, registration.id) else None,
    )


@router.post("/r/{token}/cancel", dependencies=[OnceForPublic])
def cancel_own(token: str, session: Db) -> Response:
    service.cancel_by_link(session, token)
    return see_other(f"/registration/r/{token}")


@router.post("/r/{token}/change-link", dependencies=[OnceForPublic])
def ask_for_change(token: str, session: Db) -> Response:
    service.ask_for_change(session, token)
    return see_other(f"/registration/r/{token}?sent=true")


@router.get("/r/{secret}/change")
def show_change(request: Request, secret: str, session: Db) -> Response:
    event, registration = service.open_change_link(session, secret)
    return _show_change(request, session, event, FormState(_as_form(registration)))


@router.post("/r/{secret}/change", dependencies=[OnceForPublic])
def change_own(request: Request, secret: str, session: Db, form: Form, language: Language) -> Response:
    raw = {name: value for name, value in form.items() if name != FORM_FIELD}
    event, _ = service.open_change_link(session, secret)
    try:
        with session.begin_nested():
            registration = service.change_by_link(session, secret, raw, locale=language)
    except Invalid as problem:
        return _show_change(request, session, event, FormState.refused(raw, problem), status=422)
    return see_other(path_of(registration))


def _show_change(
    request: Request, session: Db, event: Event, form: FormState, *, status: int = 200
) -> Response:
    return pages.render(
        request,
        "attendees/change.html",
        status,
        headers=PRIVATE,
        event=event,
        questions=_form_of(session, event).questions,
        form=form,
    )


def _as_form(registration: Registration) -> dict[str, str]:
    """As a browser would send it: a box that is not ticked is not there."""
    return {name: value for name, value in service.as_sent(registration).items() if value != "no"}


def _form_of(session: Db, event: Event) -> SignUpForm:
    settings = setup.find_settings(session, event.id)
    return setup.form_of(settings) if settings else SignUpForm()
