"""Wall time and instant: what an organiser reads on the clock at the venue, and when that is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def wall_time(instant: datetime, timezone: str) -> datetime:
    """What the clock in that IANA zone shows, without a zone."""
    return instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


def instant_of(wall: datetime, timezone: str) -> datetime:
    """The instant (UTC) at which the clock shows this. Of an hour that happens twice, the first run;
    of an hour that is left out, the time that it would have been without the change (PEP 495)."""
    return wall.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)
