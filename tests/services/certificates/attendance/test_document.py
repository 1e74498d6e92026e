"""What the two lists of the day show."""

import io
from datetime import timedelta

from pypdf import PdfReader

from services.certificates.attendance.document import (
    AddedStay,
    EvidenceStay,
    StruckScan,
    draw_evidence_list,
    draw_sign_in_sheet,
)
from services.certificates.documents.event import EventFacts
from tests.support.paper_facts import (
    DRAWN_AT,
    EVENT,
    HARD_NAMES,
    a_person,
    a_sign_in_sheet,
    an_evidence,
    at,
)
from tests.support.paper_text import by_poppler, one_line

SIXTY = [("Ada", f"Abt{number}") for number in range(60)]


def pages_of(pdf: bytes) -> list[str]:
    return [one_line(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def evidence_of(*persons: object) -> str:
    """The rows from left to right, as pypdf reads them; poppler reads column by column."""
    return " ".join(pages_of(draw_evidence_list(an_evidence(persons))))


def test_the_sign_in_sheet_has_everybody_once_and_rows_for_walk_ins() -> None:
    text = " ".join(pages_of(draw_sign_in_sheet(a_sign_in_sheet(SIXTY, walk_in_rows=5))))
    assert all(text.count(f"Ada {last} ") == 1 for _, last in SIXTY)
    assert " 65 " in text
    assert " 66 " not in text


def test_each_page_repeats_event_funding_and_table_head() -> None:
    pages = pages_of(draw_sign_in_sheet(a_sign_in_sheet(SIXTY)))
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        for expected in ("Anwesenheitsliste", EVENT.title, "Förderkennzeichen: 01MF21007A", "Unterschrift"):
            assert expected in page
        assert f"Seite {number} von 4" in page


def test_a_sheet_without_funding_leaves_the_line_out() -> None:
    assert (
        "Förderkennzeichen" not in pages_of(draw_sign_in_sheet(a_sign_in_sheet([], funding_reference="")))[0]
    )


def test_an_open_stay_is_marked_by_a_word() -> None:
    person = a_person(stays=(EvidenceStay(at("9:23"), None, at("16:15"), is_open=True),))
    assert "09:23 offen (bis 16:15) 332" in evidence_of(person)


def test_a_stay_that_ended_with_the_programme_says_so() -> None:
    person = a_person(stays=(EvidenceStay(at("9:23"), None, at("16:15")),))
    assert "16:15 (Programmende)" in evidence_of(person)


def test_a_correction_shows_reason_author_and_date() -> None:
    added = AddedStay(at("9:30"), at("12:00"), "War im Nebenraum", "Katrin Vogel", DRAWN_AT)
    struck = StruckScan(at("9:05"), "in", "Falsche Karte", "محمد علي", DRAWN_AT)
    text = evidence_of(a_person(corrections=(added, struck)))
    assert "Aufenthalt 09:30–12:00 ergänzt: War im Nebenraum (Katrin Vogel, 25.11.2022, 09:30)" in text
    assert "Scan Eingang 09:05 gestrichen: Falsche Karte" in text
    assert "محمد علي" in text


def test_somebody_who_never_came_is_listed_as_such() -> None:
    assert "nicht erschienen 0 nein" in evidence_of(a_person(stays=(), minutes=0, is_due=False))


def test_the_totals_are_those_of_the_rows() -> None:
    open_stay = EvidenceStay(at("9:23"), None, at("16:15"), is_open=True)
    text = evidence_of(
        a_person(minutes=345),
        a_person(stays=(open_stay,), minutes=60),
        a_person(stays=(), minutes=0, is_due=False),
    )
    assert "Angemeldet: 3 · erschienen: 2 · offene Aufenthalte: 1" in text
    assert "Bestätigungen fällig: 2 · angerechnete Zeit zusammen: 6 Std. 45 Min." in text
    assert "345 Minuten ohne Pausen" in text
    assert "ab 259 Minuten fällig" in text


def test_the_totals_stand_on_the_last_page_however_many_there_are() -> None:
    for count in range(1, 30):
        pages = pages_of(draw_evidence_list(an_evidence([a_person(*HARD_NAMES[0])] * count)))
        assert ["Summen" in page for page in pages] == [False] * (len(pages) - 1) + [True]
        assert f"Seite {len(pages)} von {len(pages)}" in pages[-1]


def test_an_event_of_several_days_shows_the_date_of_each_stay() -> None:
    event = EventFacts(
        EVENT.title,
        EVENT.organiser,
        "Foyer",
        "",
        EVENT.starts_at,
        EVENT.ends_at + timedelta(days=1),
        EVENT.timezone,
    )
    text = one_line(by_poppler(draw_evidence_list(an_evidence([a_person()], event=event))))
    assert "24.11.2022, 09:10" in text
