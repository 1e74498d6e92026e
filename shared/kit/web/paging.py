"""Cursor pages with `Link` headers (RFC 8288): stable while rows come and go."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import Request, Response

from shared.errors import FieldError, Invalid

T = TypeVar("T")


def read_cursor(cursor: str | None) -> list[Any] | None:
    """The sort key after which a page begins. Raises Invalid for a cursor that we did not write."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, RecursionError, binascii.Error) as problem:
        raise Invalid([FieldError("cursor", "This is no cursor of a page.")]) from problem
    if not isinstance(key, list):
        raise Invalid([FieldError("cursor", "This is no cursor of a page.")])
    return key


def write_cursor(key: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()


def page_of(
    rows: Sequence[T], limit: int, *, key: Callable[[T], Sequence[Any]]
) -> tuple[Sequence[T], str | None]:
    """Cut `limit + 1` fetched rows into one page and the cursor of the next; None at the end."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write_cursor(key(rows[limit - 1]))


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
