"""Our order of mixed text is that of the Unicode algorithm."""

from bidi import get_display
from hypothesis import given
from hypothesis import strategies as some

from services.certificates.documents import bidi

# Two letters of each kind, digits of both kinds, brackets, and what stands between words.
SIGNS = "abאבعل12٣()[]{}-.,/:+% "


def in_visual_order(text: str) -> str:
    levels = bidi.levels(text, bidi.is_right_to_left(text))
    return "".join(text[index] for index in bidi.visual_order(levels))


@given(some.text(SIGNS, min_size=1, max_size=16).map(str.strip).filter(bool))
def test_the_order_is_that_of_another_implementation(text: str) -> None:
    assert in_visual_order(text) == get_display(text)


def test_both_brackets_of_a_pair_turn_together() -> None:
    assert in_visual_order("a (ב) ג") == "a (ב) ג"


def test_a_date_after_an_arabic_name_stays_at_its_right() -> None:
    assert in_visual_order(f"von {bidi.in_sentence('علي')}, 24.11.2022").endswith(", 24.11.2022")
    assert not in_visual_order("von علي, 24.11.2022").endswith(", 24.11.2022")


def test_a_sentence_that_begins_with_an_arabic_name_still_starts_at_the_left() -> None:
    assert bidi.is_right_to_left("علي bestätigt")
    assert not bidi.is_right_to_left(f"{bidi.in_sentence('علي')} bestätigt")
