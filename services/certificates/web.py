"""What the routes of this service depend on: the transaction, who is asking, which event, pages."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.copies.service import find_event
from services.certificates.runtime import Sessions, settings
from shared.errors import FieldError, Invalid
from shared.kit.access import Principal, Right
from shared.kit.i18n import N_
from shared.kit.pages import Pages, Site
from shared.kit.web.guards import principal_of_browser, principal_of_token
from shared.kit.web.idempotency import once, read_key
from shared.kit.web.paging import read_cursor
from shared.kit.web.service import transaction_of

transaction = transaction_of(Sessions)
Db = Annotated[Session, Depends(transaction, scope="function")]

# Only for the OpenAPI document: `principal_of_token` reads the header itself.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]

pages = Pages(
    "certificates",
    ["overview", "verification"],
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
    once(request, session, key, asker=principal.asker)


def once_for_browser(request: Request, session: Db, principal: BrowserUser, key: Key) -> None:
    once(request, session, key, asker=principal.asker)


OnceForToken = Depends(once_for_token, scope="function")
OnceForBrowser = Depends(once_for_browser, scope="function")


def event_to_read(event: str, session: Db, caller: TokenUser) -> Event:
    return _event_for(event, session, caller, Right.read)


def event_to_change(event: str, session: Db, caller: TokenUser) -> Event:
    return _event_for(event, session, caller, Right.write)


def own_event(event: str, session: Db, caller: BrowserUser) -> Event:
    return _event_for(event, session, caller, Right.read)


def own_event_to_change(event: str, session: Db, caller: BrowserUser) -> Event:
    return _event_for(event, session, caller, Right.write)


# `{event}` in a path is the id or the slug.
EventToRead = Annotated[Event, Depends(event_to_read, scope="function")]
EventToChange = Annotated[Event, Depends(event_to_change, scope="function")]
OwnEvent = Annotated[Event, Depends(own_event, scope="function")]
OwnEventToChange = Annotated[Event, Depends(own_event_to_change, scope="function")]


def _event_for(key: str, session: Session, caller: Principal, right: Right) -> Event:
    event = find_event(session, key, caller.roles)
    caller.must(right, event.organisation_id)
    return event


def read_id(cursor: str | None) -> UUID | None:
    """The id after which a page begins: a cursor stands in addresses and logs, where no name belongs.

    Raises Invalid for a cursor that we did not write.
    """
    key = read_cursor(cursor)
    try:
        return UUID(key[0]) if key is not None else None
    except (ValueError, IndexError, AttributeError, TypeError) as problem:
        raise Invalid([FieldError("cursor", N_("This is no cursor of a page."))]) from problem


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of a field that was sent twice, the last one."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Form = Annotated[Mapping[str, str], Depends(read_form)]


def pdf(content: bytes, name: str) -> Response:
    """A PDF that only its organisers may have, so no cache keeps it."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf", headers=headers)
