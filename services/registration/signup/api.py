from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from services.registration.attendees.queries import find_row
from services.registration.attendees.schemas import show
from services.registration.mailing.service import event_locale
from services.registration.signup import desk, events, places, service, setup
from services.registration.signup.desk import Applicant
from services.registration.signup.models import Event, EventSettings
from services.registration.signup.person import read_person
from services.registration.signup.schemas import Places, RegistrationOut, Settings, SignUp, SignUpAnswer
from services.registration.signup.waiting_list import Outcome
from services.registration.web import EventToRead, Language, OnceForTokenIfAny, TokenUserOrPublic
from shared.kit.access import Principal, Right
from shared.kit.i18n import Locale
from shared.kit.idempotency import Answer
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db, Key, TokenUser
from shared.kit.web.idempotency import IdempotentRoute, request_key, response_of

router = APIRouter(
    prefix="/registration/api/v1/events/{event}", tags=["sign-up"], route_class=IdempotentRoute
)


def event_to_set_up(event: str, session: Db, user: TokenUser) -> Event:
    """Raises EventOnItsWay for an event that nobody has told us of: the message may be on its way.

    And for another tenant's, or the difference would tell that it exists.
    """
    try:
        return events.event_for(session, event, user, Right.write)
    except events.EventNotFound as problem:
        raise setup.EventOnItsWay from problem


EventToSetUp = Annotated[Event, Depends(event_to_set_up, scope="function")]


@router.get("/settings")
def show_settings(event: EventToRead, session: Db, response: Response) -> Settings:
    """How people sign up for the event."""
    return _tagged(setup.settings_of(session, event.id), session, response)


@router.put("/settings")
def change_settings(
    new: Settings, request: Request, response: Response, event: EventToSetUp, session: Db
) -> Settings:
    """Set how people sign up; more places go to those who wait at once. If-Match, once there are settings."""
    setup.lock_event(session, event)
    known = setup.find_settings(session, event.id)
    if known is None:
        response.status_code = 201
    else:
        must_match(request, _etag(known))
    return _tagged(setup.change_settings(session, event, new), session, response)


def _tagged(settings: EventSettings, session: Db, response: Response) -> Settings:
    response.headers["ETag"] = _etag(settings)
    return setup.describe(session, settings)


def _etag(settings: EventSettings) -> str:
    return etag_of(settings.event_id, settings.version)


@router.get("/places")
def show_places(event: EventToRead, session: Db) -> Places:
    """How full the event is at this moment."""
    return Places.model_validate(places.places_of(session, event.id), from_attributes=True)


@router.post(
    "/registrations",
    status_code=202,
    response_model=SignUpAnswer,
    responses={201: {"model": RegistrationOut, "description": "With an organiser's token"}},
    dependencies=[OnceForTokenIfAny],
)
async def sign_up(
    body: SignUp,
    event: str,
    request: Request,
    session: Db,
    user: TokenUserOrPublic,
    key: Key,
    language: Language,
) -> Response:
    """Sign somebody up. The public hears what a new address gets now (202); an organiser gets it all (201)."""
    if user is not None:
        return await run_in_threadpool(_sign_up_for, user, session, event, body, language)
    known_by = request_key(request, key, asker="public")
    answer = await desk.sign_up(Applicant(event, body.model_dump(), language, known_by, _tell))
    return response_of(answer)


def _tell(outcome: Outcome) -> Answer:
    content = SignUpAnswer(status=outcome).model_dump_json().encode()
    return Answer(202, {"content-type": "application/json"}, content)


def _sign_up_for(user: Principal, session: Session, key: str, body: SignUp, language: Locale) -> Response:
    event = events.event_for(session, key, user, Right.write)
    person = read_person(
        body.model_dump(),
        setup.form_of(setup.settings_of(session, event.id)),
        locale=language,
        default_locale=event_locale(event),
        is_organiser=True,
    )
    registration = service.sign_up_as_organiser(session, event, person)
    content = show(find_row(session, registration.id)).model_dump(mode="json")
    location = f"/registration/api/v1/events/{event.id}/registrations/{registration.id}"
    headers = {"Location": location, "ETag": etag_of(registration.id, registration.version)}
    return JSONResponse(content, 201, headers=headers)
