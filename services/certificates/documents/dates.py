"""Dates, times and lengths of time as people write them in German and English."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

# "24 November 2022": the day first, as all of Europe reads it.
LOCALES = {"de": "de_DE", "en": "en_GB"}
# German closes a time with the word for "o'clock" (DIN 5008).
CLOCK_WORDS = {"de": " Uhr", "en": ""}


def day(when: date | datetime, language: str) -> str:
    """24. November 2022 · 24 November 2022"""
    return _long_date(date(when.year, when.month, when.day), _locale(language))


# All confirmations of a run are issued on one day.
@lru_cache(maxsize=256)
def _long_date(day: date, locale: str) -> str:
    return format_date(day, "long", locale=locale)


def short_day(when: date | datetime, language: str) -> str:
    """24.11.2022 · 24/11/2022"""
    return format_date(when, "dd.MM.yyyy" if language == "de" else "dd/MM/yyyy", locale=_locale(language))


def clock(when: datetime, zone: str) -> str:
    """09:30, on the clock of the event's place."""
    return format_time(when, "HH:mm", tzinfo=ZoneInfo(zone), locale="de_DE")


def clock_span(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """09:30–16:15"""
    return f"{clock(starts_at, zone)}–{clock(ends_at, zone)}"


def moment(when: datetime, zone: str, language: str) -> str:
    """24.11.2022, 16:15: for notes and tables."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{short_day(local, language)}, {clock(when, zone)}"


def span(starts_at: datetime, ends_at: datetime, zone: str, language: str) -> str:
    """24. November 2022, 09:30–16:15 Uhr; both dates where an event ends on another day."""
    first, last = (day(instant.astimezone(ZoneInfo(zone)), language) for instant in (starts_at, ends_at))
    if first == last:
        return f"{first}, {clock_span(starts_at, ends_at, zone)}{_clock_word(language)}"
    ends = (f"{first}, {clock(starts_at, zone)}", f"{last}, {clock(ends_at, zone)}")
    return " – ".join(end + _clock_word(language) for end in ends)


def days(starts_at: datetime, ends_at: datetime, zone: str, language: str) -> str:
    """The days without times: 24. November 2022, or 24. November 2022 – 25. November 2022."""
    local = [instant.astimezone(ZoneInfo(zone)) for instant in (starts_at, ends_at)]
    return " – ".join(dict.fromkeys(day(instant, language) for instant in local))


def hours_and_minutes(minutes: int, language: str) -> str:
    """5 Std. 45 Min. · 5 h 45 min"""
    hours, rest = divmod(minutes, 60)
    if language == "de":
        return f"{hours} Std. {rest:02d} Min."
    return f"{hours} h {rest:02d} min"


def _locale(language: str) -> str:
    return LOCALES.get(language, LOCALES["en"])


def _clock_word(language: str) -> str:
    return CLOCK_WORDS.get(language, "")
