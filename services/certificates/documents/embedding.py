"""Fonts inside a PDF: Type0 fonts with Identity-H codes, cut down to the glyphs that are shown."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.certificates.documents.fonts import Font
from services.certificates.documents.pdf import (
    PdfFile,
    Value,
    dictionary,
    packed_stream,
    reference,
    references,
    stream,
)

# A CMap file lists at most 100 entries in a block (Adobe technical note 5014).
ENTRIES_A_BLOCK = 100
CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{blocks}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@dataclass(frozen=True)
class Subset:
    """A cut font file: compressed, its length before, the new number of each glyph, six letters as its name."""

    packed: bytes
    length: int
    places: Mapping[int, int]
    tag: str


@dataclass(frozen=True)
class Codes:
    """What the codes of a font mean: widths in thousandths of an em, by code, and compressed streams.

    `glyphs` is the CIDToGIDMap; without one, codes are glyph numbers.
    """

    widths: Mapping[int, int]
    spellings: bytes
    glyphs: bytes | None = None

    @staticmethod
    def mapped(widths: Mapping[int, int], spellings: bytes, glyphs: Mapping[int, int]) -> "Codes":
        """Codes that stand for other glyph numbers: code → glyph; those between them stand for none."""
        numbers = b"".join(glyphs.get(code, 0).to_bytes(2) for code in range(max(glyphs) + 1))
        return Codes(widths, spellings, zlib.compress(numbers, 9))


class EmbeddedFont:
    """A font as one document uses it beside the house font.

    A code is given out for each pair of glyph and spelling in the order in which they are drawn, so that the
    same glyph may stand for different text: the letters copied out of the PDF are those that went in.
    """

    def __init__(self, font: Font, name: str) -> None:
        self.font = font
        self.name = name
        self._codes: dict[tuple[int, str], str] = {}

    def code(self, glyph: int, spelling: str) -> str:
        """Four hexadecimal digits, as text on a page writes them."""
        key = (glyph, spelling)
        if key not in self._codes:
            # Code 0 is .notdef, which is never shown.
            self._codes[key] = f"{len(self._codes) + 1:04X}"
        return self._codes[key]

    def write(self, file: PdfFile) -> int:
        """Writes the font, when all is drawn. Returns the number of its object."""
        glyphs = [0, *(glyph for glyph, _ in self._codes)]
        subset = subset_of(self.font, frozenset(glyphs))
        spelled = ((code, spelling) for (_, spelling), code in self._codes.items())
        codes = Codes.mapped(
            widths={code: self.font.advance(glyph) for code, glyph in enumerate(glyphs)},
            spellings=to_unicode(spelled),
            glyphs={code: subset.places[glyph] for code, glyph in enumerate(glyphs)},
        )
        return write_font(file, self.font, subset, codes)


# Tickets and confirmations of one event go beyond the house letters in the same few names.
@lru_cache(maxsize=256)
def subset_of(font: Font, glyphs: frozenset[int]) -> Subset:
    cut, places = font.subset(glyphs)
    return Subset(zlib.compress(cut, 9), len(cut), places, _tag(cut))


def write_font(file: PdfFile, font: Font, subset: Subset, codes: Codes) -> int:
    """The objects of a Type0 font (ISO 32000-1, 9.7). Returns the number of the first."""
    name = f"/{subset.tag}+{font.name}"
    shown = file.reserve()
    places = reference(file.add(packed_stream(codes.glyphs))) if codes.glyphs else b"/Identity"
    descendant: dict[str, Value] = {
        "Type": "/Font",
        "Subtype": "/CIDFontType2",
        "BaseFont": name,
        "CIDSystemInfo": "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
        "FontDescriptor": reference(_write_descriptor(file, font, name, subset, frozenset(codes.widths))),
        "W": _widths(codes.widths),
        "CIDToGIDMap": places,
    }
    facts: dict[str, Value] = {
        "Type": "/Font",
        "Subtype": "/Type0",
        "BaseFont": name,
        "Encoding": "/Identity-H",
        "DescendantFonts": references([file.add(dictionary(descendant))]),
        "ToUnicode": reference(file.add(packed_stream(codes.spellings))),
    }
    return file.put(shown, dictionary(facts))


def _write_descriptor(file: PdfFile, font: Font, name: str, subset: Subset, codes: frozenset[int]) -> int:
    cut = file.add(packed_stream(subset.packed, b"/Length1 %d" % subset.length))
    # PDF/A-1 wants to be told which codes a subset has (ISO 19005-1, 6.3.5).
    present = file.add(stream(_bits(codes)))
    entries: dict[str, Value] = {"Type": "/FontDescriptor", "FontName": name, **font.descriptor}
    return file.add(dictionary({**entries, "FontFile2": reference(cut), "CIDSet": reference(present)}))


def _widths(widths: Mapping[int, int]) -> str:
    """The array W (9.7.4.3): codes that follow each other share a list."""
    listed = ""
    last = -2
    for code, width in sorted(widths.items()):
        listed += f" {width}" if code == last + 1 else f"]{code}[{width}"
        last = code
    return f"[{listed.removeprefix(']')}]]"


def _bits(codes: frozenset[int]) -> bytes:
    """A bit for each code, the first one the highest of its byte."""
    size = max(codes) // 8 + 1
    return sum(1 << (8 * size - 1 - code) for code in codes).to_bytes(size)


def _tag(file: bytes) -> str:
    """Six capitals (ISO 32000-1, 9.6.4) from the content, so that the same subset has the same name."""
    digest = hashlib.sha256(file).digest()[:6]
    return "".join(chr(ord("A") + byte % 26) for byte in digest)


def to_unicode(codes: Iterable[tuple[str, str]]) -> bytes:
    """The compressed CMap of these codes (four hexadecimal digits) and what each of them spells."""
    entries = [f"<{first:04X}> <{last:04X}> <{_utf16(spelling)}>" for first, last, spelling in _ranges(codes)]
    blocks = (entries[start : start + ENTRIES_A_BLOCK] for start in range(0, len(entries), ENTRIES_A_BLOCK))
    listed = (f"{len(block)} beginbfrange\n{chr(10).join(block)}\nendbfrange" for block in blocks)
    return zlib.compress(CMAP.format(blocks="\n".join(listed)).encode("ascii"), 9)


def _ranges(codes: Iterable[tuple[str, str]]) -> list[tuple[int, int, str]]:
    """Codes that follow each other, as the letters that they spell do: first, last, what the first spells.

    In a range only the last byte may count on, of the code and of the letter.
    """
    ranges: list[tuple[int, int, str]] = []
    for code, spelling in ((int(code, 16), spelling) for code, spelling in codes):
        if ranges and code % 256 and len(spelling) == 1 and ord(spelling) % 256:
            first, last, start = ranges[-1]
            if code == last + 1 and len(start) == 1 and ord(spelling) == ord(start) + code - first:
                ranges[-1] = first, code, start
                continue
        ranges.append((code, code, spelling))
    return ranges


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
