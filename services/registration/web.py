"""What registration's routes depend on: the transaction, who is asking, pages."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from services.registration.accounts.throttle import Throttle
from services.registration.runtime import settings
from services.registration.signup import events
from services.registration.signup.models import Event
from shared.kit.access import Principal, Right
from shared.kit.i18n import Locale
from shared.kit.pages import Pages, Site, locale_of
from shared.kit.redis_client import connect
from shared.kit.web.dependencies import Bearer, BrowserUser, Db, Key, TokenUser
from shared.kit.web.guards import principal_of_token
from shared.kit.web.idempotency import once

pages = Pages(
    "registration",
    ["accounts", "attendees", "checkin", "signup"],
    site=Site.of(settings),
    assets_dir=settings.assets_dir,
)

throttle = Throttle(connect(settings.redis_url))


async def token_principal_or_public(request: Request, session: Db, _: Bearer) -> Principal | None:
    """None without a token; a worthless one is refused, since its owner believes to be somebody."""
    if "authorization" not in request.headers:
        return None
    return await run_in_threadpool(principal_of_token, request, session, settings)


TokenUserOrPublic = Annotated[Principal | None, Depends(token_principal_or_public, scope="function")]


async def once_for_token_if_any(
    request: Request, session: Db, principal: TokenUserOrPublic, key: Key
) -> None:
    """What the public sends is recognised at the desk (see `signup/desk.py`)."""
    if principal is not None:
        await run_in_threadpool(once, request, session, key, asker=principal.asker)


def once_for_public(request: Request, session: Db, key: Key) -> None:
    once(request, session, key, asker="public")


OnceForPublic = Depends(once_for_public, scope="function")
OnceForTokenIfAny = Depends(once_for_token_if_any, scope="function")


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


async def language(request: Request) -> Locale:
    return locale_of(request)


Language = Annotated[Locale, Depends(language)]


async def machine_of(request: Request) -> str:
    """The other end's address; uvicorn takes it from the proxy's header."""
    return request.client.host if request.client else ""


Machine = Annotated[str, Depends(machine_of)]
