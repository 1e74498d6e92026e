"""A layout as a form: a field for each thing that it says, by its path (`f.front.3.size`), and read back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from services.certificates.layouts.checks import LARGEST_LAYOUT, NO_JSON, read, read_data
from services.certificates.layouts.layout import Element, Layout
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

PREFIX = "f."
SIDES = ("front", "back")

KINDS = {
    "text": N_("Text"),
    "stack": N_("Texts one below the other"),
    "rectangle": N_("Rectangle"),
    "line": N_("Line"),
    "circle": N_("Circle"),
    "image": N_("Picture"),
    "qr": N_("QR code"),
    "list": N_("List"),
}
# Millimetres and points, as the API has them.
LABELS = {
    "title": N_("Name for people"),
    "width": N_("Width (mm)"),
    "height": N_("Height (mm)"),
    "fold": N_("Fold"),
    "x": N_("From the left (mm)"),
    "y": N_("From above (mm)"),
    "x2": N_("To, from the left (mm)"),
    "y2": N_("To, from above (mm)"),
    "side": N_("Side (mm)"),
    "radius": N_("Radius (mm)"),
    "thickness": N_("Thickness (mm)"),
    "gap": N_("Distance to the one above (mm)"),
    "text": N_("Text with fields"),
    "content": N_("Content with fields"),
    "heading": N_("Heading"),
    "empty": N_("Without lines"),
    "of": N_("Which list"),
    "image": N_("Name of the picture"),
    "size": N_("Largest letters (pt)"),
    "smallest": N_("Smallest letters (pt)"),
    "weight": N_("Weight"),
    "lines": N_("Lines at most"),
    "cut": N_("Cut off what does not fit"),
    "align": N_("Alignment"),
    "valign": N_("Position in the box"),
    "colour": N_("Colour"),
    "fill": N_("Colour of the area"),
    "line": N_("Colour of the line"),
    "accent": N_("Colour of heading and times"),
    "muted": N_("Colour of rooms and tables"),
    "when.category": N_("Only for these categories"),
    "when.filled": N_("Only where these are filled"),
    "when.empty": N_("Only where these are empty"),
    "when.has_codes": N_("Only where there is a code"),
}
LANGUAGES = {"de": N_("German"), "en": N_("English")}
CHOICES = {
    "fold": [("top", N_("at the top")), ("left", N_("on the left"))],
    "weight": [("regular", N_("regular")), ("bold", N_("bold"))],
    "align": [("left", N_("left")), ("centre", N_("centre")), ("right", N_("right"))],
    "valign": [("top", N_("top")), ("middle", N_("middle")), ("bottom", N_("bottom"))],
    "of": [("agenda", N_("own agenda")), ("way", N_("networking way"))],
}
# What stays as it is: an element does not become another one, and there is one typeface.
UNTOUCHED = ("kind", "font")
NUMBERS = frozenset(
    (
        "width",
        "height",
        "x",
        "y",
        "x2",
        "y2",
        "side",
        "radius",
        "thickness",
        "gap",
        "size",
        "smallest",
        "lines",
    )
)
MAY_BE_NOTHING = frozenset(("fold", "fill", "line", "smallest"))
BOX: Mapping[str, Any] = {"x": 10, "y": 10, "width": 40, "height": 10}
NEW: Mapping[str, Mapping[str, Any]] = {
    "text": {**BOX, "text": "{name}"},
    "stack": {**BOX, "height": 20, "texts": [{"text": "{first_name}", "height": 10}]},
    "rectangle": {**BOX, "fill": "category"},
    "line": {"x": 10, "y": 10, "x2": 50, "y2": 10},
    "circle": {"x": 20, "y": 20, "radius": 5, "fill": "category"},
    "image": {**BOX, "image": "logo"},
    "qr": {"x": 10, "y": 10, "side": 30},
    "list": {**BOX, "height": 40, "of": "agenda"},
}
ELEMENT: TypeAdapter[Any] = TypeAdapter(Element)

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a layout says; `path` is its path in the JSON."""

    path: str
    label: str
    value: Any
    choices: list[tuple[str, str]] | None = None
    language: str = ""
    """The name of the language that it is in, where it is there in several."""

    @property
    def is_needed(self) -> bool:
        return self.value not in (None, "", [])

    @property
    def name(self) -> str:
        return PREFIX + self.path

    @property
    def is_switch(self) -> bool:
        return isinstance(self.value, bool)


@dataclass(frozen=True, slots=True)
class Group:
    """An element with its fields; `number` counts from 1."""

    path: str
    number: int
    kind: str
    about: str
    fields: list[Field]


def shown(layout: Layout) -> Data:
    """The layout as JSON with everything that can be said about it."""
    return layout.model_dump(mode="json")


def values_of(data: Data) -> dict[str, Any]:
    """What the form's fields show."""
    return {PREFIX + path: _as_text(value) for path, value in _leaves(data)}


def fields_of(data: Data) -> list[Field]:
    """The fields of the layout as a whole."""
    whole = {key: value for key, value in data.items() if key not in SIDES}
    return [_field(path, value) for path, value in _leaves(whole)]


def groups_of(data: Data, side: str) -> list[Group]:
    """The elements of a side, in the order in which they are drawn."""
    return [
        Group(
            path=f"{side}.{index}",
            number=index + 1,
            kind=KINDS.get(element.get("kind"), ""),
            about=_about(element),
            fields=[_field(f"{side}.{index}.{path}", value) for path, value in _leaves(element)],
        )
        for index, element in enumerate(data.get(side) or [])
    ]


def _about(element: Data) -> str:
    first = element.get("text") or (element.get("texts") or [{}])[0].get("text") or element.get("image") or ""
    words = next(iter(first.values()), "") if isinstance(first, dict) else first
    return str(words)[:40]


def _field(path: str, value: Any) -> Field:
    parts = path.split(".")
    language = LANGUAGES.get(parts[-1], "")
    if language:
        parts.pop()
    key = ".".join(parts[-2:]) if parts[-2:-1] == ["when"] else parts[-1]
    return Field(path, LABELS.get(key, key), value, CHOICES.get(key), language)


def _leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        inside: Iterable[tuple[Any, Any]] = data.items()
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        inside = enumerate(data)
    else:
        yield path, data
        return
    for key, value in inside:
        if key not in UNTOUCHED:
            yield from _leaves(value, f"{path}.{key}" if path else str(key))


def _as_text(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def typed_data(typed: Mapping[str, str]) -> Data:
    """The layout that the form was made from, with what was typed. Raises Invalid."""
    content = typed.get("content", "")
    try:
        data = json.loads(content) if len(content) <= LARGEST_LAYOUT else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not _is_like_a_layout(data):
        raise Invalid([FieldError("", NO_JSON)])
    changed = deepcopy(data)
    for path, value in list(_leaves(data)):
        if isinstance(value, bool) or PREFIX + path in typed:
            _put(changed, path.split("."), _read(path, value, typed.get(PREFIX + path, "")))
    return changed


def _is_like_a_layout(data: Data) -> bool:
    """Whether the form can show it; whether it is right says the schema."""
    if not all(isinstance(data.get(side, []), list) for side in SIDES):
        return False
    elements = [element for side in SIDES for element in data.get(side, [])]
    return all(isinstance(each, dict) and each.get("kind") in KINDS for each in elements) and all(
        isinstance(each.get("texts", []), list)
        and all(isinstance(text, dict) for text in each.get("texts", []))
        for each in elements
    )


def _read(path: str, before: Any, text: str) -> Any:
    """What was typed, in the type of what was there; what is no number is left for the schema to refuse."""
    key = path.rsplit(".", 1)[-1]
    if isinstance(before, bool):
        return bool(text)
    if isinstance(before, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if not text.strip() and key in MAY_BE_NOTHING:
        return None
    is_number = isinstance(before, (int, float)) or (before is None and key in NUMBERS)
    return _number(text) if is_number else text


def _number(text: str) -> float | str:
    try:
        return float(text.replace(",", ".").strip())
    except ValueError:
        return text


def _put(data: Any, path: list[str], value: Any) -> None:
    for part in path[:-1]:
        data = data[int(part)] if isinstance(data, list) else data[part]
    data[path[-1]] = value


def added(data: Data, side: str, kind: str) -> Data:
    """The layout with one more element on this side; the same where there is no such kind or side."""
    if kind not in NEW or side not in SIDES:
        return data
    element = ELEMENT.validate_python({"kind": kind, **NEW[kind]}).model_dump(mode="json")
    return {**data, side: [*(data.get(side) or []), element]}


def removed(data: Data, path: str) -> Data:
    """The layout without this element; the same where there is none."""
    side, _, place = path.partition(".")
    elements = data.get(side) if side in SIDES else None
    if not isinstance(elements, list) or not place.isdecimal() or len(place) > 3:
        return data
    return {**data, side: [each for index, each in enumerate(elements) if index != int(place)]}


def read_form(typed: Mapping[str, str], images: Iterable[str]) -> tuple[Data, Layout]:
    """The form's JSON and its layout: that of the fields, or of the JSON for experts. Raises Invalid."""
    if "json" in typed:
        layout = read(typed["json"], images)
        return shown(layout), layout
    data = typed_data(typed)
    try:
        return data, read_data(data, images)
    except Invalid as problem:
        raise Invalid(
            [FieldError(PREFIX + each.field, each.sentence) for each in problem.errors]
        ) from problem
