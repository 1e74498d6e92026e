"""What Pydantic finds in a form, in sentences for people at the fields."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType

from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

M = TypeVar("M", bound=BaseModel)

FILL_IN = N_("Please fill in this field.")
TOO_LONG = N_("This is too long.")
CHOOSE = N_("Please choose one of the options.")
WHOLE_NUMBER = N_("Please enter a whole number.")
NUMBER = N_("Please enter a number.")
TOO_SMALL = N_("This number is too small.")
TOO_LARGE = N_("This number is too large.")
DATE = N_("Please enter a date.")
TIME = N_("Please enter a time.")
DAY_AND_TIME = N_("Please enter day and time, for example 2026-05-21T09:30.")
EMAIL = N_("Please enter an e-mail address such as name@example.org.")
CHECK = N_("Please check this field.")

# By the beginning of Pydantic's error types; the first that fits.
SENTENCES = {
    "missing": FILL_IN,
    "string_too_short": FILL_IN,
    "string_too_long": TOO_LONG,
    "too_short": FILL_IN,
    "literal_error": CHOOSE,
    "enum": CHOOSE,
    "uuid": CHOOSE,
    "bool": CHOOSE,
    "int": WHOLE_NUMBER,
    "float": NUMBER,
    "decimal": NUMBER,
    "greater_than": TOO_SMALL,
    "less_than": TOO_LARGE,
    "datetime": DAY_AND_TIME,
    "timezone": DAY_AND_TIME,
    "date": DATE,
    "time": TIME,
}
OF_PYDANTIC = frozenset(get_args(ErrorType))

NO_OWN: Mapping[str, str] = MappingProxyType({})

# Pydantic reports our own ValueErrors and a wrong address under the same type.
_ADDRESS_MESSAGE = "value is not a valid email address"
_OWN_PREFIX = "Value error, "


def checked(model: type[M], values: Mapping[str, Any], *, own: Mapping[str, str] = NO_OWN) -> M:
    """The values as a model. Raises Invalid with a sentence at each field that does not fit.

    `own` holds sentences that say more than ours, by Pydantic's error type.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(field_errors(error, own=own)) from error


def field_errors(error: ValidationError, *, own: Mapping[str, str] = NO_OWN) -> list[FieldError]:
    """One FieldError for each finding, `field` being its path (`answers.diet`), `sentence` a msgid.

    An error raised by a validator of ours is shown with its own words: mark them with N_.
    """
    return [
        FieldError(".".join(map(str, finding["loc"])), own.get(finding["type"]) or sentence_of(finding))
        for finding in error.errors(include_url=False)
    ]


def sentence_of(finding: Mapping[str, Any]) -> str:
    """The msgid for one of Pydantic's findings."""
    if finding["type"] == "value_error" or finding["type"] not in OF_PYDANTIC:
        return _own_words(finding["msg"])
    if finding["input"] in (None, ""):
        return FILL_IN
    fitting = (sentence for kind, sentence in SENTENCES.items() if finding["type"].startswith(kind))
    return next(fitting, CHECK)


def _own_words(message: str) -> str:
    return EMAIL if message.startswith(_ADDRESS_MESSAGE) else message.removeprefix(_OWN_PREFIX)
