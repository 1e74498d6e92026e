"""Languages: which one a person reads, its sentences, and its dates in the event's zone.

The English sentence is the msgid; facts stand in it as {name}: in code, in templates and in error classes.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import babel.dates
import babel.numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Locale = Literal["de", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
DEFAULT_LOCALE: Locale = "de"
LANGUAGE_NAMES: Mapping[Locale, str] = {"de": "Deutsch", "en": "English"}

ROOT = Path(__file__).parents[2]

# Babel's plain "en" writes dates the American way; our English readers are in Europe.
_FORMATS: Mapping[Locale, str] = {"de": "de_DE", "en": "en_GB"}
_DAY: Mapping[Locale, str] = {"de": "d. MMMM y", "en": "d MMMM y"}
_OCLOCK: Mapping[Locale, str] = {"de": " Uhr", "en": ""}


def N_(msgid: str) -> str:  # noqa: N802  # gettext's own name for it, which every translator's tool knows.
    """Marks a sentence for the translators where it is written; it is translated where it is shown."""
    return msgid


@dataclass(frozen=True)
class Translator:
    """The sentences of one language: `_ = translator("de")`, then `_("Place {place}", place=3)`."""

    locale: Locale

    def __call__(self, msgid: str, /, **facts: object) -> str:
        return gettext(self.locale, msgid, **facts)

    def plural(self, singular: str, plural: str, n: int, /, **facts: object) -> str:
        return ngettext(self.locale, singular, plural, n, **facts)


def translator(locale: Locale) -> Translator:
    return Translator(locale)


def gettext(locale: Locale, msgid: str, /, **facts: object) -> str:
    """The sentence in that language, its {placeholders} filled. An unknown msgid is shown as it is."""
    return _filled(sentence(locale, msgid), facts)


def ngettext(locale: Locale, singular: str, plural: str, n: int, /, **facts: object) -> str:
    """Like gettext, in the form that the number needs; {n} is the number."""
    return _filled(plural_sentence(locale, singular, plural, n), {"n": n, **facts})


def sentence(locale: Locale, msgid: str) -> str:
    """The translated sentence, its {placeholders} still in it."""
    # The catalogue's header is stored under the empty msgid.
    return _catalogue(locale).gettext(msgid) if msgid else ""


def plural_sentence(locale: Locale, singular: str, plural: str, n: int) -> str:
    return _catalogue(locale).ngettext(singular, plural, n)


def _filled(text: str, facts: Mapping[str, object]) -> str:
    return text.format_map(facts) if facts else text


@cache
def _catalogue(locale: Locale) -> NullTranslations:
    """The kit's sentences and those of every service that is installed, in one catalogue."""
    merged: Translations | NullTranslations = NullTranslations()
    for folder in reversed(locale_folders()):
        catalogue = _load(folder / locale / "LC_MESSAGES" / "messages.po")
        if catalogue is not None:
            catalogue.add_fallback(merged)
            merged = catalogue
    return merged


def locale_folders(root: Path = ROOT) -> list[Path]:
    """Where catalogues stand: the kit's first, then each service's."""
    return [root / "shared/kit/locale", *sorted(root.glob("services/*/locale"))]


def _load(po: Path) -> Translations | None:
    """Reads the compiled catalogue, or compiles it in memory where set-up has not (or not since) done so."""
    if not po.exists():
        return None
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return Translations(BytesIO(mo.read_bytes()))
    return Translations(BytesIO(compiled(po)))


def compiled(po: Path) -> bytes:
    """The catalogue in gettext's binary form."""
    with po.open("rb") as file:
        catalogue = read_po(file)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def negotiate(
    accept_language: str | None = None, cookie: str | None = None, query: str | None = None
) -> Locale:
    """The language to answer in: what the person just chose, chose before, or what the browser asks for."""
    for wish in (query, cookie, *_accepted(accept_language or "")):
        for locale in LOCALES:
            if wish and wish.lower().split("-")[0] == locale:
                return locale
    return DEFAULT_LOCALE


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first."""
    wishes = []
    for part in header.split(","):
        language, _, weight = part.partition(";")
        wishes.append((_weight(weight), language.strip()))
    return [language for weight, language in sorted(wishes, key=lambda wish: -wish[0]) if weight > 0]


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


def localised(texts: Mapping[str, str], locale: Locale) -> str:
    """Picks from a text that was written in several languages: the reader's, German, or the first there is."""
    for wanted in (locale, DEFAULT_LOCALE, *texts):
        if texts.get(wanted):
            return texts[wanted]
    return ""


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


def main(arguments: Sequence[str]) -> int:
    # The catalogue tools parse our own source: no running service needs them.
    from shared.kit import catalogues

    return catalogues.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
