"""Which language a person reads."""

from collections.abc import Mapping
from typing import Literal, get_args

Locale = Literal["de", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
DEFAULT_LOCALE: Locale = "de"
LANGUAGE_NAMES: Mapping[Locale, str] = {"de": "Deutsch", "en": "English"}


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
