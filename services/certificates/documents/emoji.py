"""Picture letters that no font of ours has: left out of a name, with a notice, where letters remain."""

from unicodedata import category

from services.certificates.documents.fonts import Fonts, load_fonts
from services.certificates.documents.shaping import missing_in
from services.certificates.documents.text import forbidden_in

# What makes one picture of several: the joiner, the wish for colour, and the tones of skin (UTS #51).
AROUND = frozenset("\u200d\ufe0f") | frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def without_emoji(text: str, *, fonts: Fonts | None = None) -> tuple[str, tuple[str, ...]]:
    """The text without picture letters that cannot be printed, and which these are.

    It stays as it is where another character cannot be printed either, or where no letter would remain: such a
    name is refused and listed.
    """
    stack = fonts or load_fonts()
    if text.isascii() or forbidden_in(text):
        return text, ()
    missing = missing_in(text, stack.bold)
    if not missing or not all(_is_picture(character) for character in missing):
        return text, ()
    gone = AROUND.union(missing)
    kept = " ".join("".join(character for character in text if character not in gone).split())
    return (kept, missing) if any(character.isalnum() for character in kept) else (text, ())


def _is_picture(character: str) -> bool:
    return category(character) == "So" or character in AROUND
