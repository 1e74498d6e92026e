"""What a ticket tells its owner."""

from datetime import timedelta

import pytest

from services.certificates.documents.event import EventFacts
from services.certificates.tickets.document import draw
from tests.support.paper_facts import EVENT, a_ticket
from tests.support.paper_text import by_poppler, one_line


def text_of(**changes: object) -> str:
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
    assert b"/URI (https://events.example.org/registration/r/abc)" in pdf


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
