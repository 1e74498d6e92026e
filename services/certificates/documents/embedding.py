"""Fonts inside a PDF: Type0 fonts with Identity-H codes, cut down to the glyphs that a document shows."""

import hashlib
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfdoc

from services.certificates.documents.fonts import Font

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


class EmbeddedFont:
    """One font as one document uses it.

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

    def addObjects(self, document: Any) -> None:  # noqa: N802 (ReportLab calls its delayed fonts by this name)
        """Writes the font into ReportLab's document; called once, when all pages are drawn."""
        glyphs = [glyph for glyph, _ in self._codes]
        file, places, tag = _subset(self.font, frozenset(glyphs))
        full_name = pdfdoc.PDFName(f"{tag}+{self.font.name}")
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": full_name,
                "CIDSystemInfo": "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
                "FontDescriptor": self._add(
                    document, "descriptor", self._descriptor(document, full_name, file)
                ),
                "DW": 1000,
                "W": _widths([self.font.advance(glyph) for glyph in glyphs]),
                "CIDToGIDMap": self._add(
                    document, "map", _stream(_glyph_map([places[glyph] for glyph in glyphs]))
                ),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": full_name,
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([self._add(document, "descendant", descendant)]),
                "ToUnicode": self._add(document, "unicode", _stream(_to_unicode(self._codes))),
            }
        )
        document.idToObject["BasicFonts"].dict[self.name] = self._add(document, "font", font)

    def _descriptor(self, document: Any, full_name: Any, file: bytes) -> pdfdoc.PDFDictionary:
        figures = {
            key: pdfdoc.PDFArray(value) if isinstance(value, list) else value
            for key, value in self.font.descriptor.items()
        }
        stream = _stream(file, compressed=True)
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": full_name,
                **figures,
                "FontFile2": self._add(document, "file", stream),
            }
        )

    def _add(self, document: Any, part: str, thing: Any) -> Any:
        return document.Reference(thing, f"{self.name}.{part}")


# Confirmations and tickets of one event show much the same letters.
@lru_cache(maxsize=256)
def _subset(font: Font, glyphs: frozenset[int]) -> tuple[bytes, dict[int, int], str]:
    """The compressed font file, the new number of each glyph, and the six letters that name a subset."""
    file, places = font.subset(glyphs)
    return zlib.compress(file, 9), places, _tag(file)


def _tag(file: bytes) -> str:
    """Six capitals (ISO 32000-1, 9.6.4) from the content, so that the same subset has the same name."""
    digest = hashlib.sha256(file).digest()[:6]
    return "".join(chr(ord("A") + byte % 26) for byte in digest)


def _stream(content: bytes, *, compressed: bool = False) -> pdfdoc.PDFStream:
    data = content if compressed else zlib.compress(content, 9)
    stream = pdfdoc.PDFStream(content=data)
    stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    return stream


def _widths(advances: Sequence[int]) -> str:
    return f"[1 [{' '.join(map(str, advances))}]]"


def _glyph_map(numbers: Sequence[int]) -> bytes:
    """CIDToGIDMap: two bytes for each code from 0 on."""
    return b"".join(number.to_bytes(2, "big") for number in (0, *numbers))


def _to_unicode(codes: dict[tuple[int, str], str]) -> bytes:
    entries = [f"<{code}> <{_utf16(spelling)}>" for (_, spelling), code in codes.items()]
    blocks = (entries[start : start + ENTRIES_A_BLOCK] for start in range(0, len(entries), ENTRIES_A_BLOCK))
    listed = (f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
    return CMAP.format(blocks="\n".join(listed)).encode("ascii")


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
