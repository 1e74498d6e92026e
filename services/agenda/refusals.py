"""What the agenda's forms refuse, in sentences that say more than the kit's."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from shared.kit import validation
from shared.kit.i18n import N_

M = TypeVar("M", bound=BaseModel)

SENTENCES = {
    "string_pattern_mismatch": N_("Please use small letters, digits and single hyphens only."),
}


def checked(model: type[M], values: Mapping[str, Any]) -> M:
    """The values as a model. Raises Invalid with a sentence at each field that does not fit."""
    return validation.checked(model, values, own=SENTENCES)


def filled(form: Mapping[str, str]) -> dict[str, str]:
    """The fields that hold something, trimmed: a form sends an empty text for what was left out."""
    return {name: value.strip() for name, value in form.items() if value.strip()}
