"""Idempotency-Key on POST: `once` remembers the answer, IdempotentRoute stores it.

A router of POSTs that create or send takes `route_class=IdempotentRoute`, and such a route the
service's `Once` after its principal, so that nobody gets an answer without being allowed to ask.
A form sends the key in its hidden field `idempotency_key`.
"""

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from shared.kit import idempotency
from shared.kit.clock import utc_now
from shared.kit.idempotency import IdempotencyKeyTooLong, StoredAnswer

FORM_FIELD = "idempotency_key"
KEPT_HEADERS = ("content-type", "content-language", "location", "etag")


class Replay(Exception):
    """The same request was answered before: this is that answer."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__("replay")
        # Made now: when the handler runs, the session that knows the answer is closed.
        headers = {**answer.headers, "Idempotency-Replayed": "true"}
        self.response = Response(answer.body, answer.status, headers=headers)


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


def once(request: Request, session: Session, key_and_body: tuple[str, bytes] | None, *, asker: str) -> None:
    """Raises Replay with the stored answer to an equal request; else the answer will be stored."""
    if key_and_body is None:
        return
    key, body_hash = key_and_body
    if len(key) > idempotency.LONGEST_KEY:
        raise IdempotencyKeyTooLong(limit=idempotency.LONGEST_KEY)
    hashed = idempotency.key_of(asker, request.method, request.url.path, key)
    answer = idempotency.find_answer(session, hashed, body_hash)
    if answer is not None:
        raise Replay(answer)
    request.state.remember = (session, hashed, body_hash)


class IdempotentRoute(APIRoute):
    """Stores a good answer in the transaction of its effect, before that is committed."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # Starlette says Coroutine, of which only await is used.
        answer = super().get_route_handler()

        async def answer_and_remember(request: Request) -> Response:
            response = await answer(request)
            if hasattr(request.state, "remember") and response.status_code < 400:
                session, key, body_hash = request.state.remember
                _store(session, key, body_hash, response)
            return response

        return answer_and_remember


def _store(session: Session, key: bytes, body_hash: bytes, response: Response) -> None:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    # It is written when the transaction commits: adding asks no database, so it needs no thread of its own.
    session.add(
        StoredAnswer(
            key=key,
            body_hash=body_hash,
            status=response.status_code,
            headers=kept,
            body=bytes(response.body),
            stored_at=utc_now(),
        )
    )


def _text(value: UploadFile | str) -> str:
    return value if isinstance(value, str) else value.filename or ""
