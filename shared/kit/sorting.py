"""The order of names in lists and on paper, the same on every database.

A database's collation depends on how the server was built; people's lists must not.
"""

import unicodedata

# Letters that Unicode does not take apart, under the letter where German readers look for them.
BASE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
# Below every letter, so that “Kranz, Aurelia” stands before “Kranzler, Ada”.
SEPARATOR = "\t"


def name_key(last_name: str, first_name: str) -> str:
    """A text whose code points order names as DIN 5007-1 does: ä as a, ß as ss, É as e.

    Other scripts follow after Latin letters, each in its own order. Names that differ by their
    diacritics alone have the same key.
    """
    return SEPARATOR.join(_letters(part) for part in (last_name, first_name))


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(BASE_LETTERS)
    # Only the marks that Latin, Greek and Cyrillic share: a Devanagari vowel sign is a letter.
    return "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f")
