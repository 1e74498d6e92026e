"""Who is asking: the dependencies by which routes get their principal."""

from fastapi import Request
from sqlalchemy.orm import Session

from shared.errors import Unauthenticated
from shared.kit import access
from shared.kit.access import Principal
from shared.kit.settings import Settings


class SignInNeeded(Exception):
    """A page needs a pass that is there and fresh; the browser is sent to fetch one."""


def principal_of_token(request: Request, session: Session, settings: Settings) -> Principal:
    """The bearer of an API token. Raises Unauthenticated where there is none or it is worthless."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return _unrevoked(access.verify(token.strip(), settings.access_public_key), session)


def principal_of_browser(request: Request, session: Session, settings: Settings) -> Principal:
    """The person at the browser. Raises SignInNeeded where the pass is missing, expired or revoked."""
    cookie = request.cookies.get(settings.access_cookie)
    if cookie is None:
        raise SignInNeeded
    try:
        return _unrevoked(access.verify(cookie, settings.access_public_key), session)
    except Unauthenticated as problem:
        raise SignInNeeded from problem


def _unrevoked(principal: Principal, session: Session) -> Principal:
    if access.is_revoked(session, principal.session_id):
        raise Unauthenticated
    return principal
