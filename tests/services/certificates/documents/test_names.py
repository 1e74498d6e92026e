"""Every name comes out of every paper as it went in."""

import unicodedata
from collections.abc import Callable

import pytest

from services.certificates.attendance.document import draw_evidence_list, draw_sign_in_sheet
from services.certificates.badges import document as badges
from services.certificates.confirmations import document as confirmations
from services.certificates.tickets import document as tickets
from tests.support.paper_facts import (
    HARD_NAMES,
    HARDER_NAMES,
    a_badge,
    a_badge_run,
    a_confirmation,
    a_person,
    a_sign_in_sheet,
    a_ticket,
    an_evidence,
)
from tests.support.paper_text import (
    by_chrome,
    by_poppler,
    by_pypdf,
    codes_shown,
    fonts_of,
    letters,
    names_of_fonts,
    without_spaces,
)

NAMES = [*HARD_NAMES, *HARDER_NAMES]
Draw = Callable[[str, str], bytes]

PAPERS: dict[str, Draw] = {
    "badge": lambda first, last: badges.draw(a_badge_run([a_badge(first, last)])),
    "confirmation": lambda first, last: confirmations.draw(a_confirmation(first, last)),
    "evidence list": lambda first, last: draw_evidence_list(an_evidence([a_person(first, last)])),
    "sign-in sheet": lambda first, last: draw_sign_in_sheet(a_sign_in_sheet([(first, last)])),
    "ticket": lambda first, last: tickets.draw(a_ticket(first, last)),
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("first", "last"), NAMES)
def test_a_name_is_copied_out_as_it_was_given(paper: str, first: str, last: str) -> None:
    pdf = PAPERS[paper](first, last)
    name = unicodedata.normalize("NFC", f"{first} {last}")
    assert letters(name) in letters(by_poppler(pdf))
    assert without_spaces(name) in without_spaces(by_pypdf(pdf))


@pytest.mark.parametrize("paper", ["badge", "confirmation", "ticket"])
@pytest.mark.parametrize(("first", "last"), NAMES)
def test_a_name_is_copied_out_of_chrome(paper: str, first: str, last: str) -> None:
    name = unicodedata.normalize("NFC", f"{first} {last}")
    assert letters(name) in letters(by_chrome(PAPERS[paper](first, last)))


@pytest.mark.parametrize("paper", ["evidence list", "sign-in sheet"])
@pytest.mark.parametrize(("first", "last"), NAMES)
def test_each_part_of_a_name_is_copied_out_of_a_list_in_chrome(paper: str, first: str, last: str) -> None:
    """Chrome turns the two words of an Arabic name around where Latin stands on the same line."""
    copied = letters(by_chrome(PAPERS[paper](first, last)))
    assert letters(unicodedata.normalize("NFC", first)) in copied
    assert letters(unicodedata.normalize("NFC", last)) in copied


@pytest.mark.parametrize("paper", PAPERS)
def test_no_paper_shows_a_box_in_place_of_a_letter(paper: str) -> None:
    for first, last in NAMES:
        pdf = PAPERS[paper](first, last)
        assert 0 not in codes_shown(pdf)
        for font, glyphs in fonts_of(pdf):
            assert glyphs
            assert 0 not in glyphs
            assert max(glyphs) < font["maxp"].numGlyphs


def test_a_name_of_one_line_keeps_its_spaces() -> None:
    for first, last in [*HARD_NAMES[:6], *HARD_NAMES[7:]]:
        pdf = tickets.draw(a_ticket(first, last))
        assert f"{first} {last}" in by_poppler(pdf)
        assert f"{first} {last}" in by_pypdf(pdf)


def test_a_run_of_all_names_keeps_each_on_its_own_page() -> None:
    pdf = badges.draw(a_badge_run([a_badge(first, last) for first, last in NAMES]))
    pages = by_poppler(pdf).split("\f")
    for (first, last), page in zip(NAMES, pages, strict=False):
        assert letters(unicodedata.normalize("NFC", first + last)) in letters(page)


def test_of_the_further_letters_a_paper_has_those_that_it_shows() -> None:
    pdf = confirmations.draw(a_confirmation("Õie", "Ţepeş", organisation="Łódź 100 %"))
    assert names_of_fonts(pdf) == ["/B", "/BF1", "/R", "/RF1"]
    # With the letters and accents that they are made of.
    assert [len(font.getGlyphOrder()) < 8 for font, _ in fonts_of(pdf)].count(True) == 2
    assert "Õie Ţepeş" in by_poppler(pdf)
    assert "Łódź 100 %" in by_poppler(pdf)


def test_a_paper_has_the_house_fonts_and_a_subset_of_what_they_lack() -> None:
    assert names_of_fonts(tickets.draw(a_ticket("Ada", "Abt"))) == ["/B", "/R"]
    assert names_of_fonts(tickets.draw(a_ticket("Łukasz", "Ďurica"))) == ["/B", "/BF", "/R"]
    assert names_of_fonts(tickets.draw(a_ticket("太郎", "山田"))) == ["/B", "/N1", "/R"]
