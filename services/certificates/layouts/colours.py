"""The colours of a layout: the house's by name, the layout's own, and one for each category."""

import re
from collections.abc import Mapping

from services.certificates.documents import categories
from services.certificates.documents.content import Colour
from services.certificates.documents.paper import (
    ACCENT,
    BLACK,
    HAIRLINE,
    INK,
    MUTED,
    TINT,
    WHITE,
    colour,
)

HOUSE: Mapping[str, Colour] = {
    "ink": INK,
    "muted": MUTED,
    "hairline": HAIRLINE,
    "tint": TINT,
    "accent": ACCENT,
    "white": WHITE,
    "black": BLACK,
}
# The person's category, and what is read upon its colour.
OF_CATEGORY, ON_CATEGORY = "category", "on_category"
CODE = re.compile(r"#[0-9A-Fa-f]{6}")
# What WCAG 2.2 asks of large letters (1.4.3); badges have no others upon their colours.
ENOUGH_CONTRAST = 4.5


def is_colour(name: str, palette: Mapping[str, str]) -> bool:
    """Whether a layout with this palette may name this colour."""
    return (
        name in HOUSE or name in palette or name in (OF_CATEGORY, ON_CATEGORY) or bool(CODE.fullmatch(name))
    )


def depends_on_category(name: str) -> bool:
    return name in (OF_CATEGORY, ON_CATEGORY)


class Colours:
    """The colours on the badge of somebody of one category."""

    def __init__(self, palette: Mapping[str, str], by_category: Mapping[str, str], category: str) -> None:
        self._palette = palette
        of_category = by_category.get(category)
        self._category = self.of(of_category) if of_category else categories.colour_of(category)

    def of(self, name: str) -> Colour:
        if name == OF_CATEGORY:
            return self._category
        if name == ON_CATEGORY:
            return WHITE if contrast(WHITE, self._category) >= ENOUGH_CONTRAST else INK
        code = self._palette.get(name, name)
        return HOUSE[code] if code in HOUSE else colour(code)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(paint: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in paint
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
