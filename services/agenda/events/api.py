"""Events for programs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.agenda.events import service
from services.agenda.events.schemas import (
    CloseOptions,
    EventAnswer,
    EventChanges,
    EventFacts,
    NewEvent,
    merged,
)
from services.agenda.web import EventToChange, EventToRead, Route, event_etag, tag
from shared.kit.web.caching import must_match
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser
from shared.kit.web.paging import link_next, page_of, read_id

router = APIRouter(prefix="/agenda/api/v1/events", tags=["events"], route_class=Route)


@router.post("", status_code=201, dependencies=[OnceForToken])
def create_event(facts: NewEvent, session: Db, caller: TokenUser, response: Response) -> EventAnswer:
    """Create a draft. Its capacity and questions belong to registration, its attendance rule to certificates."""
    event = service.create(session, facts, caller)
    tag(response, event_etag(event), location=f"{router.prefix}/{event.id}")
    return EventAnswer.of(event)


@router.get("")
def list_events(
    request: Request,
    response: Response,
    session: Db,
    caller: TokenUser,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Sequence[EventAnswer]:
    """Your organisations' events, the newest first; `Link` names the next page."""
    rows = service.list_own(session, caller, before=read_id(cursor), limit=limit)
    events, following = page_of(rows, limit, key=lambda event: [event.id])
    link_next(request, response, following)
    return [EventAnswer.of(event) for event in events]


@router.get("/{event}")
def get_event(event: EventToRead, response: Response) -> EventAnswer:
    tag(response, event_etag(event))
    return EventAnswer.of(event)


@router.put("/{event}")
def replace_event(
    event: EventToChange, facts: EventFacts, request: Request, response: Response, session: Db
) -> EventAnswer:
    must_match(request, event_etag(event))
    service.change(session, event, facts)
    tag(response, event_etag(event))
    return EventAnswer.of(event)


@router.patch("/{event}")
def change_event(
    event: EventToChange, changes: EventChanges, request: Request, response: Response, session: Db
) -> EventAnswer:
    """Change some facts. A new time zone alone keeps all clock times, those of the sessions too."""
    must_match(request, event_etag(event))
    service.change(session, event, merged(event, changes))
    tag(response, event_etag(event))
    return EventAnswer.of(event)


@router.post("/{event}/publish")
def publish_event(event: EventToChange, session: Db) -> EventAnswer:
    """Make a draft public."""
    return EventAnswer.of(service.publish(session, event))


@router.post("/{event}/cancel")
def cancel_event(event: EventToChange, session: Db) -> EventAnswer:
    """Say that the event will not take place."""
    return EventAnswer.of(service.cancel(session, event))


@router.post("/{event}/close")
def close_event(event: EventToChange, session: Db, options: CloseOptions | None = None) -> EventAnswer:
    """Say that the event is over: attendance is counted against the latest release of the programme."""
    early = options is not None and options.early
    return EventAnswer.of(service.close(session, event, early=early))
