"""What is wrong with a layout, told at the element: before anybody prints it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.certificates.documents.fonts import Fonts, load_fonts
from services.certificates.documents.problems import Reason, check
from services.certificates.documents.text import forbidden_in
from services.certificates.layouts import layout as described
from services.certificates.layouts.colours import depends_on_category, is_colour
from services.certificates.layouts.layout import Layout, every_language, in_language
from services.certificates.layouts.templates import OF_PERSON, BadTemplate, expand
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_
from shared.kit.validation import checked

# A layout of sixty elements a side with long texts in both languages stays far below it.
LARGEST_LAYOUT = 200_000

OUTSIDE = N_("This stands outside the page.")
UNKNOWN_COLOUR = N_("There is no such colour. Use a name, or a code such as #0B4F6C.")
UNKNOWN_ELEMENT = N_("There is no such kind of element.")
UNKNOWN_PART = N_("There is no such setting.")
UNKNOWN_IMAGE = N_("There is no picture of this name. Please upload it first.")
NO_GLYPH = N_("No font has these characters.")
FORBIDDEN = N_("This text contains characters that are invisible or turn the direction of reading.")
NO_BACK = N_("A badge that is folded needs a back.")
NO_JSON = N_("This is no JSON.")
NOT_SO_DEEP = N_("This field belongs to a person and cannot stand here.")
# In place of pydantic's: which setting it is, its path says.
OWN = {
    "extra_forbidden": UNKNOWN_PART,
    "union_tag_invalid": UNKNOWN_ELEMENT,
    "union_tag_not_found": UNKNOWN_ELEMENT,
}
# What fits within this is meant to fit: 25.4 mm are no whole number of points.
TOLERANCE = 0.01


def read(text: str, images: Iterable[str] = ()) -> Layout:
    """A layout from its JSON. Raises Invalid with a sentence at each place that is wrong."""
    if len(text) > LARGEST_LAYOUT:
        raise Invalid([FieldError("", N_("This is too long."))])
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Invalid([FieldError("", NO_JSON)]) from problem
    return read_data(data, images)


def read_data(data: Any, images: Iterable[str] = ()) -> Layout:
    """The same from what JSON holds."""
    try:
        layout = checked(Layout, data, own=OWN)
    except Invalid as problem:
        raise Invalid(
            [FieldError(_shortened(each.field), each.sentence) for each in problem.errors]
        ) from problem
    if errors := list(errors_of(layout, images)):
        raise Invalid(errors)
    return layout


def _shortened(path: str) -> str:
    """Pydantic names the kind of an element, and of each text whether it is one or many; people know these."""
    kinds = {"text", "stack", "rectangle", "line", "circle", "image", "qr", "list"}
    parts = path.split(".")
    kept = [
        part
        for place, part in enumerate(parts)
        if not (place == 2 and part in kinds)
        and not part.startswith(("constrained-str", "dict[", "function-"))
    ]
    return ".".join(kept)


def errors_of(layout: Layout, images: Iterable[str] = ()) -> Iterator[FieldError]:
    """What the shape of a layout cannot say: places, colours, fields, pictures, characters."""
    if layout.fold and not layout.back:
        yield FieldError("back", NO_BACK)
    yield from _meanings("palette", layout.palette, {})
    yield from _meanings("categories", layout.categories, layout.palette)
    yield from _own_texts(layout)
    yield from _category_names(layout)
    known = frozenset(images)
    for path, element in layout.places():
        yield from _outside(layout, path, element)
        yield from _colours(layout, path, _colours_of(element))
        yield from _texts(layout, path, element)
        if isinstance(element, described.Image) and element.image not in known:
            yield FieldError(f"{path}.image", UNKNOWN_IMAGE)


def _outside(layout: Layout, path: str, element: described.Element) -> Iterator[FieldError]:
    left, top, right, bottom = _extent(element)
    if left < -TOLERANCE or right > layout.width + TOLERANCE:
        yield FieldError(f"{path}.x", OUTSIDE)
    if top < -TOLERANCE or bottom > layout.height + TOLERANCE:
        yield FieldError(f"{path}.y", OUTSIDE)


def _extent(element: described.Element) -> tuple[float, float, float, float]:
    match element:
        case described.Circle(x=x, y=y, radius=radius):
            return x - radius, y - radius, x + radius, y + radius
        case described.Line(x=x, y=y, x2=x2, y2=y2):
            return min(x, x2), min(y, y2), max(x, x2), max(y, y2)
        case described.Qr(x=x, y=y, side=side):
            return x, y, x + side, y + side
        case _:
            return element.x, element.y, element.x + element.width, element.y + element.height


def _colours_of(element: described.Element) -> dict[str, str]:
    named = {name: getattr(element, name, None) for name in ("colour", "fill", "line", "accent", "muted")}
    stacked = element.texts if isinstance(element, described.Stack) else ()
    inside = {f"texts.{number}.colour": each.colour for number, each in enumerate(stacked)}
    return {name: colour for name, colour in named.items() if isinstance(colour, str)} | inside


def _colours(layout: Layout, path: str, named: Mapping[str, str]) -> Iterator[FieldError]:
    for name, colour in named.items():
        if not is_colour(colour, layout.palette):
            yield FieldError(f"{path}.{name}", UNKNOWN_COLOUR)


def _meanings(path: str, named: Mapping[str, str], palette: Mapping[str, str]) -> Iterator[FieldError]:
    """What a palette and the colours of categories mean cannot depend on the category again."""
    for name, colour in named.items():
        if depends_on_category(colour) or not is_colour(colour, palette):
            yield FieldError(f"{path}.{name}", UNKNOWN_COLOUR)


def _own_texts(layout: Layout) -> Iterator[FieldError]:
    for name, words in layout.texts.items():
        for ending, text in every_language(words):
            yield from _template(layout, f"texts.{name}{ending}", text, ending)


def _category_names(layout: Layout) -> Iterator[FieldError]:
    for category, words in layout.category_names.items():
        for ending, text in every_language(words):
            path = f"category_names.{category}{ending}"
            yield from (FieldError(path, sentence) for sentence in _unprintable(text))


def _texts(layout: Layout, path: str, element: described.Element) -> Iterator[FieldError]:
    for name, words in _words_of(element):
        for ending, text in every_language(words):
            yield from _template(layout, f"{path}.{name}{ending}", text, ending, name in ("heading", "empty"))


def _words_of(element: described.Element) -> Iterator[tuple[str, described.Words]]:
    match element:
        case described.Text(text=text):
            yield "text", text
        case described.Stack(texts=texts):
            for number, each in enumerate(texts):
                yield f"texts.{number}.text", each.text
        case described.Qr(content=content):
            yield "content", content
        case described.Listing(heading=heading, empty=empty):
            yield "heading", heading
            yield "empty", empty


def _template(
    layout: Layout, path: str, source: str, ending: str, is_for_all: bool = False
) -> Iterator[FieldError]:
    language = ending.removeprefix(".") or "de"
    own = {name: in_language(words, language) for name, words in layout.texts.items()}
    try:
        parts = expand(source, own)
    except BadTemplate as problem:
        yield FieldError(path, str(problem))
        return
    if is_for_all and any(part.is_field and part.text in OF_PERSON for part in parts):
        yield FieldError(path, NOT_SO_DEEP)
    fixed = "".join(part.text for part in parts if not part.is_field)
    yield from (FieldError(path, sentence) for sentence in _unprintable(fixed))


def _unprintable(text: str, fonts: Fonts | None = None) -> Iterator[str]:
    if forbidden_in(text):
        yield FORBIDDEN
        return
    for problem in check({"text": text}, fonts=fonts or load_fonts()):
        yield NO_GLYPH if problem.reason is Reason.MISSING_GLYPH else FORBIDDEN
