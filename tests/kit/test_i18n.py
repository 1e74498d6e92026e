from datetime import UTC, date, datetime, timedelta

import pytest

from shared.kit import i18n
from shared.kit.i18n import Locale, negotiate, translator

START = datetime(2022, 11, 24, 8, 30, tzinfo=UTC)
END = datetime(2022, 11, 24, 15, 15, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def test_a_sentence_comes_in_the_readers_language_with_its_facts() -> None:
    msgid = "This is larger than {limit}."
    assert translator("de")(msgid, limit="1 MB") == "Das ist größer als 1 MB."
    assert translator("en")(msgid, limit="1 MB") == "This is larger than 1 MB."


def test_a_sentence_that_nobody_translated_is_shown_as_it_is() -> None:
    assert translator("de")("Nobody has translated {this}.") == "Nobody has translated {this}."


def test_a_fact_with_braces_in_it_is_shown_as_it_was_typed() -> None:
    assert translator("de")("Hello {name}", name="{Ada}") == "Hello {Ada}"


def test_a_number_chooses_its_form() -> None:
    _ = translator("en")
    assert _.plural("{n} place", "{n} places", 1) == "1 place"
    assert _.plural("{n} place", "{n} places", 12) == "12 places"


@pytest.mark.parametrize(
    ("query", "cookie", "header", "expected"),
    [
        ("en", "de", "de", "en"),
        (None, "en", "de", "en"),
        (None, None, "fr, en-GB;q=0.8, de;q=0.5", "en"),
        (None, None, "de;q=0.3, en;q=0.9", "en"),
        (None, None, "en;q=0", "de"),
        (None, None, "fr", "de"),
        (None, None, "*;q=nonsense,,;;", "de"),
        ("xx", "../etc", None, "de"),
        (None, None, None, "de"),
    ],
)
def test_the_language_is_what_was_chosen_now_or_before_or_what_the_browser_asks_for(
    query: str | None, cookie: str | None, header: str | None, expected: str
) -> None:
    assert negotiate(header, cookie, query) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de", "24. November 2022, 09:30–16:15 Uhr"), ("en", "24 November 2022, 09:30–16:15")],
)
def test_an_interval_is_shown_in_the_events_zone(locale: Locale, expected: str) -> None:
    assert i18n.format_interval(START, END, BERLIN, locale) == expected


def test_an_interval_over_midnight_names_both_days() -> None:
    shown = i18n.format_interval(START, END + timedelta(hours=8), BERLIN, "de")
    assert shown == "24. November 2022, 09:30 Uhr – 25. November 2022, 00:15 Uhr"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        i18n.format_instant(datetime(2022, 11, 24, 9, 30), BERLIN, "de")  # noqa: DTZ001  # It is what the test is about.


def test_a_day_can_carry_its_weekday() -> None:
    assert i18n.format_date(date(2022, 11, 24), "de", weekday=True) == "Donnerstag, 24. November 2022"
    assert i18n.format_date(date(2022, 11, 24), "en") == "24 November 2022"


@pytest.mark.parametrize(("minutes", "expected"), [(405, "6 h 45 min"), (60, "1 h"), (0, "0 min")])
def test_a_length_is_shown_in_hours_and_minutes(minutes: int, expected: str) -> None:
    assert i18n.format_duration(minutes).replace("\u00a0", " ") == expected


def test_a_text_in_several_languages_falls_back_to_one_that_there_is() -> None:
    assert i18n.localised({"de": "Tag der Begegnung", "en": "Meeting day"}, "en") == "Meeting day"
    assert i18n.localised({"de": "Tag der Begegnung", "en": ""}, "en") == "Tag der Begegnung"
    assert i18n.localised({"fr": "Rencontre"}, "de") == "Rencontre"
    assert i18n.localised({}, "de") == ""
