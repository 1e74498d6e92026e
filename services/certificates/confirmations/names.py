"""A holder's name as the public page may show it: enough to compare with a paper, too little to find people."""

import unicodedata

VIRAMA = 9
ZERO_WIDTH_JOINER = "\u200d"


def abbreviated(first_name: str, last_name: str) -> str:
    """Initials, such as "J. G.": one for each of the two names, in their own script.

    An initial is what a reader takes for one letter (a base with its marks and joined consonants). A given
    name that consists of a single one is hidden altogether, because its initial would be the whole name.
    """
    given, family = _initial(first_name), _initial(last_name)
    if given and given == first_name.strip():
        given = "*"
    return " ".join(_with_dot(part) for part in (given, family) if part)


def _with_dot(initial: str) -> str:
    return initial if initial == "*" else f"{initial}."


def _initial(name: str) -> str:
    """The first cluster of characters that stays together when read (Unicode UAX 29, simplified)."""
    text = unicodedata.normalize("NFC", name.strip())
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            break
        cluster += character
    return cluster


def _continues(cluster: str, character: str) -> bool:
    if unicodedata.category(character).startswith("M") or character == ZERO_WIDTH_JOINER:
        return True
    joins = cluster[-1] == ZERO_WIDTH_JOINER or unicodedata.combining(cluster[-1]) == VIRAMA
    return joins and unicodedata.category(character).startswith("L")
