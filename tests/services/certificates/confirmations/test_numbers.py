import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.confirmations.numbers import (
    CODE_ALPHABET,
    new_code,
    running_number,
    shown_code,
    teaching_units,
    typed_code,
)


def test_the_running_number_names_prefix_year_and_count() -> None:
    assert running_number("TN", 2022, 48) == "TN-2022-0048"
    assert running_number("", 2022, 12345) == "2022-12345"


def test_a_code_has_no_sign_that_is_mistaken_for_another() -> None:
    assert not set(CODE_ALPHABET) & set("01OILU")
    assert len(set(CODE_ALPHABET)) == 30


def test_two_codes_differ() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 12 and set(code) <= set(CODE_ALPHABET) for code in codes)


@given(st.text(CODE_ALPHABET, min_size=12, max_size=12))
def test_a_code_is_understood_however_it_is_typed(code: str) -> None:
    assert typed_code(shown_code(code)) == code
    assert typed_code(f" {shown_code(code).lower().replace('-', ' ')} ") == code


@pytest.mark.parametrize(("minutes", "units"), [(0, 0), (44, 0), (45, 1), (345, 7)])
def test_teaching_units_have_45_minutes_and_are_rounded_down(minutes: int, units: int) -> None:
    assert teaching_units(minutes) == units
