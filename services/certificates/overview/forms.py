"""The rules form: what an organiser typed, read into rules, and rules shown in a form."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import Changes, Delivery, MailingStart
from services.certificates.attendance.schemas import SPEAKERS, RulesIn
from services.certificates.confirmations.kinds import Kind
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

PERCENT = N_("Please give a number from 0 to 100.")
SENTENCES = {
    "share_percent": PERCENT,
    "mailing_delay_minutes": N_("Please give whole minutes, at most 31 days."),
    "number_prefix": N_("Please use at most 12 letters and digits without accents."),
    "funding_reference": N_("Please use one line of at most 200 characters that can be printed."),
    "mailing_start": N_("Please choose one."),
    "changes": N_("Please choose one."),
    "delivery": N_("Please choose one."),
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
OFFERED = {
    Kind.ATTENDANCE: N_("Confirmation of attendance, with hours and teaching units"),
    Kind.HOURS: N_("Certificate with hours"),
    Kind.TEACHING_UNITS: N_("Certificate of teaching units"),
    Kind.SPEAKER: N_("Thanks to speakers"),
}
SHARES = {"required": "required_sessions", "own": "own_confirmations"}


def shown(rules: Rules) -> dict[str, Any]:
    """Rules as the form shows them."""
    return {
        "version": rules.version,
        "share_percent": _percent(float(rules.min_share_of_programme)),
        "open_stays": _open_stays(rules),
        "mailing_start": rules.mailing_start,
        "mailing_delay_minutes": str(rules.mailing_delay_minutes),
        "changes": rules.changes,
        "delivery": rules.delivery,
        "funding_reference": rules.funding_reference,
        "number_prefix": rules.number_prefix,
        **_shown_offers(rules),
        **{
            f"{name}:{each['session']}": _percent(each["min_share"])
            for name, column in SHARES.items()
            for each in getattr(rules, column)
        },
    }


def _shown_offers(rules: Rules) -> dict[str, str]:
    offered = {each["kind"]: each["categories"] for each in rules.offers}
    fields = {f"categories:{Kind.SPEAKER.value}": SPEAKERS}
    for kind, categories in offered.items():
        fields |= {f"kind:{kind}": "yes", f"categories:{kind}": ", ".join(categories)}
    return fields


def sessions_to_ask(rules: Rules, released: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Key and title of each session that a rule can be about; one that the programme lost has its key alone."""
    titles = {each["key"]: each["title"] for each in released if each["kind"] != "break"}
    ruled = [each["session"] for column in SHARES.values() for each in getattr(rules, column)]
    return [*titles.items(), *((key, key) for key in dict.fromkeys(ruled) if key not in titles)]


def _percent(share: float) -> str:
    return f"{share * 100:g}"


def _open_stays(rules: Rules) -> str:
    if not rules.count_open_stays:
        return "refuse"
    return "hold" if rules.hold_open_stays else "count"


def read(typed: Mapping[str, str]) -> RulesIn:
    """What was typed, as rules. Raises Invalid with a sentence at each field."""
    wrong = [name for name in typed if name.partition(":")[0] in SHARES and not _is_share(typed[name])]
    try:
        rules = RulesIn.model_validate(
            {
                **OPEN_STAYS.get(typed.get("open_stays", ""), OPEN_STAYS["count"]),
                "min_share_of_programme": _share(typed.get("share_percent", "")),
                "mailing": {
                    "start": typed.get("mailing_start", MailingStart.AFTER_REVIEW.value),
                    "delay_minutes": typed.get("mailing_delay_minutes", "").strip() or 0,
                },
                "confirmations": _offers(typed),
                **{column: _shares(typed, name, wrong) for name, column in SHARES.items()},
                "changes": typed.get("changes", Changes.ASK.value),
                "delivery": typed.get("delivery", Delivery.ATTACHMENT.value),
                "funding_reference": typed.get("funding_reference", "").strip(),
                "number_prefix": typed.get("number_prefix", "").strip(),
            }
        )
    except ValidationError as problem:
        fields = {".".join(map(str, error["loc"])) for error in problem.errors()}
        raise Invalid(_errors([*wrong, *(FIELDS.get(field, field) for field in sorted(fields))])) from problem
    if wrong:
        raise Invalid(_errors(wrong))
    return rules


def _offers(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"kind": kind.value, "categories": _words(typed.get(f"categories:{kind.value}", ""))}
        for kind in OFFERED
        if typed.get(f"kind:{kind.value}")
    ]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _shares(typed: Mapping[str, str], name: str, wrong: Sequence[str]) -> list[dict[str, Any]]:
    """An empty field says nothing about its session."""
    return [
        {"session": field.partition(":")[2], "min_share": _share(text)}
        for field, text in typed.items()
        if field.startswith(f"{name}:") and text.strip() and field not in wrong
    ]


def _is_share(text: str) -> bool:
    share = _share(text)
    return not text.strip() or (isinstance(share, float) and 0 <= share <= 1)


def _share(percent: str) -> float | str:
    """Per cent as a share; what is no number is left for the schema to refuse."""
    try:
        return round(float(percent.replace(",", ".").removesuffix("%").strip()) / 100, 4)
    except ValueError:
        return "?"


def _errors(fields: Sequence[str]) -> list[FieldError]:
    return [_field_error(field) for field in fields]


def _field_error(field: str) -> FieldError:
    sentence = PERCENT if field.partition(":")[0] in SHARES else N_("Please check this field.")
    return FieldError(field, SENTENCES.get(field, sentence))
