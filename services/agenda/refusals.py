"""What Pydantic refuses, as sentences at the fields for people."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

M = TypeVar("M", bound=BaseModel)

FILL_IN = N_("Please fill in this field.")
DAY_AND_TIME = N_("Please enter day and time, for example 2026-05-21T09:30.")

SENTENCES: Mapping[str, str] = {
    "missing": FILL_IN,
    "string_too_short": N_("This is too short."),
    "too_short": FILL_IN,
    "datetime_from_date_parsing": DAY_AND_TIME,
    "datetime_parsing": DAY_AND_TIME,
    "timezone_aware": DAY_AND_TIME,
    "string_too_long": N_("This is too long."),
    "string_pattern_mismatch": N_("Please use small letters, digits and single hyphens only."),
    "int_parsing": N_("Please enter a whole number."),
    "int_type": N_("Please enter a whole number."),
    "greater_than_equal": N_("This number is too small."),
    "less_than_equal": N_("This number is too large."),
    "enum": N_("Please choose one of the entries."),
    "literal_error": N_("Please choose one of the entries."),
}


def checked(model: type[M], values: Mapping[str, Any]) -> M:
    """The values as a model. Raises Invalid with a sentence at each field that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        raise Invalid([_sentence(error) for error in problem.errors()]) from problem


def filled(form: Mapping[str, str]) -> dict[str, str]:
    """The fields that hold something, trimmed: a form sends an empty text for what was left out."""
    return {name: value.strip() for name, value in form.items() if value.strip()}


def _sentence(error: ErrorDetails) -> FieldError:
    field = ".".join(str(part) for part in error["loc"])
    if error["input"] in (None, ""):
        return FieldError(field, FILL_IN)
    known = SENTENCES.get(error["type"], error["msg"])
    return FieldError(field, known.removeprefix("Value error, "))
