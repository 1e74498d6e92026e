import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.signup.names import Refused, clean_line, clean_name


def test_a_name_is_trimmed_composed_and_has_single_spaces() -> None:
    assert clean_name("  Nguye\u0302\u0303n\u00a0 Thị ") == "Nguyễn Thị"


@pytest.mark.parametrize("name", ["李", "علی‌رضا", "अनुष्का", "Ó", "O’Brien-Smith", "X Æ A-12"])
def test_a_name_in_any_script_stays_as_it_is(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["Anna\r\nBcc: b@example.org", "An\tna", "A\x00", "\u202egro", "A\u2066b\u2069", "A\u2028b", "A\ud800"],
)
def test_control_and_bidi_override_characters_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="control characters"):
        clean_name(name)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u0301"])
def test_a_name_needs_something_that_can_be_read(name: str) -> None:
    with pytest.raises(Refused, match="enter a name"):
        clean_name(name)


def test_marks_that_nobody_sees_are_taken_out() -> None:
    assert clean_name("\ufeffMar\u00adtha\u200b") == "Martha"


def test_a_name_of_101_characters_is_refused_with_the_limit() -> None:
    with pytest.raises(Refused) as refusal:
        clean_name("a" * 101)
    assert refusal.value.facts == {"limit": 100}


@given(st.text(max_size=40))
def test_a_cleaned_line_is_clean(text: str) -> None:
    try:
        line = clean_line(text)
    except Refused:
        return
    assert clean_line(line) == line
    assert unicodedata.is_normalized("NFC", line)
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}
