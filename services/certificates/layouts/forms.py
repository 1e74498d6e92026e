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
MAIN = "accent"
MAIN_COLOUR = N_("Main colour")
# What the elements share: colours by name and by category, the words for categories, and texts by name.
COLOURS = ("palette", "categories")
LABELS_OF_PARTS = {
    "palette": N_("Colour “{name}”"),
    "categories": N_("Colour of {name}"),
    "category_names": N_("Printed for {name}"),
    "texts": N_("Text “{name}”"),
}
OPTIONAL = ("palette.", "categories.", "category_names.")
WHOLE = ("title", "width", "height", "fold")
SECTIONS = (
    (N_("Colours"), ("palette",)),
    (N_("Categories"), ("categories", "category_names")),
    (N_("Texts"), ("texts",)),
)
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


Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a layout says; `path` is its path in the JSON, `of` whose it is where the label names that."""

    path: str
    label: str
    value: Any
    of: str = ""
    choices: list[tuple[str, str]] | None = None
    language: str = ""
    """The name of the language that it is in, where it is there in several."""

    @property
    def is_needed(self) -> bool:
        return self.value not in (None, "", []) and not self.path.startswith(OPTIONAL)

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


def with_blanks(data: Data, categories: Iterable[str]) -> Data:
    """The same with a place for the main colour, and for the colour and the words of each category."""
    named = list(dict.fromkeys([*categories, *(data.get("categories") or {}), *_names(data)]))
    blank = dict.fromkeys(LANGUAGES, "")
    return {
        **data,
        "palette": {MAIN: "", **(data.get("palette") or {})},
        "categories": {**dict.fromkeys(named, ""), **(data.get("categories") or {})},
        "category_names": {name: _in_languages(_names(data).get(name), blank) for name in named},
    }


def _names(data: Data) -> Mapping[str, Any]:
    names: Mapping[str, Any] = data.get("category_names") or {}
    return names


def _in_languages(words: Any, blank: Mapping[str, str]) -> dict[str, str]:
    return {**blank, **(words if isinstance(words, dict) else dict.fromkeys(blank, words or ""))}


def without_blanks(data: Data) -> Data:
    """The same without what was left empty: there the house's colours and words are printed."""
    names = {
        name: {key: text for key, text in words.items() if text} if isinstance(words, dict) else words
        for name, words in _names(data).items()
    }
    return {
        **data,
        **{part: {key: text for key, text in (data.get(part) or {}).items() if text} for part in COLOURS},
        "category_names": {name: words for name, words in names.items() if words},
    }


def values_of(data: Data) -> dict[str, Any]:
    """What the form's fields show."""
    return {PREFIX + _joined(path): _as_text(value) for path, value in _leaves(data)}


def fields_of(data: Data) -> list[Field]:
    """The fields of the layout as a whole."""
    return [_field(path, value) for path, value in _leaves(data) if path[0] in WHOLE]


def sections_of(data: Data) -> list[tuple[str, list[Field]]]:
    """The fields of what the elements share, under their headings."""
    return [
        (heading, [_field(path, value) for path, value in _leaves(data) if path[0] in parts])
        for heading, parts in SECTIONS
    ]


def groups_of(data: Data, side: str) -> list[Group]:
    """The elements of a side, in the order in which they are drawn."""
    return [
        Group(
            path=f"{side}.{index}",
            number=index + 1,
            kind=KINDS.get(element.get("kind"), ""),
            about=_about(element),
            fields=[_field((side, index, *path), value) for path, value in _leaves(element)],
        )
        for index, element in enumerate(data.get(side) or [])
    ]


def _about(element: Data) -> str:
    first = element.get("text") or (element.get("texts") or [{}])[0].get("text") or element.get("image") or ""
    words = next(iter(first.values()), "") if isinstance(first, dict) else first
    return str(words)[:40]


def _field(path: Path, value: Any) -> Field:
    parts = [str(part) for part in path]
    language = LANGUAGES.get(parts[-1], "")
    # A category or a text may be called like a language.
    if language and not (parts[0] in LABELS_OF_PARTS and len(parts) == 2):
        parts.pop()
    if parts[0] in LABELS_OF_PARTS:
        label = MAIN_COLOUR if parts == [COLOURS[0], MAIN] else LABELS_OF_PARTS[parts[0]]
        return Field(_joined(path), label, value, parts[-1], None, language)
    key = ".".join(parts[-2:]) if parts[-2:-1] == ["when"] else parts[-1]
    return Field(_joined(path), LABELS.get(key, key), value, "", CHOICES.get(key), language)


def _joined(path: Path) -> str:
    return ".".join(map(str, path))


def _leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict):
        inside: Iterable[tuple[Any, Any]] = data.items()
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        inside = enumerate(data)
    else:
        yield path, data
        return
    for key, value in inside:
        if key not in UNTOUCHED:
            yield from _leaves(value, (*path, key))


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
        name = PREFIX + _joined(path)
        if path and (isinstance(value, bool) or name in typed):
            _put(changed, path, _read(str(path[-1]), value, typed.get(name, "")))
    return without_blanks(changed)


def _is_like_a_layout(data: Data) -> bool:
    """Whether the form can show it; whether it is right says the schema."""
    shared = [data.get(part) or {} for part in (*COLOURS, "category_names")]
    if not all(isinstance(part, dict) for part in shared):
        return False
    if not all(isinstance(words, (str, dict)) for words in shared[-1].values()):
        return False
    if not all(isinstance(data.get(side, []), list) for side in SIDES):
        return False
    elements = [element for side in SIDES for element in data.get(side, [])]
    return all(isinstance(each, dict) and each.get("kind") in KINDS for each in elements) and all(
        isinstance(each.get("texts", []), list)
        and all(isinstance(text, dict) for text in each.get("texts", []))
        for each in elements
    )


def _read(key: str, before: Any, text: str) -> Any:
    """What was typed, in the type of what was there; what is no number is left for the schema to refuse."""
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


def _put(data: Any, path: Path, value: Any) -> None:
    for part in path[:-1]:
        data = data[part]
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
