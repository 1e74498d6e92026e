"""What a ticket tells its owner."""

from datetime import timedelta
from typing import Any

import pytest

from services.certificates.documents.event import EventFacts
from services.certificates.tickets.document import draw, printable, problems_of
from tests.support.paper_facts import EVENT, a_ticket
from tests.support.paper_text import by_poppler, one_line


def text_of(**changes: Any) -> str:
    return one_line(by_poppler(draw(a_ticket(**changes))))


@pytest.mark.parametrize(
    "expected",
    [
        "EINTRITTSKARTE",
        "24. November 2022, 09:30–16:15 Uhr",
        "TU Chemnitz, Professur Fabrikplanung und Intralogistik",
        "Thüringer Glas & Optik GmbH",
        "Gast",
        "BCDF-GHJK",
        "Veranstalter: Mittelstand-Digital Zentrum Chemnitz",
    ],
)
def test_a_german_ticket_says_what_when_where_and_for_whom(expected: str) -> None:
    assert expected in text_of()


def test_an_english_ticket_is_english_to_the_date() -> None:
    text = text_of(language="en")
    assert "ADMISSION TICKET" in text
    assert "24 November 2022, 09:30–16:15" in text
    assert "Uhr" not in text
    assert "Guest" in text


def test_another_language_gets_the_english_labels() -> None:
    assert "ADMISSION TICKET" in text_of(language="cs")


def test_the_link_is_printed_and_can_be_clicked() -> None:
    pdf = draw(a_ticket(link="https://events.example.org/registration/r/abc"))
    assert "https://events.example.org/registration/r/abc" in by_poppler(pdf)
    assert b"/URI(https://events.example.org/registration/r/abc)" in pdf


def test_an_event_over_night_shows_both_dates() -> None:
    event = EventFacts(
        EVENT.title,
        EVENT.organiser,
        "Foyer",
        "",
        EVENT.starts_at,
        EVENT.ends_at + timedelta(days=1),
        EVENT.timezone,
    )
    assert "24. November 2022, 09:30 Uhr – 25. November 2022, 16:15 Uhr" in text_of(event=event)


def test_times_are_those_of_the_events_zone() -> None:
    event = EventFacts("Tokyo", EVENT.organiser, "Foyer", "", EVENT.starts_at, EVENT.ends_at, "Asia/Tokyo")
    assert "24. November 2022, 17:30 Uhr – 25. November 2022, 00:15 Uhr" in text_of(event=event)


def printed(**changes: Any) -> tuple[str, list[str]]:
    ticket, problems = printable(a_ticket(**changes))
    assert problems_of(ticket) == []
    return ticket.name, [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("\U00012000 Geisel", "Geisel"),
        ("Lotti \U00012000 Geisel", "Lotti Geisel"),
        ("Lotti Gei\U00012000sel", "Lotti Geisel"),
        ("محمد \U00012000 علي", "محمد علي"),
        ("علي Smith \U00012000", "علي Smith"),
        # The mark is a picture letter's skin colour: no font has it, and the letter stays.
        ("Ann\u20e3a Anna", "Anna Anna"),
        ("\U00012000-\U00012000", ""),
    ],
)
def test_of_a_name_what_no_font_has_is_left_out_and_nothing_else(name: str, kept: str) -> None:
    assert printed(name=name) == (kept, ["name"])


def test_what_remains_stands_in_its_right_order_and_without_a_box() -> None:
    ticket, _ = printable(a_ticket(name="محمد \U00012000 علي"))
    assert "محمد علي" in one_line(by_poppler(draw(ticket)))


def test_a_text_that_is_too_long_without_its_gaps_is_left_out_too() -> None:
    endless = " ".join(["Donaudampfschifffahrtsgesellschaftskapitänswitwe"] * 12)
    assert printed(name=f"\U00012000 {endless}") == ("", ["name", "name"])


def test_a_gap_in_another_text_does_not_hide_that_the_name_is_too_long() -> None:
    endless = " ".join(["Donaudampfschifffahrtsgesellschaftskapitänswitwe"] * 12)
    assert printed(name=endless, organisation="\U00012000") == ("", ["organisation", "name"])


def test_characters_that_turn_what_is_read_are_left_out() -> None:
    assert printed(name="Anna \u202eBerg") == ("Anna Berg", ["name"])
