"""Letters join, marks sit, and mixed directions stand in their order."""

import pytest

from services.certificates.documents.fonts import load_fonts
from services.certificates.documents.shaping import MissingGlyphs, ShapedText, shape
from services.certificates.documents.text import ForbiddenCharacters


def shaped(text: str) -> ShapedText:
    return shape(text, load_fonts().regular)


def fonts_used(text: str) -> set[str]:
    return {glyph.font.name.split("-")[0] for glyph in shaped(text).glyphs}


def test_arabic_letters_join_and_run_to_the_left() -> None:
    alone = {glyph.number for letter in "محمد" for glyph in shaped(letter).glyphs}
    name = shaped("محمد")
    assert name.right_to_left
    assert [glyph.text for glyph in name.glyphs] == ["د", "م", "ح", "م"]
    assert not {glyph.number for glyph in name.glyphs[1:]} & alone


def test_a_devanagari_conjunct_is_one_form_and_not_its_letters() -> None:
    conjunct = [glyph.number for glyph in shaped("ष्क").glyphs]
    letters = [glyph.number for letter in "षक" for glyph in shaped(letter).glyphs]
    assert conjunct != letters
    assert len(conjunct) < len("ष्क")


def test_a_reph_moves_behind_its_syllable_and_is_still_copied_in_order() -> None:
    assert "".join(glyph.text for glyph in shaped("शर्मा").glyphs) == "शर्मा"


def test_a_vietnamese_letter_keeps_both_its_marks() -> None:
    assert [glyph.text for glyph in shaped("Nguyễn").glyphs] == list("Nguyễn")


def test_a_decomposed_letter_is_composed() -> None:
    assert shaped("Noe\u0308l").text == "Noël"


def test_a_mark_without_a_composed_letter_is_placed_upon_its_base() -> None:
    base, mark = shaped("x\u030c").glyphs
    assert (base.advance > 0, mark.advance, mark.right < 0) == (True, 0, True)


def test_each_script_takes_the_font_that_has_it() -> None:
    assert fonts_used("Łukasz Αναστασία Ольга") == {"NotoSans"}
    assert fonts_used("محمد علي") == {"NotoSansArabic"}
    assert fonts_used("太郎 山田") == {"NotoSansJP"}


def test_a_dot_that_is_a_glyph_of_its_own_is_no_text_of_its_own() -> None:
    assert [glyph.text for glyph in shaped("Thị").glyphs] == ["T", "h", "ị", ""]
    assert shaped("Thị").glyphs[-1].font.outline(shaped("Thị").glyphs[-1].number).endswith("h")


def test_a_word_in_another_direction_keeps_its_place_in_the_line() -> None:
    line = shaped("Ali علي Vogt")
    starts = [segment.x for segment in line.segments]
    assert starts == sorted(starts)
    assert len(starts) == 3


def test_brackets_around_latin_in_an_arabic_line_face_each_other() -> None:
    line = shaped("علي (TU) حسن")
    left_to_right = sorted(line.segments, key=lambda segment: segment.x)
    glyphs = [glyph for segment in left_to_right for glyph in segment.glyphs]
    opening, closing = (load_fonts().regular[0].nominal_glyph(sign) for sign in "()")
    brackets = [glyph.number for glyph in glyphs if glyph.text in "()" and glyph.text]
    assert brackets == [opening, closing]


def test_a_character_that_no_font_has_raises_instead_of_printing_a_box() -> None:
    with pytest.raises(MissingGlyphs) as caught:
        shaped("Ada 🎉 Abt")
    assert caught.value.characters == ("🎉",)


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u202a", "\x00", "\n", "\u2028", "\ufeff", "\ud800"])
def test_what_hides_or_turns_text_is_refused(hidden: str) -> None:
    with pytest.raises(ForbiddenCharacters):
        shaped(f"Ada{hidden}Abt")


def test_a_persian_name_may_hold_a_joiner() -> None:
    assert shaped("می\u200cرضا").width > 0
