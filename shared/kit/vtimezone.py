"""VTIMEZONE components (RFC 5545, 3.6.5) from the zone database.

`icalendar` makes them too, but it looks for the changes in wall time: spring's onset comes out an
hour late (03:00 instead of 02:00 in Berlin), and so would everything in the hour after it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def timezone_component(zone: ZoneInfo, first: datetime, last: datetime) -> icalendar.Timezone:
    """The zone's observances for the years of two instants; whole years, since clients compare them."""
    start = datetime(first.astimezone(zone).year, 1, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(last.astimezone(zone).year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
    component = icalendar.Timezone()
    component.add("tzid", zone.key)
    for onset in (start, *changes(zone, start, end)):
        component.add_component(_observance(zone, onset, is_first=onset == start))
    return component


def changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants (UTC) in `(start, end]` at which the zone's offset changes, to the second."""
    day = start
    while day < end:
        following = min(day + DAY, end)
        if _offset(zone, day) != _offset(zone, following):
            yield _change_between(zone, day, following)
        day = following


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _observance(zone: ZoneInfo, onset: datetime, *, is_first: bool) -> icalendar.Component:
    local = onset.astimezone(zone)
    before = _offset(zone, onset if is_first else onset - SECOND)
    observance = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    # RFC 5545 wants the onset on the clock that was valid until then.
    observance.add("dtstart", (onset + before).replace(tzinfo=None))
    observance.add("tzname", local.tzname())
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", _offset(zone, onset))
    return observance


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
