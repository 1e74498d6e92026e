"""Strong ETags: `304` for readers, `If-Match` against lost updates (RFC 9110, 13.1)."""

import hashlib
import re

from fastapi import Request, Response

from shared.errors import PreconditionRequired, Stale

# A proxy that compresses an answer names the coding in its ETag, as Caddy does; the state is the same.
CODING = re.compile(r'-(?:gzip|zstd|br)"$')


def etag_of(*parts: object) -> str:
    """A strong ETag from what identifies a state, for example an id and its version."""
    text = "\0".join(str(part) for part in parts)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def must_match(request: Request, etag: str) -> None:
    """For every PUT, PATCH and DELETE of something that exists.

    Raises PreconditionRequired without If-Match and Stale where it names another state.
    """
    given = request.headers.get("if-match")
    if given is None:
        raise PreconditionRequired
    if given.strip() != "*" and etag not in _tags(given):
        raise Stale


def cached(
    request: Request, content: bytes, *, media_type: str, max_age: int = 60, filename: str | None = None
) -> Response:
    """A public document with its ETag, or 304 for a reader who has it."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={max_age}",
        "X-Content-Type-Options": "nosniff",
    }
    if filename is not None:
        headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _tags(header: str) -> set[str]:
    return {CODING.sub('"', tag.strip().removeprefix("W/")) for tag in header.split(",")}
