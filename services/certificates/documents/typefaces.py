"""The fonts of one document under the names that its pages call them by."""

from collections import defaultdict

from services.certificates.documents.embedding import EmbeddedFont
from services.certificates.documents.fonts import Font, Fonts
from services.certificates.documents.house import LetterSet, house_font
from services.certificates.documents.pdf import PdfFile, dictionary, reference
from services.certificates.documents.shaping import shape


class Typefaces:
    """R and B are the house fonts, RF and BF their further letters, N1, N2 … subsets of this document's own.

    With `is_small` a document gets only those of the further letters that it shows; a copy shows its own
    (RF1, BF1) beside those of the document that it goes on from.
    """

    def __init__(self, fonts: Fonts, *, is_small: bool = False) -> None:
        regular, bold = house_font(fonts.regular[0]), house_font(fonts.bold[0])
        self._names = {
            regular.everyday: "R",
            regular.further: "RF",
            bold.everyday: "B",
            bold.further: "BF",
        }
        self.space = shape(" ", fonts.regular)
        self._few = frozenset((regular.further, bold.further) if is_small else ())
        self._operands: defaultdict[str, list[str]] = defaultdict(list)
        self._shown: dict[str, LetterSet | EmbeddedFont] = {}
        self._embedded: dict[Font, EmbeddedFont] = {}
        self._written: dict[str, int] = {}

    def copy(self) -> "Typefaces":
        """For a document that goes on from this one, whose fonts are written."""
        other = object.__new__(Typefaces)
        other._names = {
            letters: f"{name}1" if letters in self._few else name for letters, name in self._names.items()
        }
        other._few, other._operands, other.space = self._few, defaultdict(list), self.space
        other._shown, other._embedded = {}, {}
        other._written = self._written.copy()
        return other

    def name_of(self, letters: LetterSet, operand: str) -> str:
        """What the font is called that shows these codes."""
        name = self._names[letters]
        if name not in self._written:
            self._shown[name] = letters
        if letters in self._few:
            self._operands[name].append(operand)
        return name

    def embedded(self, font: Font) -> EmbeddedFont:
        if font not in self._embedded:
            name = f"N{1 + sum(name.startswith('N') for name in (*self._written, *self._shown))}"
            self._shown[name] = self._embedded[font] = EmbeddedFont(font, name)
        return self._embedded[font]

    def write(self, file: PdfFile) -> None:
        """Writes what was shown and is not written yet, when all is drawn."""
        for name, font in self._shown.items():
            self._written[name] = self._write(file, name, font)
        self._shown, self._embedded = {}, {}

    def _write(self, file: PdfFile, name: str, font: LetterSet | EmbeddedFont) -> int:
        if isinstance(font, LetterSet) and font in self._few:
            return font.write_some(file, self._operands[name])
        return font.write(file)

    def resources(self) -> bytes:
        """The dictionary of fonts in /Resources; all are written."""
        return dictionary({name: reference(number) for name, number in self._written.items()})
