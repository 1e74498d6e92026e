"""What each value of each data codeword adds to a QR symbol (ISO/IEC 18004).

For a fixed version, error correction level and mask a symbol is a linear function of its data over GF(2): its
Reed–Solomon code is linear, and placing bits only moves them. So a symbol is the XOR of one ready picture for
each of its data codewords, which takes microseconds where encoding takes milliseconds.

A picture is an integer: a bit for each module from the upper left, rows filled up to whole bytes.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate, chain, zip_longest
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
# What fills the rest of a symbol, in turns.
PADDING = b"\xec\x11"
# The column of the vertical timing pattern, which the placement leaves out.
TIMING_COLUMN = 6
# "0" as segno encodes it: alphanumeric mode, one character, its value, in 4 + 9 + 6 bits. (Behind data that end
# with a codeword, as those of byte mode do, segno 1.6 pads with a zero too many.)
ZERO = 0b0010_000000001_000000, 19
# The bits of a codeword, the first to be placed first.
BITS = tuple(0x80 >> place for place in range(8))


class Pictures:
    """The pictures of one version: 8 MB for a ticket's (6), made in some 20 ms."""

    def __init__(self, version: int) -> None:
        sample = segno.make_qr(
            "0", version=version, error=LEVEL, mode="alphanumeric", mask=MASK, boost_error=False
        )
        self.size = len(sample.matrix)
        self._tables = [_of_each_value(bits) for bits in _of_each_bit(version, _places(sample))]
        self._rests: dict[int, int] = {}
        # What a symbol shows beside its data: one that segno drew, without the data that it was given.
        self._patterns = 0
        self._patterns = _picture_of(sample) ^ self._picture(*ZERO)
        self._rests.clear()

    def symbol(self, data: int, bits: int) -> bytes:
        """The rows of the symbol with this data, a number of so many bits; each row filled up to whole bytes."""
        return self._picture(data, bits).to_bytes(_row_bytes(self.size) * self.size)

    def _picture(self, data: int, bits: int) -> int:
        # Four zeros end the data, fewer where there is no room for them.
        length = min((bits + 4 + 7) // 8, len(self._tables))
        codewords = (data << 8 * length - bits).to_bytes(length)
        return reduce(xor, map(getitem, self._tables, codewords), self._rest(length))

    def _rest(self, length: int) -> int:
        """What all symbols with so many codewords of content have in common: padding and patterns."""
        if length not in self._rests:
            padded = map(getitem, self._tables[length:], PADDING * len(self._tables))
            self._rests[length] = reduce(xor, padded, self._patterns)
        return self._rests[length]


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
