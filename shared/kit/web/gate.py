"""What happens before a route is asked: who has to wait, what is refused, and what became of a bug."""

import asyncio
from asyncio import AbstractEventLoop, Semaphore
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import structlog
from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Forbidden, ProblemError, TooLarge
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# The largest honest body is a batch of some thousand scans; where files are sent, `larger` says so.
LARGEST_BODY = 1_000_000
NOWHERE: Mapping[str, int] = MappingProxyType({})


class ForeignForm(Forbidden):
    """This form was sent from another site."""


class Gate:
    """The outermost layer of a service; it answers as the routes would answer a problem.

    A request holds a database connection between hops from thread to thread. If more came in than
    there are connections, threads would wait for connections and connections for threads: so
    `slots` requests are inside at once, and the others wait here, in the order of their arrival.

    Cross-site request forgery is met after OWASP's advice on Fetch Metadata: browsers say where a
    request comes from, and no page can forge that. With SameSite cookies no token is needed.

    `larger` gives the bytes that a body may have at addresses with such an ending.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        public_url: str,
        slots: int,
        answer: Callable[[Request, ProblemError], Response],
        larger: Mapping[str, int] = NOWHERE,
    ) -> None:
        self.app = app
        self.larger = larger
        self.host = urlsplit(public_url).netloc
        self.slots = slots
        self.answer = answer
        # A semaphore belongs to the event loop in which somebody first waited for it.
        self.queues: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].endswith("/healthz"):
            await self.app(scope, receive, send)
        elif problem := self._problem(scope):
            await self.answer(Request(scope, receive), problem)(scope, receive, send)
        else:
            await self._admit(scope, _counted(receive, self._limit(scope)), send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        slot = Slot(self._queue())
        await slot.take()

        async def send_and_leave(message: Message) -> None:
            # The transaction has ended; a reader with a slow line keeps nobody else waiting.
            slot.leave()
            await send(message)

        try:
            await self.app(scope, receive, send_and_leave)
        except Exception as problem:
            log.error("request.failed", route=_route_of(scope), **describe_error(problem))
            if slot.is_taken:
                await self.answer(Request(scope, receive), ProblemError())(scope, receive, send)
        finally:
            slot.leave()

    def _queue(self) -> Semaphore:
        return self.queues.setdefault(asyncio.get_running_loop(), Semaphore(self.slots))

    def _problem(self, scope: Scope) -> ProblemError | None:
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        limit = self._limit(scope)
        if length.isdecimal() and int(length) > limit:
            return TooLarge(limit=f"{limit // 1_000_000} MB")
        if scope["method"] not in SAFE_METHODS and self._is_foreign(headers):
            return ForeignForm()
        return None

    def _limit(self, scope: Scope) -> int:
        """How many bytes the body may have."""
        allowed = (limit for ending, limit in self.larger.items() if scope["path"].endswith(ending))
        return next(allowed, LARGEST_BODY)

    def _is_foreign(self, headers: Headers) -> bool:
        if headers.get("authorization", "").lower().startswith("bearer "):
            return False  # A browser never sends a bearer's token on its own.
        fetch_site = headers.get("sec-fetch-site")
        if fetch_site is not None:
            return fetch_site not in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and urlsplit(origin).netloc not in {self.host, headers.get("host")}


class Slot:
    """One request's place inside; left once, however often that is said."""

    def __init__(self, queue: Semaphore) -> None:
        self.queue = queue
        self.is_taken = False

    async def take(self) -> None:
        await self.queue.acquire()
        self.is_taken = True

    def leave(self) -> None:
        if self.is_taken:
            self.is_taken = False
            self.queue.release()


def _counted(receive: Receive, limit: int) -> Receive:
    """Counts a body while it is read: its declared length may be missing or a lie."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            # FastAPI lets this exception pass while it reads a body, and no other.
            raise HTTPException(413)
        return message

    return receive_some


def _route_of(scope: Scope) -> str:
    """The route's pattern: the path itself may hold somebody's link."""
    return str(getattr(scope.get("route"), "path", "none"))
