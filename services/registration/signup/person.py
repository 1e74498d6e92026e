"""What a form or a program sends about a person, checked field by field. Pure.

All sentences come at once, in the reader's language, so that nobody corrects one field after the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.registration.signup.addresses import clean_address
from services.registration.signup.names import Refused, clean_line, clean_name, clean_organisation
from services.registration.signup.schemas import Question, SignUpForm
from shared.errors import FieldError, Invalid
from shared.kit.i18n import LOCALES, N_, Locale, gettext

REF_LIMIT = 64
YES = frozenset({"yes", "true", "on", "1"})
NO = frozenset({"no", "false", "off", "0", ""})
FORM_FIELDS = frozenset({"first_name", "last_name", "email", "organisation", "locale"})
ORGANISER_FIELDS = frozenset({"category", "ref"})


@dataclass(frozen=True)
class Person:
    """Cleaned facts about somebody who signs up."""

    first_name: str
    last_name: str
    email: str
    organisation: str = ""
    category: str = ""
    locale: Locale = "de"
    ref: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


def read_person(
    raw: Mapping[str, object],
    wanted: SignUpForm,
    *,
    locale: Locale,
    default_locale: Locale = "de",
    is_organiser: bool = False,
) -> Person:
    """The person in `raw` (values of any JSON kind). Raises Invalid with a sentence for each bad field.

    `locale` is the language of the sentences, `default_locale` the person's where `raw` names none.
    """
    reader = _Reader(raw, locale)
    person = Person(
        first_name=reader.read("first_name", clean_name),
        last_name=reader.read("last_name", clean_name),
        email=reader.read("email", clean_address),
        organisation=reader.read("organisation", clean_organisation),
        category=_category(reader, wanted) if is_organiser else _first_category(wanted),
        locale=_locale(reader, default_locale),
        ref=reader.read("ref", lambda text: clean_line(text, limit=REF_LIMIT)) or None
        if is_organiser
        else None,
        answers=_answers(reader, wanted),
    )
    reader.refuse_unknown(known_fields(wanted, is_organiser=is_organiser))
    if reader.errors:
        raise Invalid(reader.errors)
    return person


def known_fields(wanted: SignUpForm, *, is_organiser: bool) -> frozenset[str]:
    questions = frozenset(question.key for question in wanted.questions)
    return FORM_FIELDS | questions | (ORGANISER_FIELDS if is_organiser else frozenset())


class _Reader:
    def __init__(self, raw: Mapping[str, object], locale: Locale) -> None:
        self._raw = raw
        self._locale = locale
        self.errors: list[FieldError] = []

    def read(self, name: str, clean: Callable[[str], str]) -> str:
        try:
            return clean(self._text(name))
        except Refused as refusal:
            self.errors.append(FieldError(name, gettext(self._locale, refusal.sentence, **refusal.facts)))
            return ""

    def _text(self, name: str) -> str:
        value = self._raw.get(name, "")
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refused(N_("Please send text here."))
        return value

    def refuse_unknown(self, known: frozenset[str]) -> None:
        # Empty ones are let through: a spreadsheet's export has a cell for each column.
        unknown = [name for name in self._raw if name not in known and self._raw[name] not in ("", None)]
        sentence = gettext(self._locale, N_("This field is not known here."))
        self.errors += [FieldError(name, sentence) for name in unknown]


def _first_category(wanted: SignUpForm) -> str:
    return wanted.categories[0].key if wanted.categories else ""


def _category(reader: _Reader, wanted: SignUpForm) -> str:
    def choose(text: str) -> str:
        if text and text not in {category.key for category in wanted.categories}:
            raise Refused(N_("Please choose one of the answers."))
        return text or _first_category(wanted)

    return reader.read("category", choose)


def _locale(reader: _Reader, default: Locale) -> Locale:
    def choose(text: str) -> str:
        if text and text not in LOCALES:
            raise Refused(N_("Please choose one of the answers."))
        return text

    chosen = reader.read("locale", choose)
    return "en" if chosen == "en" else "de" if chosen == "de" else default


def _answers(reader: _Reader, wanted: SignUpForm) -> dict[str, str]:
    answers = {}
    for question in wanted.questions:
        answer = reader.read(question.key, lambda text, question=question: check_answer(question, text))  # type: ignore[misc]  # mypy does not infer a lambda's default.
        if answer:
            answers[question.key] = answer
    return answers


def check_answer(question: Question, text: str) -> str:
    """The cleaned answer, `yes` or `no` for a checkbox; empty where none was given. Raises Refused."""
    if question.type == "checkbox":
        return _ticked(question, text)
    answer = clean_line(text)
    if question.required and not answer:
        raise Refused(N_("Please answer this question."))
    if answer and question.type == "choice" and answer not in {option.key for option in question.options}:
        raise Refused(N_("Please choose one of the answers."))
    return answer


def _ticked(question: Question, text: str) -> str:
    answer = text.strip().casefold()
    if answer not in YES | NO:
        raise Refused(N_("Please answer yes or no."))
    if question.required and answer not in YES:
        raise Refused(N_("Please tick this box."))
    return "yes" if answer in YES else "no"
