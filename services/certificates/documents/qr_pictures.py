"""What each value of each data codeword adds to a QR symbol (ISO/IEC 18004).

For a fixed version, error correction level and mask a symbol is a linear function of its data over GF(2): its
Reed–Solomon code is linear, and placing bits only moves them. So a symbol is the XOR of one ready picture for
each of its data codewords, which takes microseconds where encoding takes milliseconds.

A picture is an integer: a bit for each module from the upper left, rows filled up to whole bytes.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import accumulate, chain, cycle, zip_longest
from operator import getitem, xor
from typing import Any, cast

import segno
from segno.consts import (
    ECC,
    ERROR_LEVEL_M,
    GALIOS_EXP,
    GALIOS_LOG,
    GEN_POLY,
    TYPE_DATA_DARK,
    TYPE_DATA_LIGHT,
)

LEVEL = "m"
# Trying all eight masks costs more than drawing the whole page. Any one is read as well: signatures and
# tokens are random, so no mask meets the long stripes that the choice is meant to break up.
MASK = 2
# Codes of as many events are drawn by one process without computing what theirs have in common anew.
MOST_BEGINS = 64
# One for each length of content, of two modes.
MOST_ENDS = 256
# What fills the rest of a symbol, in turns.
PADDING = b"\xec\x11"
# The column of the vertical timing pattern, which the placement leaves out.
TIMING_COLUMN = 6
# "0" as segno encodes it: alphanumeric mode, one character, its value, in 4 + 9 + 6 bits. (Behind data that end
# with a codeword, as those of byte mode do, segno 1.6 pads with a zero too many.)
ZERO = 0b0010_000000001_000000, 19
# The bits of a codeword, the first to be placed first.
BITS = tuple(0x80 >> place for place in range(8))


# An alphanumeric text begins with its mode in 4 bits and its length in 9 (up to version 9). Two signs become a number
# below 45², which takes 11 bits; one that is left over takes 6.
ALPHANUMERIC, HEAD_BITS, PAIR_BITS, LAST_BITS = 0b0010 << 9, 13, 11, 6
# While pairs are computed side by side, each has a field of two bytes. Two of them are moved together into four
# bytes, of which the first stays empty and the second holds six bits.
FIELD_BITS, GROUP_BITS, FIRST_BITS = 16, 22, 6
# So many signs are what the codes of one event have in common (`EVT1:`, version and event), in whole groups.
SHARED_SIGNS = 28
# A text in bytes begins with its mode in 4 bits and its length in 8 (up to version 9).
BYTES, BYTES_HEAD_BITS = 0b0100 << 8, 12
# No address of ours begins in fewer: `https://`, a host, `/certificates/v/`.
SHARED_BYTES = 28


Group = tuple[list[int], list[int], list[int]]


class Pictures:
    """The pictures of one version: 7 MB for a ticket's (6), made in some 20 ms."""

    def __init__(self, version: int) -> None:
        sample = segno.make_qr(
            "0", version=version, error=LEVEL, mode="alphanumeric", mask=MASK, boost_error=False
        )
        self.size = len(sample.matrix)
        of_codewords = list(_of_each_bit(version, _places(sample)))
        self._codewords = len(of_codewords)
        self._bits = list(chain.from_iterable(of_codewords))
        # What a symbol shows beside its data: one that segno drew, without the data that it was given.
        self._patterns = _picture_of(sample) ^ self._around(*ZERO, ZERO[1])
        # Events come and go; what a process remembers of them must not grow.
        self._end = lru_cache(MOST_ENDS)(self._of_end)
        self._begin_of_bytes = lru_cache(MOST_BEGINS)(self._of_bytes)
        self._begin_of_signs = lru_cache(MOST_BEGINS)(self._signs)

    def plain(self, content: bytes) -> bytes:
        """The rows of the symbol with these bytes; each row filled up to whole bytes."""
        begin = self._begin_of_bytes(content[:SHARED_BYTES])
        end = self._end(BYTES | len(content), BYTES_HEAD_BITS, BYTES_HEAD_BITS + 8 * len(content))
        own = map(getitem, self._own_bytes, content[SHARED_BYTES:])
        return self._rows(reduce(xor, own, begin ^ end))

    def alphanumeric(self, values: bytes) -> bytes:
        """The rows of the symbol with these signs, by their values from 0 to 44."""
        begin = self._begin_of_signs(values[:SHARED_SIGNS])
        pairs, left_over = divmod(len(values), 2)
        bits = HEAD_BITS + pairs * PAIR_BITS + left_over * LAST_BITS
        end = self._end(ALPHANUMERIC | len(values), HEAD_BITS, bits)
        return self._rows(begin ^ end ^ self._signs(values[SHARED_SIGNS:], SHARED_SIGNS // 4))

    def _of_bytes(self, content: bytes) -> int:
        return reduce(xor, map(getitem, self._bytes, content), 0)

    @cached_property
    def _bytes(self) -> list[list[int]]:
        """For each byte of a text the pictures of its values."""
        return [
            _of_each_value(self._bits_from(start, 8)) for start in range(BYTES_HEAD_BITS, len(self._bits), 8)
        ]

    @cached_property
    def _own_bytes(self) -> list[list[int]]:
        return self._bytes[SHARED_BYTES:]

    def _signs(self, values: bytes, group: int = 0) -> int:
        """The picture of signs that begin with this group of four."""
        if not values:
            return 0
        picture = 0
        if len(values) % 2:
            picture = self._lasts[2 * group + len(values) // 2][values[-1]]
        fours = -(-(len(values) // 2) // 2)
        filled = values[: len(values) // 2 * 2].ljust(4 * fours, b"\0")
        fields = 45 * _in_fields(filled[::2]) + _in_fields(filled[1::2])
        right, left = _halves(fours)
        moved = (fields & right | (fields & left) >> FIELD_BITS - PAIR_BITS).to_bytes(4 * fours)
        groups = self._own_groups if group else self._groups
        for (first, second, third), a, b, c in zip(
            groups, moved[1::4], moved[2::4], moved[3::4], strict=False
        ):
            picture ^= first[a] ^ second[b] ^ third[c]
        return picture

    @cached_property
    def _own_groups(self) -> list[Group]:
        return self._groups[SHARED_SIGNS // 4 :]

    @cached_property
    def _groups(self) -> list[Group]:
        """For each group of four signs the pictures of the three bytes that it makes."""
        return [self._group(start) for start in range(HEAD_BITS, len(self._bits), GROUP_BITS)]

    def _group(self, start: int) -> Group:
        second, third = start + FIRST_BITS, start + FIRST_BITS + 8
        return (
            _of_each_value(self._bits_from(start, FIRST_BITS)),
            _of_each_value(self._bits_from(second, 8)),
            _of_each_value(self._bits_from(third, 8)),
        )

    @cached_property
    def _lasts(self) -> list[list[int]]:
        """The pictures of a sign that is left over behind so many pairs."""
        starts = range(HEAD_BITS, len(self._bits), PAIR_BITS)
        return [_of_each_value(self._bits_from(start, LAST_BITS)) for start in starts]

    def _bits_from(self, start: int, width: int) -> list[int]:
        bits = self._bits[start : start + width]
        return bits + [0] * (width - len(bits))

    def _of_end(self, head: int, head_bits: int, bits: int) -> int:
        """What all symbols with so many bits of content have in common: its first bits, padding and patterns."""
        return self._patterns ^ self._around(head, head_bits, bits)

    def _around(self, head: int, head_bits: int, bits: int) -> int:
        """The first bits of a content, and the padding behind its last."""
        starts = range(8 * self._length(bits), len(self._bits), 8)
        padded = (self._of(value, start, 8) for value, start in zip(cycle(PADDING), starts, strict=False))
        return reduce(xor, padded, self._of(head, 0, head_bits))

    def _of(self, value: int, start: int, width: int) -> int:
        """The picture of a number that stands in so many bits."""
        places = (self._bits[start + place] for place in range(width) if value >> width - 1 - place & 1)
        return reduce(xor, places, 0)

    def _length(self, bits: int) -> int:
        # Four zeros end the data, fewer where there is no room for them.
        return min((bits + 4 + 7) // 8, self._codewords)

    def _rows(self, picture: int) -> bytes:
        return picture.to_bytes(_row_bytes(self.size) * self.size)


def _in_fields(values: bytes) -> int:
    fields = bytearray(2 * len(values))
    fields[1::2] = values
    return int.from_bytes(fields)


@lru_cache(maxsize=128)
def _halves(groups: int) -> tuple[int, int]:
    """The second field of each group, and its first."""
    right = sum(((1 << FIELD_BITS) - 1) << 2 * FIELD_BITS * place for place in range(groups))
    return right, right << FIELD_BITS


def data_size(version: int) -> int:
    """The data codewords of a version."""
    return sum(count * data for count, _, data in _kinds_of_blocks(version))


def _kinds_of_blocks(version: int) -> Sequence[tuple[int, int, int]]:
    """How many blocks there are with so many codewords in all, and so many with data."""
    return cast("Sequence[tuple[int, int, int]]", ECC[version][ERROR_LEVEL_M])  # type: ignore[index]  # untyped


def _of_each_value(bits: Sequence[int]) -> list[int]:
    """The pictures of all 256 values of a codeword, from those of its eight bits."""
    values = [0]
    for bit in reversed(bits):
        values += [value ^ bit for value in values]
    return values


def _of_each_bit(version: int, places: Sequence[int]) -> Iterator[list[int]]:
    """For each data codeword the pictures of its bits, with what they change in its block's error correction."""
    position = {codeword: place for place, codeword in enumerate(_interleaved(version))}

    def painted(codeword: int, value: int) -> int:
        start = 8 * position[codeword]
        return sum(place for place, bit in zip(places[start : start + 8], BITS, strict=True) if value & bit)

    for data, correction in zip(*_blocks(version), strict=True):
        for codeword, remainder in zip(data, _remainders(len(data), len(correction)), strict=True):
            yield [
                painted(codeword, bit) + sum(map(painted, correction, _times(bit, remainder))) for bit in BITS
            ]


def _blocks(version: int) -> tuple[list[range], list[range]]:
    """The numbers of each block's data codewords, and of its error correction codewords behind all data."""
    blocks = [(total, data) for count, total, data in _kinds_of_blocks(version) for _ in range(count)]
    sizes = [data for _, data in blocks] + [total - data for total, data in blocks]
    numbers = [range(end - size, end) for size, end in zip(sizes, accumulate(sizes), strict=True)]
    return numbers[: len(blocks)], numbers[len(blocks) :]


def _interleaved(version: int) -> list[int]:
    """The codewords in the order of their placement: the first of each block, the second of each …"""
    turns = chain.from_iterable(zip_longest(*blocks) for blocks in _blocks(version))
    return [codeword for turn in turns for codeword in turn if codeword is not None]


def _remainders(data: int, correction: int) -> list[list[int]]:
    """What a 1 in each data codeword of a block is modulo the generator polynomial, the first codeword first."""
    generator = [GALIOS_EXP[exponent] for exponent in GEN_POLY[correction]]
    found = [generator]
    while len(found) < data:
        leading, *rest = found[-1]
        found.append(list(map(xor, [*rest, 0], _times(leading, generator))))
    return found[::-1]


def _times(factor: int, polynomial: Sequence[int]) -> list[int]:
    """Each coefficient times a factor, in GF(256)."""
    return [
        GALIOS_EXP[GALIOS_LOG[factor] + GALIOS_LOG[coefficient]] if factor and coefficient else 0
        for coefficient in polynomial
    ]


def _places(symbol: Any) -> list[int]:
    """The modules for data in the order of placement: columns in pairs from the right, up and down in turns."""
    kinds = [list(row) for row in symbol.matrix_iter(border=0, verbose=True)]
    size = len(kinds)
    # segno 1.6 names one module too many as format information: the first of its second strip is data.
    kinds[8][size - 9] = TYPE_DATA_LIGHT
    columns = [column for column in reversed(range(size)) if column != TIMING_COLUMN]
    places = []
    for turn, pair in enumerate(zip(columns[::2], columns[1::2], strict=True)):
        rows = range(size) if turn % 2 else reversed(range(size))
        places += [
            _module(size, row, column)
            for row in rows
            for column in pair
            if kinds[row][column] in (TYPE_DATA_DARK, TYPE_DATA_LIGHT)
        ]
    return places


def _picture_of(symbol: Any) -> int:
    size = len(symbol.matrix)
    return sum(
        _module(size, row, column)
        for row, modules in enumerate(symbol.matrix)
        for column, is_dark in enumerate(modules)
        if is_dark
    )


def _module(size: int, row: int, column: int) -> int:
    """The picture in which only this module is dark."""
    return 1 << (8 * _row_bytes(size) * (size - row) - 1 - column)


def _row_bytes(size: int) -> int:
    return -(-size // 8)
