"""Where a page of parked messages begins."""

from uuid import UUID

from shared.errors import FieldError, Invalid
from shared.kit.operations.service import Place
from shared.kit.settings import SERVICES
from shared.kit.web.paging import NO_CURSOR, read_cursor


def read_place(cursor: str | None) -> Place | None:
    """A parked message's place in the list. Raises Invalid for a cursor that we did not write."""
    match read_cursor(cursor):
        case None:
            return None
        case [str(message_id), str(consumer)] if consumer in SERVICES:
            return _id(message_id), consumer
    raise _foreign()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise _foreign() from problem


def _foreign() -> Invalid:
    return Invalid([FieldError("cursor", NO_CURSOR)])
