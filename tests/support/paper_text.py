"""The text that people copy out of a PDF, by three readers that share no code."""

import io
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pypdfium2
from fontTools.ttLib import TTFont
from pypdf import PdfReader

# poppler writes the direction of Arabic runs into its output as embedding marks.
DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def by_poppler(pdf: bytes) -> str:
    """All pages as they are read. A hyphen at the end of a line is lost: poppler takes it for a syllable break."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return DIRECTION_MARKS.sub("", done.stdout.decode())


def by_pypdf(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def by_chrome(pdf: bytes) -> str:
    """By PDFium, which is what Chrome and Edge read with. It marks a hyphen at the end of a line with U+FFFE."""
    pages = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    return text.replace("\ufffe", "-")


def without_spaces(text: str) -> str:
    """A name may stand on two lines: what counts are its letters and their order."""
    return "".join(text.split())


def letters(text: str) -> str:
    return without_spaces(text).replace("-", "")


def one_line(text: str) -> str:
    return " ".join(text.split())


def fonts_of(pdf: bytes) -> Iterator[tuple[TTFont, list[int]]]:
    """Each font file inside, with the glyphs that its codes lead to (code 0 left out)."""
    for font in _resources(PdfReader(io.BytesIO(pdf))).values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        file = descendant["/FontDescriptor"]["/FontFile2"].get_data()
        yield TTFont(io.BytesIO(file)), _glyphs_of(descendant)


def codes_shown(pdf: bytes) -> set[int]:
    """Every code that any page or form shows."""
    reader = PdfReader(io.BytesIO(pdf))
    streams = [page.get_contents().get_data() for page in reader.pages]
    for page in reader.pages:
        streams += [form.get_object().get_data() for form in page["/Resources"].get("/XObject", {}).values()]
    strings = (code for stream in streams for code in re.findall(rb"<([0-9A-F]+)>(?=[^\[]*\]TJ)", stream))
    return {int(string[at : at + 4], 16) for string in strings for at in range(0, len(string), 4)}


def _glyphs_of(descendant: Any) -> list[int]:
    """The glyph of each code from 1 on; where codes are glyph numbers, the codes that have a width."""
    if descendant["/CIDToGIDMap"] == "/Identity":
        return list(range(1, len(descendant["/W"][1])))
    places = descendant["/CIDToGIDMap"].get_data()
    return [int.from_bytes(places[at : at + 2], "big") for at in range(2, len(places), 2)]


def names_of_fonts(pdf: bytes) -> list[str]:
    """The names by which the pages call their fonts."""
    return sorted(_resources(PdfReader(io.BytesIO(pdf))))


def _resources(reader: PdfReader) -> Any:
    return reader.pages[0]["/Resources"]["/Font"]
