"""Sentences for people: English is the msgid, facts stand in it as {name}."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from shared.kit.i18n.languages import Locale

ROOT = Path(__file__).parents[3]


def N_(msgid: str) -> str:  # noqa: N802  # gettext's own name for it, which every translator's tool knows.
    """Marks a sentence for the translators where it is written; it is translated where it is shown."""
    return msgid


@dataclass(frozen=True)
class Translator:
    """The sentences of one language: `_ = translator("de")`, then `_("Place {place}", place=3)`."""

    locale: Locale

    def __call__(self, msgid: str, /, **facts: object) -> str:
        return gettext(self.locale, msgid, **facts)

    def plural(self, singular: str, plural: str, n: int, /, **facts: object) -> str:
        """The sentence in the form that the number needs; {n} is the number."""
        return ngettext(self.locale, singular, plural, n, **facts)


def translator(locale: Locale) -> Translator:
    """The sentences of that language."""
    return Translator(locale)


def gettext(locale: Locale, msgid: str, /, **facts: object) -> str:
    """The sentence in that language, its {placeholders} filled. An unknown msgid is shown as it is."""
    return _filled(sentence(locale, msgid), facts)


def ngettext(locale: Locale, singular: str, plural: str, n: int, /, **facts: object) -> str:
    """Like gettext, in the form that the number needs; {n} is the number."""
    return _filled(plural_sentence(locale, singular, plural, n), {"n": n, **facts})


def sentence(locale: Locale, msgid: str) -> str:
    """The translated sentence, its {placeholders} still in it."""
    # The catalogue's header is stored under the empty msgid.
    return _catalogue(locale).gettext(msgid) if msgid else ""


def plural_sentence(locale: Locale, singular: str, plural: str, n: int) -> str:
    """Like `sentence`, in the form that the number needs."""
    return _catalogue(locale).ngettext(singular, plural, n)


def _filled(text: str, facts: Mapping[str, object]) -> str:
    return text.format_map(facts) if facts else text


@cache
def _catalogue(locale: Locale) -> NullTranslations:
    """The kit's sentences and those of every service that is installed, in one catalogue."""
    merged: Translations | NullTranslations = NullTranslations()
    for folder in reversed(locale_folders()):
        catalogue = load(folder / locale / "LC_MESSAGES" / "messages.po")
        if catalogue is not None:
            catalogue.add_fallback(merged)
            merged = catalogue
    return merged


def locale_folders(root: Path = ROOT) -> list[Path]:
    """Where catalogues stand: the kit's first, then each service's."""
    return [root / "shared/kit/locale", *sorted(root.glob("services/*/locale"))]


def load(po: Path) -> Translations | None:
    """Reads the compiled catalogue, or compiles it in memory where set-up has not (or not since) done so."""
    if not po.exists():
        return None
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return Translations(BytesIO(mo.read_bytes()))
    return Translations(BytesIO(compiled(po)))


def compiled(po: Path) -> bytes:
    """The catalogue in gettext's binary form."""
    with po.open("rb") as file:
        catalogue = read_po(file)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()
