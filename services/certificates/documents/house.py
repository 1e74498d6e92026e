"""The house font: fixed subsets of Noto Sans with the letters that nearly every paper shows.

They are cut, compressed and described once in a process, and their codes are the same in each document: the operators
of a line of house letters depend on nothing but the line. HarfBuzz is asked once for each pair of letters.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain, groupby, pairwise
from operator import itemgetter

import uharfbuzz as hb

from services.certificates.documents.embedding import Codes, Subset, subset_of, to_unicode, write_font
from services.certificates.documents.fonts import Font
from services.certificates.documents.pdf import PdfFile

# Each letter makes every file larger. In all files are those of German and English sentences, of addresses, and the
# most frequent ones of our neighbours' names, which papers print bold; the further ones come along where they are
# shown, in a run of badges all of them. What is in neither, as Vietnamese or Greek, is shaped the long way and comes in a subset of the
# document's own.
EVERYDAY = (
    " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ÄÖÜäöüß-–.,:;()/&'’„“·?!_+…\""
    "áàâåæçéèêëíïñóôøúýÉ"
)
IN_NAMES = "ãîÁÅÇÓØąćčďđęěğıłńňőřśşšťůűźżžășțĆČĐİŁŚŞŠŻŽ"
FURTHER = (
    "ÀÂÃÆÈÊËÌÍÎÏÐÑÒÔÕÙÚÛÝÞìðòõùûþÿŒœŸĂĄĎĘĚĞĹĺĽľŃŇŐŔŕŘŤŮŰŹȘȚẞ"
    "ĀāĊċĒēĖėĠġĢģĦħĪīĮįĶķĻļŅņŌōŢţŪūŲųŴŵŶŷ%=~#@$*<>[\\]^`{|}§©°×¡¿«»‹›‘”‚—•€"
)
# German sets no ligature across the joint of a compound ("Auflage"), and no font knows where the joints are.
FEATURES = {"liga": False}


class LetterSet:
    """One subset: letters of a typeface, each with a code that is the same in all documents."""

    def __init__(self, font: Font, letters: str) -> None:
        self.letters = frozenset(letters)
        self._font = font
        self._glyphs = {letter: font.nominal_glyph(letter) for letter in letters}

    @cached_property
    def codes(self) -> dict[str, str]:
        """Letter → its code, four hexadecimal digits: the number of its glyph in the cut file."""
        return {letter: f"{self._subset.places[glyph]:04X}" for letter, glyph in self._glyphs.items()}

    def write(self, file: PdfFile) -> int:
        """Writes the font into a document. Returns the number of its object."""
        return write_font(file, self._font, self._subset, self._meanings)

    def write_some(self, file: PdfFile, operands: Iterable[str]) -> int:
        """Writes the letters that these operands show, and no others, under the same codes."""
        shown = {code for operand in operands for code in _codes_in(operand)}
        letters = {int(code, 16): letter for letter, code in self.codes.items() if code in shown}
        glyphs = {0: 0, **{code: self._glyphs[letter] for code, letter in letters.items()}}
        subset = subset_of(self._font, frozenset(glyphs.values()))
        spelled = sorted((f"{code:04X}", letter) for code, letter in letters.items())
        codes = Codes.mapped(
            widths={code: self._font.advance(glyph) for code, glyph in glyphs.items()},
            spellings=to_unicode(spelled),
            glyphs={code: subset.places[glyph] for code, glyph in glyphs.items()},
        )
        return write_font(file, self._font, subset, codes)

    @cached_property
    def _subset(self) -> Subset:
        return subset_of(self._font, frozenset((0, *self._glyphs.values())))

    @cached_property
    def _meanings(self) -> Codes:
        # Parts of composed letters, as an umlaut's dots, have numbers too.
        in_order = sorted(self._subset.places, key=self._subset.places.__getitem__)
        spelled = sorted((code, letter) for letter, code in self.codes.items())
        widths = {code: self._font.advance(glyph) for code, glyph in enumerate(in_order)}
        return Codes(widths, to_unicode(spelled))


# Letters of one set that follow each other, and the operand of TJ that shows them.
Run = tuple[LetterSet, str]


class HouseFont:
    """The house letters of one typeface. A line of `letters` alone can be set in it."""

    def __init__(self, font: Font) -> None:
        self.everyday = LetterSet(font, EVERYDAY + IN_NAMES if font.is_bold else EVERYDAY)
        self.further = LetterSet(font, FURTHER if font.is_bold else FURTHER + IN_NAMES)
        self.letters = self.everyday.letters | self.further.letters
        self._advances = {letter: font.advance(font.nominal_glyph(letter)) for letter in self.letters}
        self._steps = _Steps(font)
        self._shown = _Shown(self)

    def width(self, line: str) -> int:
        """The width of a line of house letters in thousandths of an em."""
        return sum(map(self._steps.__getitem__, pairwise(line)), self._advances[line[-1]] if line else 0)

    def runs(self, line: str) -> tuple[Run, ...]:
        """A line of house letters as PDF's operator TJ takes it: codes, and moves where letters are kerned."""
        if not line:
            return ()
        followed = map(self._shown.__getitem__, zip(line, chain(line[1:], [""]), strict=True))
        if self.everyday.letters.issuperset(line):
            return ((self.everyday, _operand(followed)),)
        sets = [self.everyday if letter in self.everyday.letters else self.further for letter in line]
        grouped = groupby(zip(sets, followed, strict=True), key=itemgetter(0))
        return tuple((letters, _operand(codes for _, codes in run)) for letters, run in grouped)

    def code(self, letter: str) -> str:
        return (self.everyday if letter in self.everyday.letters else self.further).codes[letter]


def _operand(codes: Iterable[str]) -> str:
    return f"[<{''.join(codes)}>]".replace("<>", "")


def _codes_in(operand: str) -> Iterator[str]:
    """The codes of an operand, four digits each."""
    for part in operand.split("<")[1:]:
        digits = part.partition(">")[0]
        yield from (digits[place : place + 4] for place in range(0, len(digits), 4))


class _Shown(dict[tuple[str, str], str]):
    """What shows a letter before another one, or at the end of a line: its code, and a move where they are kerned."""

    def __init__(self, font: "HouseFont") -> None:
        super().__init__()
        self._font = font

    def __missing__(self, pair: tuple[str, str]) -> str:
        letter, following = pair
        back = self._font.width(letter) + self._font.width(following) - self._font.width(letter + following)
        code = self._font.code(letter)
        self[pair] = shown = f"{code}>{back}<" if back else code
        return shown


class _Steps(dict[tuple[str, str], int]):
    """How far a letter moves on before another one, in thousandths of an em: its advance with the pair's kerning."""

    def __init__(self, font: Font) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, pair: tuple[str, str]) -> int:
        buffer = hb.Buffer()
        buffer.add_str("".join(pair))
        buffer.guess_segment_properties()
        hb.shape(self._font.shaper, buffer, FEATURES)
        self[pair] = step = self._font.thousandths(buffer.glyph_positions[0].x_advance)
        return step


@lru_cache(maxsize=8)
def house_font(font: Font) -> HouseFont:
    return HouseFont(font)
