"""What would go wrong on paper, told to the organiser before anything is printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from services.certificates.documents.fonts import Fonts, load_fonts
from services.certificates.documents.shaping import missing_in, printable_part
from services.certificates.documents.text import clean, describe, forbidden_in


class Reason(StrEnum):
    MISSING_GLYPH = "missing_glyph"
    FORBIDDEN_CHARACTER = "forbidden_character"
    TOO_LONG = "too_long"
    LEFT_OUT = "left_out"
    SHORTENED = "shortened"


SENTENCES = {
    Reason.MISSING_GLYPH: "No font has these characters.",
    Reason.FORBIDDEN_CHARACTER: "This text contains characters that are invisible or turn the direction of reading.",
    Reason.LEFT_OUT: "These picture letters were left out.",
    Reason.TOO_LONG: "This text does not fit, even in the smallest size.",
    Reason.SHORTENED: "There is not enough room for all of this, so it is shortened:",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One text that cannot be printed. `field` names it as the document's data class does."""

    field: str
    text: str
    reason: Reason
    characters: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """For people, in English; a page translates it, and adds `characters` and `code_points`."""
        return SENTENCES[self.reason]

    @property
    def code_points(self) -> str:
        return describe(self.characters)

    def kept(self, fonts: Fonts | None = None) -> str:
        """The text without the characters that cannot be printed; empty where that leaves no letter."""
        stack = fonts or load_fonts()
        forbidden = forbidden_in(self.text)
        allowed = "".join(character for character in self.text if character not in forbidden)
        kept = printable_part(printable_part(allowed, stack.bold), stack.regular)
        # A hyphen or a dot between two letters that are gone is nobody's name.
        return kept if any(character.isalnum() for character in kept) else ""


def check(texts: Mapping[str, str], *, fonts: Fonts | None = None) -> list[Problem]:
    """The problems of these texts: field → text. An empty list means that each character can be printed."""
    stack = fonts or load_fonts()
    found = (_problem(field, text, stack) for field, text in texts.items())
    return [problem for problem in found if problem]


# All papers of an event say the same of it and of its programme: looked through for each, it was a sixth of issuing.
@lru_cache(maxsize=1024)
def _problem(field: str, text: str, fonts: Fonts) -> Problem | None:
    if forbidden := forbidden_in(text):
        return Problem(field, text, Reason.FORBIDDEN_CHARACTER, forbidden)
    cleaned = clean(text)
    missing = dict.fromkeys([*missing_in(cleaned, fonts.regular), *missing_in(cleaned, fonts.bold)])
    return Problem(field, text, Reason.MISSING_GLYPH, tuple(missing)) if missing else None
