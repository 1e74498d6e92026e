"""QR codes as bits: a PDF paints them as one image instead of a rectangle for each module."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

import segno
from segno.consts import ALPHANUMERIC_CHARS

from services.certificates.documents.qr_pictures import LEVEL, MASK, Pictures, data_size

# ISO/IEC 18004 asks for four light modules around a symbol; phones fail without them on dark badges.
QUIET_ZONE = 4
# Of larger versions the pictures take too much memory; nothing that we print is as long.
LARGEST_WITH_PICTURES = 9
# The bits of data that each version holds.
CAPACITIES = [8 * data_size(version) for version in range(1, LARGEST_WITH_PICTURES + 1)]
# How a text begins: its mode in 4 bits, and its length in 9 or 8 bits (up to version 9).
ALPHANUMERIC, BYTES = 0b0010 << 9, 0b0100 << 8
SIGNS = ALPHANUMERIC_CHARS.decode("ascii")
ALL_SIGNS = frozenset(SIGNS)
# Two signs become a number below 45², which takes 11 bits; one that is left over takes 6.
VALUES = bytes(max(ALPHANUMERIC_CHARS.find(code), 0) for code in range(256))
PAIR_BITS, LAST_BITS = 11, 6
# While the pairs are computed side by side, each has a field of two bytes.
FIELD_BITS = 16


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


def encode(content: str) -> QrCode:
    """The smallest symbol with error correction level M: 15 % may be scratched.

    A ticket code (`EVT1:` and Base45, at most 154 characters) is alphanumeric and fits version 6. Raises
    segno's DataOverflowError for what no symbol holds (more than 2,331 bytes).
    """
    data, length = _alphanumeric(content) if ALL_SIGNS.issuperset(content) else _bytes(content)
    version = 1 + bisect_left(CAPACITIES, length)
    if version > LARGEST_WITH_PICTURES:
        return _drawn_by_segno(content)
    pictures = _pictures(version)
    return QrCode(pictures.size, pictures.symbol(data, length), version)


# A process prints tickets, badges and addresses: three versions, and an address may be long.
@lru_cache(maxsize=4)
def _pictures(version: int) -> Pictures:
    return Pictures(version)


def _alphanumeric(content: str) -> tuple[int, int]:
    """The data as a number, and how many bits it has. All pairs are computed at once, in one long number."""
    values = content.encode("ascii").translate(VALUES)
    pairs = len(values) // 2
    fields = 45 * _in_fields(values[: 2 * pairs : 2]) + _in_fields(values[1::2])
    head = (ALPHANUMERIC | len(values)) << pairs * PAIR_BITS
    data, length = head | _moved_together(fields, pairs), 4 + 9 + pairs * PAIR_BITS
    if len(values) % 2:
        return data << LAST_BITS | values[-1], length + LAST_BITS
    return data, length


def _in_fields(values: bytes) -> int:
    fields = bytearray(2 * len(values))
    fields[1::2] = values
    return int.from_bytes(fields)


def _moved_together(fields: int, count: int) -> int:
    """The fields without the unused bits before each: neighbours first, then pairs of them, and so on."""
    used, width = PAIR_BITS, FIELD_BITS
    while count > 1:
        right, left = _every_other(used, width, count)
        fields = fields & right | (fields & left) >> width - used
        used, width, count = 2 * used, 2 * width, -(-count // 2)
    return fields


@lru_cache(maxsize=256)
def _every_other(used: int, width: int, count: int) -> tuple[int, int]:
    """The used bits of the first, third … field from the right, and of those between."""
    masks = [((1 << used) - 1) << place * width for place in range(count)]
    return sum(masks[::2]), sum(masks[1::2])


def _bytes(content: str) -> tuple[int, int]:
    raw = _as_bytes(content)
    return (BYTES | len(raw)) << 8 * len(raw) | int.from_bytes(raw), 4 + 8 + 8 * len(raw)


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
