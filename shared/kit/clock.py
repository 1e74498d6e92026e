"""The clock as a parameter: `now: Clock = utc_now`, so that tests choose the moment."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This instant, in UTC and with its zone."""
    return datetime.now(UTC)
