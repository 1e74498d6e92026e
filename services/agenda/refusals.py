"""What Pydantic refuses, as sentences at the fields for people."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

M = TypeVar("M", bound=BaseModel)

SENTENCES: Mapping[str, str] = {
    "missing": N_("Please fill in this field."),
    "string_too_short": N_("This is too short."),
    "too_short": N_("Please fill in this field."),
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


def _sentence(error: ErrorDetails) -> FieldError:
    field = ".".join(str(part) for part in error["loc"])
    known = SENTENCES.get(error["type"], error["msg"])
    return FieldError(field, known.removeprefix("Value error, "))
