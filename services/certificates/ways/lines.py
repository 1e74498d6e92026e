"""A person's way through the networking sessions of an event, for paper and mail. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.kit.i18n import Locale, Translator, format_date, format_times, translator

NO_SEAT = -1


@dataclass(frozen=True, slots=True)
class Stop:
    """One round of one person: `table` is its number as people count, None without a seat; `title` may be empty."""

    number: int
    starts_at: datetime
    ends_at: datetime
    table: int | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One session of one person; with `has_stations` they walk, otherwise they sit at tables."""

    session: str
    room: str
    stops: tuple[Stop, ...]
    has_stations: bool = False


def stops_of(
    rounds: Sequence[tuple[datetime, datetime]], tables: Sequence[str], way: Sequence[int]
) -> tuple[Stop, ...]:
    """The stops of a way that numbers its tables from 0."""
    return tuple(
        Stop(
            number,
            begin,
            end,
            None if table == NO_SEAT else table + 1,
            "" if table == NO_SEAT else tables[table],
        )
        for number, ((begin, end), table) in enumerate(zip(rounds, way, strict=True), start=1)
    )


def lines_of(way: Way, *, timezone: str, language: Locale) -> dict[str, str]:
    """Time and place of each round, as a mail lists them."""
    _ = translator(language)
    return {
        format_times(stop.starts_at, stop.ends_at, timezone, language): place_of(_, way, stop)
        for stop in way.stops
    }


def day_of(way: Way, *, timezone: str, language: Locale) -> str:
    """The day of the first round, with its weekday."""
    begin = way.stops[0].starts_at.astimezone(ZoneInfo(timezone))
    return format_date(begin.date(), language, weekday=True)


def places_of(way: Way, *, language: Locale) -> list[tuple[datetime, str]]:
    """When somebody goes where, as briefly as paper wants it: tables without titles by their numbers alone."""
    _ = translator(language)
    if not way.stops or any(stop.title for stop in way.stops):
        return [(stop.starts_at, place_of(_, way, stop)) for stop in way.stops]
    numbers = ", ".join("–" if stop.table is None else str(stop.table) for stop in way.stops)
    places = (
        _("stations {numbers}", numbers=numbers)
        if way.has_stations
        else _("tables {numbers}", numbers=numbers)
    )
    return [(way.stops[0].starts_at, places)]


def place_of(_: Translator, way: Way, stop: Stop) -> str:
    """Where somebody goes in a round."""
    if stop.table is None:
        return _("free in this round")
    if way.has_stations and stop.title:
        return _("station {number}: {title}", number=stop.table, title=stop.title)
    if way.has_stations:
        return _("station {number}", number=stop.table)
    if stop.title:
        return _("table {number}: {title}", number=stop.table, title=stop.title)
    return _("table {number}", number=stop.table)
