"""What the agenda's routes depend on: the transaction, who is asking, which event, pages."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.runtime import Sessions, settings
from shared.kit.access import Principal
from shared.kit.pages import Pages, Site
from shared.kit.web.caching import etag_of
from shared.kit.web.guards import principal_of_browser, principal_of_token
from shared.kit.web.idempotency import once, read_key
from shared.kit.web.service import transaction_of

transaction = transaction_of(Sessions)
Db = Annotated[Session, Depends(transaction, scope="function")]

# Only for the OpenAPI document: `principal_of_token` reads the header itself.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]

pages = Pages(
    "agenda",
    ["events", "programme"],
    site=Site(imprint=settings.imprint_url or None, privacy=settings.privacy_url or None),
    assets_dir=settings.assets_dir,
)


def token_principal(request: Request, session: Db, _: Bearer) -> Principal:
    return principal_of_token(request, session, settings)


def browser_principal(request: Request, session: Db) -> Principal:
    return principal_of_browser(request, session, settings)


TokenUser = Annotated[Principal, Depends(token_principal, scope="function")]
BrowserUser = Annotated[Principal, Depends(browser_principal, scope="function")]

Key = Annotated[tuple[str, bytes] | None, Depends(read_key)]


def once_for_token(request: Request, session: Db, principal: TokenUser, key: Key) -> None:
    once(request, session, key, asker=str(principal.account_id))


def once_for_browser(request: Request, session: Db, principal: BrowserUser, key: Key) -> None:
    once(request, session, key, asker=str(principal.account_id))


OnceForToken = Depends(once_for_token, scope="function")
OnceForBrowser = Depends(once_for_browser, scope="function")


def event_to_read(event: str, session: Db, caller: TokenUser) -> Event:
    return events.find(session, event, caller)


def event_to_change(event: str, session: Db, caller: TokenUser) -> Event:
    return events.find_to_change(session, event, caller)


def own_event(event: str, session: Db, caller: BrowserUser) -> Event:
    return events.find(session, event, caller)


def own_event_to_change(event: str, session: Db, caller: BrowserUser) -> Event:
    return events.find_to_change(session, event, caller)


# `{event}` in a path is the id or the slug.
EventToRead = Annotated[Event, Depends(event_to_read, scope="function")]
EventToChange = Annotated[Event, Depends(event_to_change, scope="function")]
OwnEvent = Annotated[Event, Depends(own_event, scope="function")]
OwnEventToChange = Annotated[Event, Depends(own_event_to_change, scope="function")]


def event_etag(event: Event) -> str:
    return etag_of(event.id, event.version, event.release)


def tag(response: Response, etag: str, *, location: str | None = None) -> None:
    """Say which state the answer shows and, of something new, where it stands."""
    response.headers["ETag"] = etag
    if location is not None:
        response.headers["Location"] = location


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of a field that was sent twice, the last one."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Form = Annotated[Mapping[str, str], Depends(read_form)]
