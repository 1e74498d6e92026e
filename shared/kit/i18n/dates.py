"""Dates, times and numbers as a reader expects them, instants always in the event's zone."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import babel.dates
import babel.numbers

from shared.kit.i18n.languages import Locale

# Babel's plain "en" writes dates the American way; our English readers are in Europe.
_FORMATS: Mapping[Locale, str] = {"de": "de_DE", "en": "en_GB"}
_DAY: Mapping[Locale, str] = {"de": "d. MMMM y", "en": "d MMMM y"}
_OCLOCK: Mapping[Locale, str] = {"de": " Uhr", "en": ""}


def format_date(day: date, locale: Locale, *, weekday: bool = False) -> str:
    """A day: 24. November 2022 / 24 November 2022. Give an instant as `format_instant`, it needs a zone."""
    pattern = ("EEEE, " if weekday else "") + _DAY[locale]
    return babel.dates.format_date(day, pattern, locale=_FORMATS[locale])


def format_time(instant: datetime, zone: str, locale: Locale) -> str:
    """The time of day in that IANA zone: 09:30 Uhr / 09:30."""
    return _clock(instant, zone, locale) + _OCLOCK[locale]


def format_instant(instant: datetime, zone: str, locale: Locale) -> str:
    """Day and time in that IANA zone: 24. November 2022, 09:30 Uhr / 24 November 2022, 09:30."""
    return f"{format_date(_local(instant, zone).date(), locale)}, {format_time(instant, zone, locale)}"


def format_interval(start: datetime, end: datetime, zone: str, locale: Locale) -> str:
    """From when to when in that IANA zone: 24. November 2022, 09:30–16:15 Uhr, or two days in full."""
    if _local(start, zone).date() != _local(end, zone).date():
        return f"{format_instant(start, zone, locale)} – {format_instant(end, zone, locale)}"
    day = format_date(_local(start, zone).date(), locale)
    return f"{day}, {format_times(start, end, zone, locale)}"


def format_times(start: datetime, end: datetime, zone: str, locale: Locale) -> str:
    """From when to when within one day, in that IANA zone: 09:30–16:15 Uhr."""
    return f"{_clock(start, zone, locale)}–{_clock(end, zone, locale)}{_OCLOCK[locale]}"


def format_duration(minutes: int) -> str:
    """A length in minutes, written alike in both languages: 6 h 45 min."""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours}\u00a0h"] * (hours > 0) + [f"{rest}\u00a0min"] * (rest > 0 or hours == 0))


def format_number(number: float, locale: Locale) -> str:
    """A number: 1.234,5 / 1,234.5."""
    return babel.numbers.format_decimal(number, locale=_FORMATS[locale])


def _clock(instant: datetime, zone: str, locale: Locale) -> str:
    return babel.dates.format_time(_local(instant, zone).time(), "HH:mm", locale=_FORMATS[locale])


def _local(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone cannot be shown")
    return instant.astimezone(ZoneInfo(zone))
