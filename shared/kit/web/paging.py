"""Cursor pages with `Link` headers (RFC 8288): stable while rows come and go."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response

from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

T = TypeVar("T")

NO_CURSOR = N_("This is no cursor of a page.")


def read_cursor(cursor: str | None) -> list[Any] | None:
    """The sort key after which a page begins. Raises Invalid for a cursor that we did not write."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, RecursionError, binascii.Error) as problem:
        raise _foreign_cursor() from problem
    if not isinstance(key, list):
        raise _foreign_cursor()
    return key


def read_id(cursor: str | None) -> UUID | None:
    """The id after which a page begins: a cursor stands in addresses and logs, where no name belongs.

    Raises Invalid for a cursor that we did not write.
    """
    key = read_cursor(cursor)
    try:
        return UUID(key[0]) if key is not None else None
    except (ValueError, IndexError, AttributeError, TypeError) as problem:
        raise _foreign_cursor() from problem


def _foreign_cursor() -> Invalid:
    return Invalid([FieldError("cursor", NO_CURSOR)])


def write_cursor(key: Sequence[Any]) -> str:
    """The key as a text for addresses: base64url of JSON, which only `read_cursor` takes apart."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()


def page_of(
    rows: Sequence[T], limit: int, *, key: Callable[[T], Sequence[Any]]
) -> tuple[Sequence[T], str | None]:
    """Cut `limit + 1` fetched rows into one page and the cursor of the next; None at the end."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write_cursor(key(rows[limit - 1]))


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Name the next page in `Link` (RFC 8288); nothing where there is none."""
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
