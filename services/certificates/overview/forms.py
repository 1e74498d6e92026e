"""The rules form: what an organiser typed, read into rules, and rules shown in a form."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import MailingStart
from services.certificates.attendance.schemas import RulesIn
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

SENTENCES = {
    "share_percent": N_("Please give a number from 0 to 100."),
    "mailing_delay_minutes": N_("Please give whole minutes, at most 31 days."),
    "number_prefix": N_("Please use at most 12 letters and digits without accents."),
    "funding_reference": N_("Please use one line of at most 200 characters that can be printed."),
    "mailing_start": N_("Please choose one."),
}
FIELDS = {
    "min_share_of_programme": "share_percent",
    "mailing.delay_minutes": "mailing_delay_minutes",
    "mailing.start": "mailing_start",
}
# What a form can say about open stays, as the two switches of the rules.
OPEN_STAYS = {
    "count": {"count_open_stays": True, "hold_open_stays": False},
    "hold": {"count_open_stays": True, "hold_open_stays": True},
    "refuse": {"count_open_stays": False, "hold_open_stays": False},
}


def shown(rules: Rules) -> dict[str, Any]:
    """Rules as the form shows them."""
    return {
        "version": rules.version,
        "share_percent": f"{float(rules.min_share_of_programme * 100):g}",
        "open_stays": _open_stays(rules),
        "mailing_start": rules.mailing_start,
        "mailing_delay_minutes": str(rules.mailing_delay_minutes),
        "funding_reference": rules.funding_reference,
        "number_prefix": rules.number_prefix,
    }


def _open_stays(rules: Rules) -> str:
    if not rules.count_open_stays:
        return "refuse"
    return "hold" if rules.hold_open_stays else "count"


def read(typed: Mapping[str, str]) -> RulesIn:
    """What was typed, as rules. Raises Invalid with a sentence at each field."""
    open_stays = OPEN_STAYS.get(typed.get("open_stays", ""), OPEN_STAYS["count"])
    try:
        return RulesIn.model_validate(
            {
                **open_stays,
                "min_share_of_programme": _share(typed.get("share_percent", "")),
                "mailing": {
                    "start": typed.get("mailing_start", MailingStart.AFTER_REVIEW.value),
                    "delay_minutes": typed.get("mailing_delay_minutes", "").strip() or 0,
                },
                "funding_reference": typed.get("funding_reference", "").strip(),
                "number_prefix": typed.get("number_prefix", "").strip(),
            }
        )
    except ValidationError as problem:
        fields = {".".join(map(str, error["loc"])) for error in problem.errors()}
        raise Invalid([_field_error(FIELDS.get(field, field)) for field in sorted(fields)]) from problem


def _share(percent: str) -> float | str:
    """Per cent as a share; what is no number is left for the schema to refuse."""
    try:
        return round(float(percent.replace(",", ".").removesuffix("%").strip()) / 100, 4)
    except ValueError:
        return "?"


def _field_error(field: str) -> FieldError:
    return FieldError(field, SENTENCES.get(field, N_("Please check this field.")))
