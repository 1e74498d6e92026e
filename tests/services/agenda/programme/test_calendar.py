from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings

from services.agenda.programme.calendar import to_ics
from services.agenda.programme.released import Programme
from shared.kit.vtimezone import changes, timezone_component
from tests.services.agenda.builders import (
    PUBLIC_URL,
    a_programme,
    a_room,
    a_session,
    a_speaker,
    berlin,
    programmes,
)


def parsed(programme: Programme, *, is_cancelled: bool = False) -> icalendar.Calendar:
    content = to_ics(programme, public_url=PUBLIC_URL, is_cancelled=is_cancelled)
    return icalendar.Calendar.from_ical(content)


def test_a_session_says_where_it_is_who_speaks_and_what_it_is() -> None:
    session = a_session(
        kind="keynote", room=a_room("plenum"), speakers=(a_speaker("TZLR Ilmenau", "Ada Beispiel"),)
    )
    (entry,) = parsed(a_programme(session)).events
    assert entry["location"] == "Plenum, TU Chemnitz, Chemnitz"
    assert entry["description"] == "Ada Beispiel (TZLR Ilmenau)"
    assert entry.categories == ["keynote"]
    assert entry["url"] == f"{PUBLIC_URL}/agenda/e/ki-hub-2022#session-session-1"


def test_breaks_are_in_the_calendar() -> None:
    lunch = a_session(kind="break", title="Mittagessen")
    (entry,) = parsed(a_programme(lunch)).events
    assert (entry["summary"], entry.categories) == ("Mittagessen", ["break"])


def test_a_new_release_keeps_the_uids_and_counts_the_sequence_up() -> None:
    first = a_programme(a_session())
    second = replace(first, release=2)
    (old,), (new,) = parsed(first).events, parsed(second).events
    assert old["uid"] == new["uid"]
    assert (old["sequence"], new["sequence"]) == (1, 2)


def test_a_cancelled_event_cancels_every_entry_with_a_higher_sequence() -> None:
    (entry,) = parsed(a_programme(a_session()), is_cancelled=True).events
    assert (entry["status"], entry["sequence"]) == ("CANCELLED", 2)


def test_a_programme_without_sessions_shows_the_event() -> None:
    (entry,) = parsed(a_programme()).events
    assert (entry["summary"], entry.start) == ("Vernetzungstreffen", berlin("2022-11-24T09:30"))


def test_times_are_written_in_the_events_zone_with_its_definition() -> None:
    content = to_ics(a_programme(a_session(berlin("2022-11-24T10:30"))), public_url=PUBLIC_URL).decode()
    assert "DTSTART;TZID=Europe/Berlin:20221124T103000" in content
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin" in content


def test_the_second_run_of_the_doubled_hour_is_written_in_utc() -> None:
    session = a_session(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 30)
    content = to_ics(a_programme(session), public_url=PUBLIC_URL).decode()
    assert "DTSTART:20261025T013000Z" in content


def test_the_zone_definition_begins_summer_time_on_the_clock_of_winter() -> None:
    summer = timezone_component(
        ZoneInfo("Europe/Berlin"), berlin("2026-05-01"), berlin("2026-05-02")
    ).daylight
    assert [observance.DTSTART.isoformat() for observance in summer] == ["2026-03-29T02:00:00"]


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"])
def test_a_reader_that_knows_only_the_zone_definition_gets_the_same_offsets(name: str) -> None:
    zone = ZoneInfo(name)
    year = datetime(2026, 1, 3, tzinfo=UTC)
    component = timezone_component(zone, year, year)
    for change in (year, *changes(zone, year, year + timedelta(days=360))):
        for minutes in (-61, -1, 0, 1, 59, 61):
            moment = change + timedelta(minutes=minutes)
            assert offset_by_definition(component, moment) == moment.astimezone(zone).utcoffset(), moment


def offset_by_definition(component: icalendar.Timezone, moment: datetime) -> timedelta:
    """What RFC 5545 says: the observance whose onset, on the clock valid before it, was the last."""
    onsets = [
        ((o.DTSTART - o.TZOFFSETFROM).replace(tzinfo=UTC), o.TZOFFSETTO) for o in component.subcomponents
    ]
    return cast(timedelta, max(onset for onset in onsets if onset[0] <= moment)[1])


def in_utc(moment: date | datetime | None) -> datetime:
    """Two times of an hour that happens twice are only comparable in UTC (PEP 495)."""
    return cast(datetime, moment).astimezone(UTC)


@settings(max_examples=60, deadline=None)
@given(programmes())
def test_whatever_is_released_can_be_read_back(programme: Programme) -> None:
    calendar = parsed(programme)
    expected = {str(s.guid): (s.title.strip(), s.starts_at, s.ends_at) for s in programme.sessions}
    if expected:
        found = {
            str(entry["uid"]): (str(entry["summary"]).strip(), in_utc(entry.start), in_utc(entry.end))
            for entry in calendar.events
        }
        assert found == expected
    starts = [in_utc(entry.start) for entry in calendar.events]
    assert all(one <= other for one, other in pairwise(starts))
    assert calendar.get_missing_tzids() == set()


@settings(max_examples=20, deadline=None)
@given(programmes())
def test_the_same_programme_gives_the_same_bytes(programme: Programme) -> None:
    assert to_ics(programme, public_url=PUBLIC_URL) == to_ics(programme, public_url=PUBLIC_URL)
