"""What a confirmation proves."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from services.certificates.confirmations.document import SessionFacts, draw
from tests.support.paper_facts import a_confirmation, at
from tests.support.paper_text import by_poppler, one_line


def text_of(**changes: object) -> str:
    return one_line(by_poppler(draw(a_confirmation(**changes))))


@pytest.mark.parametrize(
    "expected",
    [
        "Teilnahmebestätigung",
        "Mittelstand-Digital Zentrum Chemnitz bestätigt hiermit:",
        "Vernetzungstreffen des KI-Hubs Sachsen-Thüringen",
        "24. November 2022, 09:30–16:15 Uhr",
        "TU Chemnitz, Professur Fabrikplanung und Intralogistik",
        "5 Std. 32 Min. netto, ohne Pausen (Programm: 5 Std. 45 Min.)",
        "7 Unterrichtseinheiten zu 45 Minuten",
        "09:30–09:45 Begrüßung",
        "InfAI e. V., Leipzig",
        "12:15–13:15 Mittagessen",
        "Ausgestellt am 25. November 2022",
        "Unterschrift, Mittelstand-Digital Zentrum Chemnitz",
        "Nr. 2022-0007",
        "https://events.example.org/v/7QK2M9XW4RTB",
    ],
)
def test_it_carries_what_chambers_and_funders_ask_for(expected: str) -> None:
    assert expected in text_of()


def test_an_english_one_is_english() -> None:
    text = text_of(language="en")
    assert "Confirmation of attendance" in text
    assert "5 h 32 min net, without breaks (programme: 5 h 45 min)" in text
    assert "7 teaching units of 45 minutes" in text


@pytest.mark.parametrize(("minutes", "units"), [(44, 0), (45, 1), (89, 1), (90, 2), (345, 7)])
def test_a_unit_that_was_only_begun_is_not_counted(minutes: int, units: int) -> None:
    assert a_confirmation(attended_minutes=minutes).teaching_units == units


def test_one_minute_and_one_unit_read_well() -> None:
    assert "1 Unterrichtseinheit zu 45 Minuten" in text_of(attended_minutes=60)
    assert "1 teaching unit of 45 minutes" in text_of(attended_minutes=60, language="en")


def test_a_long_programme_goes_on_and_the_signature_stands_on_the_last_page() -> None:
    sessions = [
        SessionFacts(f"Vortrag {number}", at("9:00") + timedelta(hours=5 * number), 45)
        for number in range(90)
    ]
    pages = [
        one_line(page.extract_text())
        for page in PdfReader(io.BytesIO(draw(a_confirmation(sessions=sessions)))).pages
    ]
    assert len(pages) > 2
    assert all(f"Seite {number} von {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert [("Unterschrift" in page) for page in pages] == [False] * (len(pages) - 1) + [True]
    assert all(any(f"Vortrag {number} " in f"{page} " for page in pages) for number in range(90))


def test_a_programme_of_several_days_has_its_dates() -> None:
    sessions = [
        SessionFacts("Anfang", at("9:00"), 45),
        SessionFacts("Ende", at("9:00") + timedelta(days=1), 45),
    ]
    text = text_of(sessions=sessions)
    assert "24. November 2022 09:00–09:45 Anfang" in text
    assert "25. November 2022 09:00–09:45 Ende" in text


def test_a_confirmation_without_a_programme_is_drawn() -> None:
    assert "Teilnahmebestätigung" in text_of(sessions=())


def test_a_confirmation_of_a_full_day_has_at_most_35_kb() -> None:
    sessions = [
        SessionFacts(
            f"Vortrag {number}", at("9:00") + timedelta(minutes=30 * number), 30, "InfAI e. V., Leipzig"
        )
        for number in range(14)
    ]
    for name in ("Jürgen Großkreutz-Müller", "Łukasz Żółć", "Nguyễn Thị Ánh", "محمد علي"):
        assert len(draw(a_confirmation(name=name, sessions=sessions))) <= 35_000


def test_a_name_on_two_lines_moves_what_follows_and_nothing_overlaps() -> None:
    for name in ("Ada Abt", "Maximiliane-Alexandra von und zu Hohenwarth-Schwarzenfels-Lichtenau"):
        assert f"{name} Thüringer Glas" in text_of(name=name).replace("- ", "-")
