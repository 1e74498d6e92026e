from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registration.attendees import queries, service
from services.registration.attendees.queries import Filter
from services.registration.attendees.schemas import Changes, RegistrationPage, show
from services.registration.signup.models import Registration
from services.registration.signup.schemas import RegistrationOut
from services.registration.web import EventToChange, EventToRead, Language
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db
from shared.kit.web.paging import link_next, page_of, read_cursor

router = APIRouter(prefix="/registration/api/v1/events/{event}/registrations", tags=["registrations"])


@router.get("")
def list_registrations(
    request: Request,
    response: Response,
    event: EventToRead,
    session: Db,
    q: Annotated[str, Query(max_length=200, description="Words in the name, address or organisation")] = "",
    status: Filter = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RegistrationPage:
    """The registrations of an event, by name."""
    after = read_cursor(cursor)
    rows = queries.list_registrations(session, event.id, search=q, status=status, after=after, limit=limit)
    page, following = page_of(rows, limit, key=queries.cursor_key)
    link_next(request, response, following)
    return RegistrationPage(items=[show(row) for row in page], next=following)


@router.get("/{registration_id}")
def show_registration(
    registration_id: UUID, event: EventToRead, session: Db, response: Response
) -> RegistrationOut:
    return _tagged(service.find_registration(session, event, registration_id), session, response)


@router.patch("/{registration_id}")
def change_registration(
    registration_id: UUID,
    changes: Changes,
    request: Request,
    response: Response,
    event: EventToChange,
    session: Db,
    language: Language,
) -> RegistrationOut:
    """Change the fields that are named; the ticket follows. If-Match."""
    registration = service.lock_registration(session, event, registration_id)
    must_match(request, _etag(registration))
    changed = service.change_as_organiser(session, event, registration, changes.model_dump(), locale=language)
    return _tagged(changed, session, response)


@router.post("/{registration_id}/cancel")
def cancel_registration(
    registration_id: UUID, event: EventToChange, session: Db, response: Response
) -> RegistrationOut:
    """Cancel; the first in the waiting list gets the place. Doing it twice is doing it once."""
    return _tagged(service.cancel(session, event, registration_id), session, response)


def _tagged(registration: Registration, session: Db, response: Response) -> RegistrationOut:
    response.headers["ETag"] = _etag(registration)
    return show(queries.find_row(session, registration.id))


def _etag(registration: Registration) -> str:
    return etag_of(registration.id, registration.version)
