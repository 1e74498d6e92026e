"""What people type into a line: which characters it may hold, and how it is spaced.

Pure. Unicode's terms: annex 9 (bidi) and chapter 4.5 (general categories).
"""

import re
import unicodedata

from shared.kit.i18n import N_

# The sentence of whoever refuses such a text.
HIDDEN_CHARACTERS = N_("Please remove invisible control characters from this line and type it again.")

# They reorder what stands beside them: on a badge somebody's name would read as another's.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Cc: control characters, CR and LF among them; Cs: halves of a pair that no encoding can carry;
# Zl and Zp: line breaks by another name; Co: private letters that only one font knows.
HIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp", "Co"})


def has_hidden_characters(text: str, *, allowed: str = "") -> bool:
    """Whether a text holds control characters, bidi controls or private letters other than `allowed`."""
    return any(_is_hidden(character) for character in text if character not in allowed)


def _is_hidden(character: str) -> bool:
    return character in BIDI_CONTROLS or unicodedata.category(character) in HIDDEN_CATEGORIES


def single_spaces(text: str) -> str:
    """Trimmed, with one space for every run of white space, also of the kinds that never break."""
    return re.sub(r"\s+", " ", text).strip()
