"""QR codes as bits: a PDF paints them as one image instead of a rectangle for each module."""

from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

import segno
from segno.consts import ALPHANUMERIC_CHARS

from services.certificates.documents.qr_pictures import (
    BYTES_HEAD_BITS,
    HEAD_BITS,
    LAST_BITS,
    LEVEL,
    MASK,
    PAIR_BITS,
    Pictures,
    data_size,
)

# ISO/IEC 18004 asks for four light modules around a symbol; phones fail without them on dark badges.
QUIET_ZONE = 4
# Of larger versions the pictures take too much memory; nothing that we print is as long.
LARGEST_WITH_PICTURES = 9
# The bits of data that each version holds.
CAPACITIES = [8 * data_size(version) for version in range(1, LARGEST_WITH_PICTURES + 1)]
VALUES = bytes(max(ALPHANUMERIC_CHARS.find(code), 0) for code in range(256))


class QrCode(NamedTuple):
    """`bits` holds the rows from the top, 1 is dark, each row filled up to whole bytes."""

    size: int
    bits: bytes
    version: int
    quiet_zone: int = QUIET_ZONE

    def quiet_zone_of(self, side: float) -> float:
        """How wide the quiet zone is when the whole has this side."""
        return side * self.quiet_zone / (self.size + 2 * self.quiet_zone)


def encode(content: str) -> QrCode:
    """The smallest symbol with error correction level M: 15 % may be scratched.

    A ticket code (`EVT1:` and Base45, at most 154 characters) is alphanumeric and fits version 6. Raises
    segno's DataOverflowError for what no symbol holds (more than 2,331 bytes).
    """
    raw = content.encode("utf-8")
    if raw.translate(None, ALPHANUMERIC_CHARS):
        return _in_bytes(content, raw if content.isascii() else _as_bytes(content))
    pairs, left_over = divmod(len(raw), 2)
    version = _version_of(HEAD_BITS + pairs * PAIR_BITS + left_over * LAST_BITS)
    if version > LARGEST_WITH_PICTURES:
        return _drawn_by_segno(content)
    pictures = _pictures(version)
    return QrCode(pictures.size, pictures.alphanumeric(raw.translate(VALUES)), version)


def _in_bytes(content: str, raw: bytes) -> QrCode:
    version = _version_of(BYTES_HEAD_BITS + 8 * len(raw))
    if version > LARGEST_WITH_PICTURES:
        return _drawn_by_segno(content)
    pictures = _pictures(version)
    return QrCode(pictures.size, pictures.plain(raw), version)


def _version_of(bits: int) -> int:
    return 1 + bisect_left(CAPACITIES, bits)


# A process prints tickets, badges and addresses: three versions, and an address may be long.
@lru_cache(maxsize=4)
def _pictures(version: int) -> Pictures:
    return Pictures(version)


def _as_bytes(content: str) -> bytes:
    """Latin-1 is what readers expect; they recognise UTF-8 as well."""
    try:
        return content.encode("latin-1")
    except UnicodeEncodeError:
        return content.encode("utf-8")


def _drawn_by_segno(content: str) -> QrCode:
    symbol = segno.make_qr(content, error=LEVEL, mask=MASK, boost_error=False)
    size = len(symbol.matrix)
    width = -(-size // 8)
    rows = (int("".join(map(str, row)).ljust(8 * width, "0"), 2) for row in symbol.matrix)
    return QrCode(size, b"".join(row.to_bytes(width) for row in rows), int(symbol.version))
