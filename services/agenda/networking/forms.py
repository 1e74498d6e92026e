"""Rules as fields of forms, and back: the settings at once, the rules about people one at a time."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.agenda.networking.rules import FORMAT_LABELS, ORGANISATIONS_LABELS, Rules
from services.agenda.networking.views import Guest
from services.agenda.refusals import checked, filled
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

# Each rule about people with its label, and which fields of the form it takes.
RULE_LABELS: dict[str, str] = {
    "apart": N_("These two never meet"),
    "together": N_("These two stay together"),
    "must_meet": N_("These two should meet"),
    "hosts": N_("Is the host of this table"),
    "fixed": N_("Always sits at this table"),
    "pinned": N_("Sits at this table in this round"),
    "away": N_("Is away from this round to that"),
    "closed": N_("This table is closed in this round"),
}
OF_TWO_PEOPLE = ("apart", "together", "must_meet")
# The names of a rule's fields, and of those in the form.
FIELDS: dict[str, dict[str, str]] = {
    "hosts": {"person": "person", "table": "table"},
    "fixed": {"person": "person", "table": "table"},
    "pinned": {"person": "person", "table": "table", "round": "round"},
    "away": {"person": "person", "from_round": "round", "until_round": "until"},
    "closed": {"table": "table", "round": "round"},
}
SEPARATED = ("categories", "wishes")
# The settings in the order of the form, by the names of its fields.
SETTING_LABELS = {
    "format": N_("Format"),
    "organisations": N_("People of one organisation"),
    "fewest_at_table": N_("Fewest people at a table"),
    "wishes": N_("Questions about wishes for tables"),
    "consent": N_("Question about showing names"),
    "categories": N_("Categories that take part"),
    "sides.first": N_("First side"),
    "sides.second": N_("Second side"),
}


@dataclass(frozen=True)
class RuleLine:
    """A rule as a list shows it; somebody who gave the place back has no name any more."""

    kind: str
    place: int
    label: str
    people: tuple[str, ...] = ()
    table: str = ""
    rounds: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class KnownKeys:
    """Which questions have been answered, and which categories there are, among those who have a place."""

    questions: list[str]
    categories: list[str]


def known_keys(answers: Iterable[Mapping[str, str]], categories: Iterable[str]) -> KnownKeys:
    """Of everybody's answers by the questions' keys, and everybody's category."""
    questions = {key for given in answers for key, answer in given.items() if answer}
    return KnownKeys(sorted(questions), sorted({category for category in categories if category}))


def unknown_keys(rules: Rules, known: KnownKeys) -> list[str]:
    """What the rules name and nobody has: mistyped, or not answered yet."""
    questions = (*rules.wishes, *([rules.consent] if rules.consent else []))
    categories = (*rules.categories, *(rules.sides.first + rules.sides.second if rules.sides else ()))
    found = [key for key in questions if key not in known.questions]
    return [*found, *(key for key in categories if key not in known.categories)]


def settings_values(rules: Rules) -> dict[str, str]:
    """The settings as the form shows them."""
    return {
        "format": rules.format or "",
        "organisations": rules.organisations or "",
        "consent": rules.consent or "",
        "fewest_at_table": str(rules.fewest_at_table),
        **{name: ", ".join(getattr(rules, name)) for name in SEPARATED},
        "sides.first": ", ".join(rules.sides.first) if rules.sides else "",
        "sides.second": ", ".join(rules.sides.second) if rules.sides else "",
    }


def version_of(values: object) -> str:
    """Sixteen characters that change when the values do, whatever else of the session changes."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def settings_version(rules: Rules) -> str:
    """What the form of the settings was made from; the rules about people are changed one at a time beside it."""
    return version_of(settings_values(rules))


def lines_version(rules: Rules, kind: str) -> str:
    """What a list of the rules of one kind was made from: a rule is taken away by its place in it."""
    return version_of([str(rule) for rule in getattr(rules, kind)])


@dataclass(frozen=True)
class OtherSetting:
    """A setting that stands otherwise than somebody typed; `choices` labels its value where it was chosen."""

    label: str
    value: str
    choices: Mapping[str, str]


def other_settings(form: Mapping[str, str], rules: Rules) -> list[OtherSetting]:
    """What stands now where the form says something else."""
    choices: dict[str, Mapping[str, str]] = {"format": FORMAT_LABELS, "organisations": ORGANISATIONS_LABELS}
    return [
        OtherSetting(label, value, choices.get(name, {}))
        for name, label in SETTING_LABELS.items()
        if (value := settings_values(rules)[name]) != form.get(name, "").strip()
    ]


def read_settings(form: Mapping[str, str], rules: Rules) -> Rules:
    """The rules with other settings. Raises Invalid with a sentence at each field that does not fit."""
    form = filled(form)
    values: dict[str, Any] = rules.model_dump()
    for name in ("format", "organisations", "consent"):
        values[name] = form.get(name)
    for name in SEPARATED:
        values[name] = _separated(form.get(name, ""))
    values["fewest_at_table"] = form.get("fewest_at_table", values["fewest_at_table"])
    sides = {end: _separated(form.get(f"sides.{end}", "")) for end in ("first", "second")}
    values["sides"] = sides if any(sides.values()) else None
    return checked(Rules, values)


def _separated(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def with_rule(form: Mapping[str, str], rules: Rules) -> Rules:
    """The rules and one more. Raises Invalid."""
    form = filled(form)
    kind = form.get("kind", "")
    if kind not in RULE_LABELS:
        raise Invalid([FieldError("kind", N_("Please choose one of the options."))])
    if kind in OF_TWO_PEOPLE:
        rule: Any = [form.get("person"), form.get("other")]
    else:
        rule = {name: form[field] for name, field in FIELDS[kind].items() if field in form}
    return checked(Rules, {**rules.model_dump(), kind: [*getattr(rules, kind), rule]})


def at_fields(problem: Invalid, kind: str) -> Invalid:
    """What was found at a rule of this kind, said at the fields of the form that makes one."""
    return Invalid([FieldError(_form_field(error.field, kind), error.sentence) for error in problem.errors])


def _form_field(field: str, kind: str) -> str:
    """For `pinned.3.round` the field `round`; a whole rule that does not fit is said at its last field."""
    name, _, rest = field.partition(".")
    part = rest.partition(".")[2]
    if name != kind or not rest:
        return field
    if kind in OF_TWO_PEOPLE:
        return "person" if part == "0" else "other"
    return FIELDS[kind].get(part, [*FIELDS[kind].values()][-1])


def without_rule(form: Mapping[str, str], rules: Rules) -> Rules:
    """The rules without the named one; where it is gone already, as they are."""
    kind, place = form.get("kind", ""), form.get("place", "")
    if kind not in RULE_LABELS or not place.isdecimal():
        return rules
    kept = [rule for number, rule in enumerate(getattr(rules, kind)) if number != int(place)]
    return rules.model_copy(update={kind: kept})


def rule_lines(rules: Rules, names: Mapping[UUID, str], tables: Mapping[str, str]) -> Iterator[RuleLine]:
    """The rules about people, in words."""
    for kind, label in RULE_LABELS.items():
        for place, rule in enumerate(getattr(rules, kind)):
            if kind in OF_TWO_PEOPLE:
                yield RuleLine(kind, place, label, tuple(names.get(person, "") for person in rule))
                continue
            facts = rule.model_dump()
            people = (names.get(facts["person"], ""),) if "person" in facts else ()
            rounds = [facts[name] for name in ("round", "from_round", "until_round") if name in facts]
            yield RuleLine(kind, place, label, people, tables.get(facts.get("table", ""), ""), tuple(rounds))


def format_options() -> list[tuple[str, str]]:
    return [(str(value), label) for value, label in FORMAT_LABELS.items()]


def organisations_options() -> list[tuple[str, str]]:
    return [(str(value), label) for value, label in ORGANISATIONS_LABELS.items()]


def people_options(guests: Iterable[Guest]) -> list[tuple[str, str]]:
    return [
        (str(guest.id), f"{guest.name} ({guest.organisation})" if guest.organisation else guest.name)
        for guest in guests
    ]
