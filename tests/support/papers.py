"""PDFs as people and scanners see them: rendered by poppler, read by zxing-cpp and pypdf."""

import io
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import zxingcpp
from PIL import Image
from pypdf import PdfReader


def pages_as_pictures(pdf: bytes, *, dpi: int = 150) -> list[Image.Image]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.pdf"
        source.write_bytes(pdf)
        # A scanner sees shades of grey, and these files need no compressing.
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", source, f"{folder}/page"], check=True)
        return [Image.open(io.BytesIO(path.read_bytes())) for path in sorted(Path(folder).glob("page*.pgm"))]


def qr_codes(pdf: bytes) -> list[list[str]]:
    """The texts of the QR codes on each page; a page on which nothing is read is rendered as printers do."""
    coarse = [_read(page) for page in pages_as_pictures(pdf)]
    if all(coarse):
        return coarse
    fine = [_read(page) for page in pages_as_pictures(pdf, dpi=300)]
    return [first or second for first, second in zip(coarse, fine, strict=True)]


def _read(page: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)]


@cache
def texts(pdf: bytes) -> tuple[str, ...]:
    """The text of each page, as a reader copies it out, in one line."""
    return tuple(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)
