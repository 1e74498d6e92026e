from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.registration.attendees.service import find_registration
from services.registration.checkin import corrections, service
from services.registration.checkin.models import Scan
from services.registration.signup.local_time import instant_of, wall_time_of
from services.registration.signup.models import Event, Registration
from services.registration.signup.names import Refused
from services.registration.web import Language, OwnEventToChange, pages
from shared.errors import FieldError, Invalid
from shared.kit.access import Principal
from shared.kit.i18n import Locale, gettext
from shared.kit.pages import FormState, event_tabs
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

router = APIRouter(
    prefix="/registration/events/{event}/registrations/{registration_id}",
    include_in_schema=False,
    route_class=IdempotentRoute,
)


@router.post("/present", dependencies=[OnceForBrowser])
def mark_present(registration_id: UUID, event: OwnEventToChange, session: Db, user: BrowserUser) -> Response:
    service.mark_present(session, event, find_registration(session, event, registration_id), user)
    return _back(event, registration_id)


@router.get("/add-stay")
def show_add_stay(
    request: Request, registration_id: UUID, event: OwnEventToChange, session: Db, user: BrowserUser
) -> Response:
    registration = find_registration(session, event, registration_id)
    times = {
        "entered_at": wall_time_of(event.starts_at, event.timezone),
        "left_at": wall_time_of(event.ends_at, event.timezone),
    }
    return _show(request, "checkin/add_stay.html", event, registration, user, FormState(times))


@router.post("/add-stay", dependencies=[OnceForBrowser])
def add_stay(
    request: Request,
    registration_id: UUID,
    event: OwnEventToChange,
    session: Db,
    user: BrowserUser,
    form: Form,
    language: Language,
) -> Response:
    registration = find_registration(session, event, registration_id)
    try:
        entered_at, left_at = read_stay(form, event.timezone, language)
        reason = form.get("reason", "")
        corrections.add_stay(
            session,
            registration,
            user,
            entered_at=entered_at,
            left_at=left_at,
            reason=reason,
            locale=language,
        )
    except Invalid as problem:
        state = FormState.refused(form, problem)
        return _show(request, "checkin/add_stay.html", event, registration, user, state, status=422)
    return _back(event, registration_id)


@router.get("/scans/{scan_id}/strike")
def show_strike(
    request: Request,
    registration_id: UUID,
    scan_id: UUID,
    event: OwnEventToChange,
    session: Db,
    user: BrowserUser,
) -> Response:
    registration = find_registration(session, event, registration_id)
    scan = corrections.find_scan(session, registration, scan_id)
    return _show(request, "checkin/strike.html", event, registration, user, FormState(), scan=scan)


@router.post("/scans/{scan_id}/strike", dependencies=[OnceForBrowser])
def strike_scan(
    request: Request,
    registration_id: UUID,
    scan_id: UUID,
    event: OwnEventToChange,
    session: Db,
    user: BrowserUser,
    form: Form,
    language: Language,
) -> Response:
    registration = find_registration(session, event, registration_id)
    try:
        corrections.strike_scan(
            session, registration, scan_id, user, reason=form.get("reason", ""), locale=language
        )
    except Invalid as problem:
        scan, state = corrections.find_scan(session, registration, scan_id), FormState.refused(form, problem)
        return _show(request, "checkin/strike.html", event, registration, user, state, status=422, scan=scan)
    return _back(event, registration_id)


def read_stay(form: Mapping[str, str], zone: str, locale: Locale) -> tuple[datetime, datetime]:
    """From when to when. Raises Invalid with a sentence at each field that is no day and time."""
    instants: dict[str, datetime] = {}
    errors: list[FieldError] = []
    for name in ("entered_at", "left_at"):
        try:
            instants[name] = instant_of(form.get(name, ""), zone)
        except Refused as refusal:
            errors.append(FieldError(name, gettext(locale, refusal.sentence)))
    if errors:
        raise Invalid(errors)
    return instants["entered_at"], instants["left_at"]


def _show(
    request: Request,
    template: str,
    event: Event,
    registration: Registration,
    user: Principal,
    form: FormState,
    *,
    status: int = 200,
    scan: Scan | None = None,
) -> Response:
    return pages.render(
        request,
        template,
        status,
        organiser=user.name,
        subnav=event_tabs(event.slug),
        event=event,
        registration=registration,
        form=form,
        scan=scan,
    )


def _back(event: Event, registration_id: UUID) -> Response:
    return see_other(f"/registration/events/{event.slug}/registrations/{registration_id}")
