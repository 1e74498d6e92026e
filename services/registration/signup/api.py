from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.registration.attendees.queries import find_row
from services.registration.attendees.schemas import show
from services.registration.signup import events, places, service, setup
from services.registration.signup.models import Event, EventSettings
from services.registration.signup.person import read_person
from services.registration.signup.schemas import Places, RegistrationOut, Settings, SignUp, SignUpAnswer
from services.registration.signup.service import event_locale
from services.registration.web import EventToRead, Language, OnceForTokenOrPublic, TokenUserOrPublic
from shared.kit.access import Right
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db, TokenUser
from shared.kit.web.idempotency import IdempotentRoute

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


def event_to_join(event: str, session: Db, user: TokenUserOrPublic) -> Event:
    if user is None:
        return events.public_event(session, event)
    return events.event_for(session, event, user, Right.write)


EventToJoin = Annotated[Event, Depends(event_to_join, scope="function")]


@router.post(
    "/registrations",
    status_code=202,
    response_model=SignUpAnswer,
    responses={201: {"model": RegistrationOut, "description": "With an organiser's token"}},
    dependencies=[OnceForTokenOrPublic],
)
def sign_up(
    body: SignUp, event: EventToJoin, session: Db, user: TokenUserOrPublic, language: Language
) -> object:
    """Sign somebody up. The public hears what a new address gets now (202); an organiser gets it all (201)."""
    settings = setup.settings_of(session, event.id)
    person = read_person(
        body.model_dump(),
        setup.form_of(settings),
        locale=language,
        default_locale=event_locale(event),
        is_organiser=user is not None,
    )
    if user is None:
        return SignUpAnswer(status=service.sign_up_publicly(session, event, person))
    registration = service.sign_up_as_organiser(session, event, person)
    content = show(find_row(session, registration.id)).model_dump(mode="json")
    location = f"/registration/api/v1/events/{event.id}/registrations/{registration.id}"
    headers = {"Location": location, "ETag": etag_of(registration.id, registration.version)}
    return JSONResponse(content, 201, headers=headers)
