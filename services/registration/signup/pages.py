from collections.abc import Mapping
from functools import partial
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session

from services.registration.signup import desk, events, places, service, setup
from services.registration.signup.desk import Applicant
from services.registration.signup.models import Event
from services.registration.signup.settings_form import as_typed, read_settings
from services.registration.signup.waiting_list import Outcome, outcome
from services.registration.signup.window import SignUpState, sign_up_state
from services.registration.web import Language, OwnEventToChange, PublicEvent, pages
from shared.errors import Conflict, FieldError, Invalid, Stale
from shared.kit.access import Principal
from shared.kit.clock import utc_now
from shared.kit.i18n import Locale, gettext
from shared.kit.idempotency import Answer, RequestInFlight
from shared.kit.pages import FormState, event_tabs
from shared.kit.web.dependencies import BrowserUser, Db, Form, Key, OnceForBrowser, see_other
from shared.kit.web.idempotency import FORM_FIELD, IdempotentRoute, request_key, response_of

router = APIRouter(include_in_schema=False, route_class=IdempotentRoute)


@router.get("/e/{slug}")
@router.get("/registration/e/{slug}")
def show_event(request: Request, event: PublicEvent, session: Db) -> Response:
    return _show(request, session, event, FormState())


@router.post("/e/{slug}")
@router.post("/registration/e/{slug}")
async def sign_up(
    request: Request, slug: str, session: Db, form: Form, key: Key, language: Language
) -> Response:
    raw = {name: value for name, value in form.items() if name != FORM_FIELD}
    known_by = request_key(request, key, asker="public")
    fields = {**raw, "locale": language}
    applicant = Applicant(slug, fields, language, known_by, partial(_tell, request), is_at_form=True)
    try:
        return response_of(await desk.sign_up(applicant))
    except Invalid as problem:
        state = FormState.refused(raw, problem)
        return await run_in_threadpool(_show_again, request, session, slug, state, problem.status)
    except RequestInFlight:
        raise
    except Conflict as problem:
        # Sign-up is not open (any more): the page says why.
        return await run_in_threadpool(_show_again, request, session, slug, FormState(raw), problem.status)


def _tell(request: Request, outcome: Outcome) -> Answer:
    return Answer(303, {"location": f"{request.url.path}/done?status={outcome}"})


def _show_again(request: Request, session: Session, slug: str, form: FormState, status: int) -> Response:
    return _show(request, session, events.public_event(session, slug), form, status=status)


@router.get("/e/{slug}/done")
@router.get("/registration/e/{slug}/done")
def show_done(
    request: Request, event: PublicEvent, status: Literal["confirmed", "waiting"] = "confirmed"
) -> Response:
    return pages.render(request, "signup/done.html", event=event, place=status)


def _show(
    request: Request, session: Session, event: Event, form: FormState, *, status: int = 200
) -> Response:
    settings = setup.find_settings(session, event.id)
    state = sign_up_state(service.window_of(event, settings), utc_now()) if settings else SignUpState.early
    return pages.render(
        request,
        "signup/event.html",
        status,
        event=event,
        settings=settings,
        state=state,
        questions=setup.form_of(settings).questions if settings else (),
        is_full=outcome(places.places_of(session, event.id)) == "waiting",
        has_programme=events.has_programme(session, event.id),
        form=form,
    )


@router.get("/registration/events/{event}/sign-up")
def show_settings(request: Request, event: OwnEventToChange, session: Db, user: BrowserUser) -> Response:
    known = setup.find_settings(session, event.id)
    typed = as_typed(setup.describe(session, known) if known else None, event.timezone)
    version = str(known.version if known else 0)
    return _show_settings(request, event, user, FormState({**typed, "version": version}))


@router.post("/registration/events/{event}/sign-up", dependencies=[OnceForBrowser])
def change_settings(
    request: Request, event: OwnEventToChange, session: Db, user: BrowserUser, form: Form, language: Language
) -> Response:
    try:
        _change_settings(session, event, form, language)
    except Invalid as problem:
        state = FormState.refused(form, problem)
        return _show_settings(request, event, user, state, status=problem.status)
    return see_other(f"/registration/events/{event.slug}")


def _change_settings(session: Session, event: Event, form: Mapping[str, str], language: Locale) -> None:
    setup.lock_event(session, event)
    known = setup.find_settings(session, event.id)
    if form.get("version") != str(known.version if known else 0):
        raise Stale
    current = setup.describe(session, known) if known else None
    new = read_settings(form, current, zone=event.timezone, locale=language)
    try:
        with session.begin_nested():
            setup.change_settings(session, event, new)
    except setup.CapacityBelowTaken as problem:
        sentence = gettext(language, problem.sentence(), **problem.facts)
        raise Invalid([FieldError("capacity", sentence)]) from problem


def _show_settings(
    request: Request, event: Event, user: Principal, form: FormState, *, status: int = 200
) -> Response:
    return pages.render(
        request,
        "signup/settings.html",
        status,
        organiser=user.name,
        subnav=event_tabs(event.slug),
        event=event,
        form=form,
    )
