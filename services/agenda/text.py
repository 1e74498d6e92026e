"""Types of what organisers write: names in addresses, lines and paragraphs as they are printed."""

import re
import unicodedata
from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.errors import NotFound
from shared.kit.i18n import N_
from shared.kit.text import HIDDEN_CHARACTERS, has_hidden_characters, single_spaces

# Long enough for the longest title in the model event twice over; fits two lines of a programme page.
LINE_LIMIT = 200
PARAGRAPH_LIMIT = 5_000

# The forms for new things stand at `…/new`.
_RESERVED = frozenset({"new"})


def address_part(text: str) -> str:
    """A slug, key or id as it stands in an address; raises NotFound for what can be none.

    PostgreSQL would refuse a NUL with an error that is nobody's fault but the visitor's.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", text):
        raise NotFound
    return text


def clean_line(text: str) -> str:
    """NFC, trimmed, single spaces. Raises ValueError for characters that nobody sees."""
    return single_spaces(_visible(text))


def clean_paragraph(text: str) -> str:
    """Like a line, but with its line breaks."""
    return _visible(text.replace("\r\n", "\n"), allowed="\n\t").strip()


def _visible(text: str, *, allowed: str = "") -> str:
    composed = unicodedata.normalize("NFC", text)
    if has_hidden_characters(composed, allowed=allowed):
        raise ValueError(HIDDEN_CHARACTERS)
    return composed


def key_from(text: str, taken: Collection[str]) -> str:
    """A key that a name suggests and that is not taken: `tzlr-ilmenau` for TZLR Ilmenau."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "entry"
    numbered = (f"{key}-{number}" for number in range(2, len(taken) + 4))
    return next(name for name in (key, *numbered) if name not in taken and name not in _RESERVED)


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError(N_("Please fill in this field."))
    return text


def _not_reserved(name: str) -> str:
    if name in _RESERVED or _is_uuid(name):
        raise ValueError(N_("Please choose another name for the address."))
    return name


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


OptionalLine = Annotated[str, Field(max_length=LINE_LIMIT), AfterValidator(clean_line)]
Line = Annotated[OptionalLine, AfterValidator(_not_empty)]
Paragraph = Annotated[str, Field(max_length=PARAGRAPH_LIMIT), AfterValidator(clean_paragraph)]

# Part of an address and of file names: lower case, so that nobody has to remember which letters are large.
Slug = Annotated[
    str,
    Field(min_length=3, max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    AfterValidator(_not_reserved),
]
Key = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$"),
    AfterValidator(_not_reserved),
]
