"""What somebody types into a field for day and time, as an instant. Pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.registration.signup.names import Refused
from shared.kit.i18n import N_


def instant_of(text: str, zone: str) -> datetime:
    """The instant (UTC) of a wall time such as `2022-11-24T09:30` in an IANA zone; of two, the first.

    Raises Refused for anything else.
    """
    try:
        wall = datetime.fromisoformat(text)
        if wall.tzinfo is not None:
            raise ValueError("a wall time has no zone")
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(N_("Please enter day and time.")) from error


def wall_time_of(instant: datetime, zone: str) -> str:
    """The same backwards, as a browser's field takes it."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
