"""QR codes as bits: a PDF paints them as one image instead of a rectangle for each module."""

from dataclasses import dataclass
from functools import lru_cache

import segno

# ISO/IEC 18004 asks for four light modules around a symbol; phones fail without them on dark badges.
QUIET_ZONE = 4
# Trying all eight masks costs more than drawing the whole page. Any one is read as well: signatures and
# tokens are random, so no mask meets the long stripes that the choice is meant to break up.
MASK = 2


@dataclass(frozen=True, slots=True)
class QrCode:
    """`bits` holds the rows from the top, 1 is dark, each row filled up to whole bytes."""

    size: int
    bits: bytes
    version: int
    quiet_zone: int = QUIET_ZONE

    def quiet_zone_of(self, side: float) -> float:
        """How wide the quiet zone is when the whole has this side."""
        return side * self.quiet_zone / (self.size + 2 * self.quiet_zone)


@lru_cache(maxsize=1024)
def encode(content: str) -> QrCode:
    """The smallest symbol with error correction level M (15 % may be scratched) or better.

    A ticket code (`EVT1:` and Base45, at most 154 characters) is alphanumeric and fits version 6.
    """
    symbol = segno.make_qr(content, error="m", mask=MASK)
    return QrCode(len(symbol.matrix), b"".join(map(_packed, symbol.matrix)), int(symbol.version))


def _packed(row: bytearray) -> bytes:
    width = -(-len(row) // 8)
    value = int("".join(map(str, row)), 2) << (8 * width - len(row))
    return value.to_bytes(width, "big")
