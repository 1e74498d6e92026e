"""A line of house letters stands where HarfBuzz would put it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.certificates.documents.fonts import Weight, load_fonts
from services.certificates.documents.house import EVERYDAY, FURTHER, IN_NAMES, HouseFont, house_font
from services.certificates.documents.shaping import shape, shape_by_harfbuzz

LINES = some.text(EVERYDAY + IN_NAMES + FURTHER, min_size=1, max_size=30)


def house(weight: Weight) -> HouseFont:
    return house_font(load_fonts().of(weight)[0])


def shown(line: str, weight: Weight) -> list[tuple[str, int]]:
    """Each code of the line with the move behind it."""
    operands = "".join(operand for _, operand in house(weight).runs(line))
    pairs = re.findall(r"([0-9A-F]{4})(?:>(-?\d+))?", operands)
    return [(code, int(move or 0)) for code, move in pairs]


@settings(max_examples=300, deadline=None)
@given(LINES)
@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_each_letter_stands_where_harfbuzz_puts_it(weight: Weight, line: str) -> None:
    font = house(weight)
    codes = {**font.further.codes, **font.everyday.codes}
    expected = [
        (codes[glyph.text], glyph.font.advance(glyph.number) - glyph.advance)
        for glyph in shape_by_harfbuzz(line, tuple(load_fonts().of(weight))).glyphs
    ]
    assert shown(line, weight) == expected
    assert font.width(line) == shape_by_harfbuzz(line, tuple(load_fonts().of(weight))).width


def test_letters_are_kerned() -> None:
    assert house("bold").width("AV") < house("bold").width("A") + house("bold").width("V")


def test_no_ligature_crosses_the_joint_of_a_compound() -> None:
    assert [glyph.text for glyph in shape_by_harfbuzz("Auflage", load_fonts().regular).glyphs] == list(
        "Auflage"
    )


def test_a_letter_has_one_code_and_a_code_one_letter() -> None:
    for letters in (house("bold").everyday, house("bold").further):
        assert len(set(letters.codes.values())) == len(letters.letters)
        assert "0000" not in letters.codes.values()


def test_a_line_beyond_the_house_letters_is_shaped_the_long_way() -> None:
    assert shape("Ada Abt", load_fonts().bold).house
    assert not shape("Ελένη", load_fonts().bold).house
    assert not shape("Ada Abt", load_fonts().bold, right_to_left=True).house
