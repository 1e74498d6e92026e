"""What registration's routes depend on: the transaction, who is asking, pages."""

from collections.abc import Mapping
from typing import Annotated

import redis
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from services.registration.accounts.throttle import Throttle
from services.registration.runtime import Sessions, settings
from services.registration.signup import events
from services.registration.signup.models import Event
from shared.kit.access import Principal, Right
from shared.kit.i18n import Locale
from shared.kit.pages import Pages, Site, locale_of
from shared.kit.web.guards import maybe, principal_of_browser, principal_of_token
from shared.kit.web.idempotency import once, read_key
from shared.kit.web.service import transaction_of

transaction = transaction_of(Sessions)
Db = Annotated[Session, Depends(transaction, scope="function")]

# Only for the OpenAPI document: `principal_of_token` reads the header itself.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]

pages = Pages(
    "registration",
    ["accounts", "attendees", "checkin", "signup"],
    site=Site(imprint=settings.imprint_url or None, privacy=settings.privacy_url or None),
    assets_dir=settings.assets_dir,
)

throttle = Throttle(redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2))


def token_principal(request: Request, session: Db, _: Bearer) -> Principal:
    return principal_of_token(request, session, settings)


def token_principal_or_public(request: Request, session: Db, _: Bearer) -> Principal | None:
    """None without a token; a worthless one is refused, since its owner believes to be somebody."""
    if "authorization" not in request.headers:
        return None
    return principal_of_token(request, session, settings)


def browser_principal(request: Request, session: Db) -> Principal:
    return principal_of_browser(request, session, settings)


def browser_principal_or_public(request: Request, session: Db) -> Principal | None:
    return maybe(lambda: principal_of_browser(request, session, settings))


TokenUser = Annotated[Principal, Depends(token_principal, scope="function")]
TokenUserOrPublic = Annotated[Principal | None, Depends(token_principal_or_public, scope="function")]
BrowserUser = Annotated[Principal, Depends(browser_principal, scope="function")]
Visitor = Annotated[Principal | None, Depends(browser_principal_or_public, scope="function")]

Key = Annotated[tuple[str, bytes] | None, Depends(read_key)]


def once_for_token(request: Request, session: Db, principal: TokenUser, key: Key) -> None:
    once(request, session, key, asker=principal.asker)


def once_for_token_or_public(request: Request, session: Db, principal: TokenUserOrPublic, key: Key) -> None:
    once(request, session, key, asker=principal.asker if principal else "public")


def once_for_browser(request: Request, session: Db, principal: BrowserUser, key: Key) -> None:
    once(request, session, key, asker=principal.asker)


def once_for_public(request: Request, session: Db, key: Key) -> None:
    once(request, session, key, asker="public")


OnceForToken = Depends(once_for_token, scope="function")
OnceForTokenOrPublic = Depends(once_for_token_or_public, scope="function")
OnceForBrowser = Depends(once_for_browser, scope="function")
OnceForPublic = Depends(once_for_public, scope="function")


# `{event}` in a path is the id or the slug; another tenant's event is not there.
def event_to_read(event: str, session: Db, user: TokenUser) -> Event:
    return events.event_for(session, event, user, Right.read)


def event_to_change(event: str, session: Db, user: TokenUser) -> Event:
    return events.event_for(session, event, user, Right.write)


def event_to_scan(event: str, session: Db, user: TokenUser) -> Event:
    return events.event_for(session, event, user, Right.scan)


def own_event(event: str, session: Db, user: BrowserUser) -> Event:
    return events.event_for(session, event, user, Right.read)


def own_event_to_change(event: str, session: Db, user: BrowserUser) -> Event:
    return events.event_for(session, event, user, Right.write)


def public_event(slug: str, session: Db) -> Event:
    return events.public_event(session, slug)


EventToRead = Annotated[Event, Depends(event_to_read, scope="function")]
EventToChange = Annotated[Event, Depends(event_to_change, scope="function")]
EventToScan = Annotated[Event, Depends(event_to_scan, scope="function")]
OwnEvent = Annotated[Event, Depends(own_event, scope="function")]
OwnEventToChange = Annotated[Event, Depends(own_event_to_change, scope="function")]
PublicEvent = Annotated[Event, Depends(public_event, scope="function")]


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of a field that was sent twice, the last one."""
    form = await request.form()
    return {_encodable(name): _encodable(value) for name, value in form.items() if isinstance(value, str)}


def _encodable(text: str) -> str:
    # A multipart form may name a charset that makes halves of a pair, which no answer can repeat.
    return text.encode("utf-8", "replace").decode()


Form = Annotated[Mapping[str, str], Depends(read_form)]
Language = Annotated[Locale, Depends(locale_of)]


def machine_of(request: Request) -> str:
    """The other end's address; uvicorn takes it from the proxy's header."""
    return request.client.host if request.client else ""


Machine = Annotated[str, Depends(machine_of)]


def to(url: str) -> RedirectResponse:
    """After a form: the browser fetches a page, so that loading it again sends nothing again."""
    return RedirectResponse(url, 303)
