"""Room for an electronic signature in a PDF (ISO 32000-1, 12.8): a gap that is filled when all the rest stands.

What is signed is the whole file but the gap, so that nothing is written behind it and the file stays what it was
drawn as. The signature certifies: readers of PDFs call any later change a breach (12.8.2.2, DocMDP 1).
"""

import re
from dataclasses import dataclass
from datetime import datetime

from services.certificates.documents.pdf import date_string, reference, text_string

# Four numbers of up to ten digits, with their spaces and brackets.
RANGE_WIDTH = 40
RANGE = re.compile(rb"/ByteRange *\[[0-9 ]*\] *")


@dataclass(frozen=True, slots=True)
class Room:
    """`signer` is the name in the certificate, `size` the bytes that the signature may have at most."""

    signer: str
    size: int


@dataclass(frozen=True, slots=True)
class Gap:
    """From the angle bracket before to behind the one after; what is signed is all else."""

    start: int
    end: int

    def around(self, pdf: bytes) -> tuple[bytes, bytes]:
        return pdf[: self.start], pdf[self.end :]


def with_gap(room: Room, signed_at: datetime, number: int) -> bytes:
    """The signature dictionary with this object number, its gap full of zeros, its range still blank."""
    reserved = b"/ByteRange" + b"[]".ljust(RANGE_WIDTH)
    permission = b"/Type/TransformParams/V/1.2/P 1"
    reference_entry = (
        b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<<%b>>/Data %d 0 R>>]"
        % (permission, number)
    )
    return b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached%b/M%b/Name%b%b/Contents<%b>>>" % (
        reserved,
        date_string(signed_at),
        text_string(room.signer),
        reference_entry,
        b"00" * room.size,
    )


def widget(rectangle: bytes, page: int, key: bytes, value: int, appearance: int, description: str) -> bytes:
    """The form field in which readers of PDFs show the signature; what is seen there is drawn on the page."""
    return (
        # Flags 4 and 128: it is printed, and nobody moves it.
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/TU%b/F 132/Rect[%b]/P %b%b/V %b/AP<</N %b>>>>"
        % (
            text_string(description),
            rectangle,
            reference(page),
            key,
            reference(value),
            reference(appearance),
        )
    )


def open_gap(pdf: bytes) -> tuple[bytes, Gap]:
    """The finished file with its range filled in, and where the signature goes. Raises ValueError without room."""
    ranges = list(RANGE.finditer(pdf))
    if len(ranges) != 1:
        raise ValueError("This paper has no room for a signature, or more than one.")
    begin = pdf.index(b"/Contents<", ranges[0].end()) + len(b"/Contents")
    gap = Gap(begin, pdf.index(b">", begin) + 1)
    numbers = b"[0 %d %d %d]" % (gap.start, gap.end, len(pdf) - gap.end)
    place = ranges[0].start() + len(b"/ByteRange")
    return pdf[:place] + numbers.ljust(RANGE_WIDTH) + pdf[place + RANGE_WIDTH :], gap
