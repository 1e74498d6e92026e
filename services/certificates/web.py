"""What the routes of this service depend on: the transaction, who is asking, which event, pages."""

from typing import Annotated

from fastapi import Depends, Response
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.copies.service import find_event
from services.certificates.runtime import settings
from shared.kit.access import Principal, Right
from shared.kit.pages import Pages, Site
from shared.kit.web.dependencies import BrowserUser, Db, TokenUser

pages = Pages(
    "certificates",
    [
        "confirmations",
        "layouts",
        "mailing",
        "overview",
        "printing",
        "report",
        "review",
        "signed_lists",
        "signing",
        "verification",
    ],
    site=Site.of(settings),
    assets_dir=settings.assets_dir,
)


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


def pdf(content: bytes, name: str) -> Response:
    """A PDF that only its organisers may have, so no cache keeps it."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf", headers=headers)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file that somebody has uploaded: it is saved, and no browser shows or runs it in our name."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)
