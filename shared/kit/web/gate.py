"""What is refused before a route is asked: bodies that are too large, forms of other sites."""

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Forbidden, ProblemError, TooLarge

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# The largest honest body is a batch of some thousand scans; files are not uploaded yet.
LARGEST_BODY = 1_000_000


class ForeignForm(Forbidden):
    """This form was sent from another site."""


class Gate:
    """Answers what must not come in as the routes would answer a problem.

    Cross-site request forgery is met after OWASP's advice on Fetch Metadata: browsers say where a
    request comes from, and no page can forge that. With SameSite cookies no token is needed.
    """

    def __init__(
        self, app: ASGIApp, *, public_url: str, answer: Callable[[Request, ProblemError], Response]
    ) -> None:
        self.app = app
        self.host = urlsplit(public_url).netloc
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._problem(scope) if scope["type"] == "http" else None
        if problem is None:
            await self.app(scope, _counted(receive), send)
        else:
            await self.answer(Request(scope, receive), problem)(scope, receive, send)

    def _problem(self, scope: Scope) -> ProblemError | None:
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > LARGEST_BODY:
            return TooLarge(limit="1 MB")
        if scope["method"] not in SAFE_METHODS and self._is_foreign(headers):
            return ForeignForm()
        return None

    def _is_foreign(self, headers: Headers) -> bool:
        if "authorization" in headers:
            return False  # A token is never sent by a browser on its own.
        fetch_site = headers.get("sec-fetch-site")
        if fetch_site is not None:
            return fetch_site not in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and urlsplit(origin).netloc not in {self.host, headers.get("host")}


def _counted(receive: Receive) -> Receive:
    """Counts a body while it is read: its declared length may be missing or a lie."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY:
            # FastAPI lets this exception pass while it reads a body, and no other.
            raise HTTPException(413)
        return message

    return receive_some
