"""What a badge shows."""

import io

from pypdf import PdfReader

from services.certificates.badges.document import draw, printable
from services.certificates.documents.problems import Reason
from tests.support.paper_facts import EVENT, a_badge, a_badge_run
from tests.support.paper_text import by_poppler, one_line


def test_a_run_has_one_a6_page_for_each_badge() -> None:
    pages = PdfReader(io.BytesIO(draw(a_badge_run([a_badge(), a_badge(), a_badge()])))).pages
    assert len(pages) == 3
    assert [round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:]] == [105, 148]


def test_a_badge_shows_event_name_organisation_category_and_short_code() -> None:
    text = one_line(by_poppler(draw(a_badge_run([a_badge("Ada", "Abt", category="speaker")]))))
    for expected in (EVENT.title, "24. November 2022", "Ada", "Abt", "Thüringer Glas & Optik GmbH"):
        assert expected in text
    assert "Vortrag" in text
    assert "BCDF-GHJK" in text


def test_a_category_of_the_organisers_own_stays_as_it_was_typed() -> None:
    assert "Ehrengast" in by_poppler(draw(a_badge_run([a_badge(category="Ehrengast")])))


def test_a_badge_without_an_organisation_is_drawn() -> None:
    assert "Ada" in by_poppler(draw(a_badge_run([a_badge("Ada", "Abt", organisation="")])))


def test_a_large_run_costs_at_most_900_bytes_for_each_page() -> None:
    one, many = (len(draw(a_badge_run([a_badge()] * count))) for count in (1, 101))
    assert (many - one) / 100 <= 900


def test_picture_letters_are_left_out_and_other_letters_are_not() -> None:
    badge, notices = printable(a_badge("Ada \U0001f469\u200d\U0001f4bb", "Abt", organisation="\U0001f680 AG"))
    assert (badge.first_name, badge.last_name, badge.organisation) == ("Ada", "Abt", "AG")
    assert [(notice.field, notice.reason) for notice in notices] == [
        ("first_name", Reason.LEFT_OUT),
        ("organisation", Reason.LEFT_OUT),
    ]
    assert printable(a_badge("Ada\u0378\U0001f680"))[0].first_name == "Ada\u0378\U0001f680"
