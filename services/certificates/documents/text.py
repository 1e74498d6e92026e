"""What may stand on paper: composed (NFC) text without characters that hide or turn what is read."""

import unicodedata

# Joiners that Persian and Indic names need, direction marks without any power over other words, soft hyphens.
ALLOWED_FORMATS = frozenset("\u200c\u200d\u200e\u200f\u061c\u00ad")
REFUSED_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


class ForbiddenCharacters(ValueError):
    """This text contains control characters or characters that turn the direction of reading."""

    def __init__(self, text: str, characters: tuple[str, ...]) -> None:
        super().__init__(f"{self.__doc__} ({describe(characters)})")
        self.text = text
        self.characters = characters


def clean(text: str) -> str:
    """The text in NFC. Raises ForbiddenCharacters for what `forbidden_in` finds."""
    # What Python calls printable has none of the refused categories.
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    if found := forbidden_in(text):
        raise ForbiddenCharacters(text, found)
    return unicodedata.normalize("NFC", text)


def forbidden_in(text: str) -> tuple[str, ...]:
    """Control characters, line separators, lone surrogates and bidi embeddings, overrides and isolates.

    With an override a name can read "Admin" on paper and be another one in the database ("Trojan Source",
    CVE-2021-42574).
    """
    return tuple(dict.fromkeys(character for character in text if _is_forbidden(character)))


def describe(characters: tuple[str, ...]) -> str:
    """The code points in the form that people can look up: `U+202E`."""
    return ", ".join(f"U+{ord(character):04X}" for character in characters)


def _is_forbidden(character: str) -> bool:
    return unicodedata.category(character) in REFUSED_CATEGORIES and character not in ALLOWED_FORMATS
