"""An event's settings as an organiser types them into a page. Pure.

Questions and categories are not asked there; they stay as they are.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from services.registration.signup.local_time import instant_of, wall_time_of
from services.registration.signup.names import Refused
from services.registration.signup.schemas import Settings
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_, Locale, gettext

DEADLINES = ("opens_at", "closes_at", "cancel_until")
NUMBERS = ("capacity", "places_per_address")
# More people than any hall holds; beyond it somebody mistyped.
LARGEST_NUMBER = 1_000_000

T = TypeVar("T")


def as_typed(settings: Settings | None, zone: str) -> dict[str, str]:
    """The fields of the page, instants as wall times of the event's zone; defaults where there is nothing yet."""
    if settings is None:
        return {"places_per_address": "5"}
    numbers = {name: str(getattr(settings, name)) for name in NUMBERS}
    deadlines = {name: getattr(settings, name) for name in DEADLINES}
    return numbers | {name: wall_time_of(at, zone) for name, at in deadlines.items() if at}


def read_settings(
    typed: Mapping[str, str], current: Settings | None, *, zone: str, locale: Locale
) -> Settings:
    """What was typed, on top of what is there. Raises Invalid with a sentence for each bad field."""
    errors: list[FieldError] = []

    def read(name: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(typed.get(name, "").strip())
        except Refused as refusal:
            errors.append(FieldError(name, gettext(locale, refusal.sentence, **refusal.facts)))
            return None

    facts: dict[str, Any] = {"capacity": read("capacity", lambda text: _number(text, least=0))}
    facts["places_per_address"] = read("places_per_address", lambda text: _number(text, least=1))
    facts |= {name: read(name, lambda text: _instant(text, zone)) for name in DEADLINES}
    if not errors and facts["opens_at"] and facts["closes_at"] and facts["opens_at"] >= facts["closes_at"]:
        sentence = gettext(locale, N_("Sign-up has to open before it closes."))
        errors.append(FieldError("closes_at", sentence))
    if errors:
        raise Invalid(errors)
    kept = current.model_dump() if current else {}
    return Settings.model_validate(kept | facts)


def _number(text: str, *, least: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
    if not is_number or not least <= int(text) <= LARGEST_NUMBER:
        raise Refused(N_("Please enter a number, {least} or more."), least=least)
    return int(text)


def _instant(text: str, zone: str) -> datetime | None:
    return instant_of(text, zone) if text else None
