"""What people type into a line of a form, made fit for paper and mail: names, organisations, short answers.

Pure.
"""

import unicodedata

from shared.kit.i18n import N_
from shared.kit.text import HIDDEN_CHARACTERS, has_hidden_characters, single_spaces

# "Maximiliane-Alexandra" is 21 characters long; 100 leaves room for every name known to us and for one line
# of paper at the smallest size.
NAME_LIMIT = 100
# Names of institutes with their department and city reach 120.
ORGANISATION_LIMIT = 200
# An answer to a question is one line, not an essay.
ANSWER_LIMIT = 500

# They decide the shape of letters in Persian, Hindi and others, so a name needs them.
_JOINERS = frozenset("\u200c\u200d")


class Refused(ValueError):
    """A value that cannot be taken; `sentence` (a msgid, with `facts` for its placeholders) says why."""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts


def clean_name(text: str) -> str:
    """A person's first or last name as it is printed: NFC, trimmed, inner spaces single.

    Raises Refused for an empty one, control characters, bidi controls and more than 100 characters.
    """
    name = clean_line(text, limit=NAME_LIMIT)
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise Refused(N_("Please enter a name."))
    return name


def clean_organisation(text: str) -> str:
    """An organisation's name, possibly empty; otherwise as `clean_name`, up to 200 characters."""
    return clean_line(text, limit=ORGANISATION_LIMIT)


def clean_line(text: str, *, limit: int = ANSWER_LIMIT) -> str:
    """One line of text: NFC, trimmed, inner spaces single, invisible marks gone; at most `limit` characters."""
    composed = unicodedata.normalize("NFC", text)
    if has_hidden_characters(composed):
        raise Refused(HIDDEN_CHARACTERS)
    line = single_spaces("".join(filter(_is_printed, composed)))
    if len(line) > limit:
        raise Refused(N_("Please use at most {limit} characters here."), limit=limit)
    return line


def is_storable(text: str) -> bool:
    """Whether PostgreSQL has such a text: it knows no NUL, and UTF-8 has no halves of a pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_printed(character: str) -> bool:
    # What is left in Cf (soft hyphen, zero-width space, byte order mark, direction marks) comes from pasting
    # and changes nothing that a reader sees, so it goes silently.
    return character in _JOINERS or unicodedata.category(character) != "Cf"
