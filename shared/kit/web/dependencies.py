"""What the routes of every service depend on: the transaction, who is asking, keys, forms.

`make_app` puts the service's sessions and settings into `app.state`, where these find them.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from shared.kit.access import Principal
from shared.kit.web.guards import principal_of_browser, principal_of_token
from shared.kit.web.idempotency import once, read_key


async def transaction(request: Request) -> AsyncIterator[Session]:
    """One request, one transaction, which begins with its first statement.

    With scope="function" FastAPI commits before the answer is sent; with its default scope a failing
    commit would still answer 200.
    """
    session: Session = request.app.state.sessions()
    try:
        yield session
        await _end(session, session.commit)
    finally:
        await _end(session, session.close)


async def _end(session: Session, how: Callable[[], None]) -> None:
    # Whoever asked nothing of the database pays for no thread.
    if session.in_transaction():
        await run_in_threadpool(how)


Db = Annotated[Session, Depends(transaction, scope="function")]

# Only for the OpenAPI document: `principal_of_token` reads the header itself.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


def token_principal(request: Request, session: Db, _: Bearer) -> Principal:
    """The bearer of an API token. Raises Unauthenticated."""
    return principal_of_token(request, session, request.app.state.settings)


def browser_principal(request: Request, session: Db) -> Principal:
    """The organiser at the browser. Raises SignInNeeded, which fetches a fresh pass."""
    principal = principal_of_browser(request, session, request.app.state.settings)
    # The page's menu shows what this person may open.
    request.state.principal = principal
    return principal


TokenUser = Annotated[Principal, Depends(token_principal, scope="function")]
BrowserUser = Annotated[Principal, Depends(browser_principal, scope="function")]

Key = Annotated[tuple[str, bytes] | None, Depends(read_key)]


def once_for_token(request: Request, session: Db, principal: TokenUser, key: Key) -> None:
    """Answers a repeated POST of this token with the first answer; raises Replay."""
    once(request, session, key, asker=principal.asker)


def once_for_browser(request: Request, session: Db, principal: BrowserUser, key: Key) -> None:
    """Likewise for a form that is sent twice."""
    once(request, session, key, asker=principal.asker)


OnceForToken = Depends(once_for_token, scope="function")
OnceForBrowser = Depends(once_for_browser, scope="function")


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of a field that was sent twice, the last one."""
    form = await request.form()
    return {_encodable(name): _encodable(value) for name, value in form.items() if isinstance(value, str)}


def _encodable(text: str) -> str:
    # A multipart form may name a charset that makes halves of a pair, which no answer can repeat.
    return text.encode("utf-8", "replace").decode()


Form = Annotated[Mapping[str, str], Depends(read_form)]


def see_other(address: str) -> RedirectResponse:
    """After a form: the browser fetches a page, so that loading it again sends nothing again."""
    return RedirectResponse(address, 303)
