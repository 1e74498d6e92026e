"""Idempotency-Key on POST: `once` remembers the answer, IdempotentRoute stores it.

A router of POSTs that create or send takes `route_class=IdempotentRoute`, and such a route the
service's `Once` after its principal, so that nobody gets an answer without being allowed to ask.
A form sends the key in its hidden field `idempotency_key`.
"""

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from shared.kit import idempotency
from shared.kit.idempotency import Answer, IdempotencyKeyTooLong, RequestKey

FORM_FIELD = "idempotency_key"
KEPT_HEADERS = ("content-type", "content-language", "location", "etag")


class Replay(Exception):
    """The same request was answered before: this is that answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("replay")
        self.response = response_of(answer)


def response_of(answer: Answer) -> Response:
    return Response(answer.body, answer.status, headers=dict(answer.headers))


async def read_key(request: Request) -> tuple[str, bytes] | None:
    """The request's key and the hash of its content without the key; None where it has no key."""
    if request.headers.get("content-type", "").startswith(("application/x-www-form", "multipart/")):
        return await _read_form_key(request)
    key = request.headers.get("idempotency-key", "")
    return (key, hashlib.sha256(await request.body()).digest()) if key else None


async def _read_form_key(request: Request) -> tuple[str, bytes] | None:
    form = await request.form()
    key = request.headers.get("idempotency-key") or str(form.get(FORM_FIELD) or "")
    fields = [(name, _text(value)) for name, value in form.multi_items() if name != FORM_FIELD]
    content = hashlib.sha256(repr(fields).encode()).digest()
    # Whoever goes back and changes what was typed sends another form under the key of the old page:
    # the content is part of a form's key.
    return (f"{key} {content.hex()}", content) if key else None


def request_key(request: Request, key_and_body: tuple[str, bytes] | None, *, asker: str) -> RequestKey | None:
    """By what an equal request of this asker is recognised; None where it has no key."""
    if key_and_body is None:
        return None
    key, body_hash = key_and_body
    if len(key) > idempotency.LONGEST_KEY:
        raise IdempotencyKeyTooLong(limit=idempotency.LONGEST_KEY)
    return RequestKey(idempotency.key_of(asker, request.method, request.url.path, key), body_hash)


def once(request: Request, session: Session, key_and_body: tuple[str, bytes] | None, *, asker: str) -> None:
    """Raises Replay with the stored answer to an equal request; else the answer will be stored."""
    key = request_key(request, key_and_body, asker=asker)
    if key is None:
        return
    answer = idempotency.find_answer(session, key)
    if answer is not None:
        raise Replay(answer)
    request.state.remember = (session, key)


class IdempotentRoute(APIRoute):
    """Stores a good answer in the transaction of its effect, before that is committed."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # Starlette says Coroutine, of which only await is used.
        answer = super().get_route_handler()

        async def answer_and_remember(request: Request) -> Response:
            response = await answer(request)
            if hasattr(request.state, "remember") and response.status_code < 400:
                session, key = request.state.remember
                await run_in_threadpool(idempotency.store, session, [(key, _answer_of(response))])
            return response

        return answer_and_remember


def _answer_of(response: Response) -> Answer:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, kept, bytes(response.body))


def _text(value: UploadFile | str) -> str:
    return value if isinstance(value, str) else value.filename or ""
