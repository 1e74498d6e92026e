"""Texts of a layout with fields in braces: `{first_name} from {organisation}`. Two braces stand for one.

A field is replaced once, and what it holds is never read as a template: nobody's name can be a field.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from services.certificates.badges.badge import Badge
from services.certificates.documents.event import EventFacts
from shared.kit.i18n import N_
from shared.kit.validation import TOO_LONG

OF_PERSON = ("first_name", "last_name", "name", "organisation", "short_code", "ticket_code")
OF_CATEGORY = ("category",)
OF_EVENT = (
    "event.title",
    "event.organiser",
    "event.venue",
    "event.city",
    "event.place",
    "event.days",
    "event.when",
)
FIELDS = (*OF_PERSON, *OF_CATEGORY, *OF_EVENT)
# A layout's own texts are named so that a sentence is written once in each language.
OWN = "texts."

TOKEN = re.compile(r"\{\{|\}\}|\{([a-z0-9_.]*)\}|[{}]|[^{}]+")

# With its own texts filled in; a badge has no room for more.
MOST_PARTS, MOST_LETTERS = 100, 1000

BROKEN = N_("Braces stand around fields, as in {first_name}; two braces stand for one.")
UNKNOWN = N_("There is no such field.")
LOOP = N_("These texts name each other in a circle.")


class BadTemplate(ValueError):
    """A template that cannot be filled in; its text is a msgid for people."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of fixed text, or the name of a field."""

    text: str
    is_field: bool = False


Template = tuple[Part, ...]


def parse(source: str) -> Template:
    """The parts of a template. Raises BadTemplate for braces that are none, and for unknown fields."""
    return tuple(_part(found) for found in TOKEN.finditer(source))


def _part(found: re.Match[str]) -> Part:
    piece = found.group()
    if piece in ("{{", "}}"):
        return Part(piece[0])
    if piece in "{}":
        raise BadTemplate(BROKEN)
    if (name := found.group(1)) is None:
        return Part(piece)
    if name not in FIELDS and not name.startswith(OWN):
        raise BadTemplate(UNKNOWN)
    return Part(name, is_field=True)


def expand(source: str, own: Mapping[str, str]) -> Template:
    """A template with the layout's own texts filled in.

    Raises BadTemplate, also where these name each other in a circle, or make something endless of a few words.
    """
    return _expand(source, own, {}, ())


def _expand(
    source: str, own: Mapping[str, str], done: dict[str, Template], inside: Sequence[str]
) -> Template:
    parts: list[Part] = []
    for part in parse(source):
        if part.is_field and part.text.startswith(OWN):
            parts += _own_text(part.text.removeprefix(OWN), own, done, inside)
        else:
            parts.append(part)
        if len(parts) > MOST_PARTS or sum(len(part.text) for part in parts) > MOST_LETTERS:
            raise BadTemplate(TOO_LONG)
    return tuple(parts)


def _own_text(
    name: str, own: Mapping[str, str], done: dict[str, Template], inside: Sequence[str]
) -> Template:
    if name in inside:
        raise BadTemplate(LOOP)
    if name not in own:
        raise BadTemplate(UNKNOWN)
    if name not in done:
        done[name] = _expand(own[name], own, done, (*inside, name))
    return done[name]


def fields_of(template: Template) -> frozenset[str]:
    return frozenset(part.text for part in template if part.is_field)


@dataclass(frozen=True, slots=True)
class Filled:
    """A template of which only what differs from person to person is still open."""

    parts: Template
    field: str = ""
    """By which name a problem with this text is told: that of its first field, empty where it has none."""

    @property
    def is_personal(self) -> bool:
        return any(part.is_field for part in self.parts)

    def of(self, badge: Badge) -> str:
        if len(self.parts) == 1:
            [part] = self.parts
            return value_of(badge, part.text) if part.is_field else part.text
        return "".join(
            value_of(badge, part.text) if part.is_field else part.text for part in self.parts
        ).strip()


GETTERS = {name: attrgetter(name) for name in OF_PERSON}


def value_of(badge: Badge, field: str) -> str:
    """What a person's field holds."""
    return str(GETTERS[field](badge))


def fill(template: Template, event: EventFacts, category: str, language: str) -> Filled:
    """The template for everybody of this category, which is printed as `category`."""
    parts: list[Part] = []
    for part in template:
        known = (
            part if part.text in OF_PERSON or not part.is_field else _known(part, event, category, language)
        )
        if parts and not known.is_field and not parts[-1].is_field:
            known = Part(parts.pop().text + known.text)
        parts.append(known)
    return Filled(tuple(parts), min(fields_of(template), key=FIELDS.index, default=""))


def _known(part: Part, event: EventFacts, category: str, language: str) -> Part:
    if part.text == "category":
        return Part(category)
    name = part.text.removeprefix("event.")
    if name in ("days", "when"):
        return Part(getattr(event, name)(language))
    return Part(str(getattr(event, name)))
