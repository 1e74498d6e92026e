import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft6Validator, FormatChecker
from lxml import etree

from services.agenda.programme.released import Programme
from services.agenda.programme.schedule import acronym
from services.agenda.programme.schedule_json import to_json
from services.agenda.programme.schedule_xml import to_xml
from tests.services.agenda.builders import (
    PUBLIC_URL,
    a_programme,
    a_room,
    a_session,
    a_speaker,
    berlin,
    programmes,
)

Check = Callable[[Programme], None]


def as_xml(programme: Programme) -> etree._Element:
    return etree.fromstring(to_xml(programme, public_url=PUBLIC_URL))


def as_json(programme: Programme) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(to_json(programme, public_url=PUBLIC_URL))
    return content


def conference(programme: Programme) -> dict[str, Any]:
    content: dict[str, Any] = as_json(programme)["schedule"]["conference"]
    return content


@pytest.fixture(scope="session")
def xml_is_valid(schedule_schemas: Path) -> Check:
    schema = etree.XMLSchema(etree.parse(schedule_schemas / "schedule.xml.xsd"))
    return lambda programme: schema.assertValid(as_xml(programme))


@pytest.fixture(scope="session")
def json_is_valid(schedule_schemas: Path) -> Check:
    schema = json.loads((schedule_schemas / "schema.json").read_text())
    validator = Draft6Validator(schema, format_checker=FormatChecker())
    return lambda programme: validator.validate(as_json(programme))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programme=programmes())
def test_whatever_is_released_is_a_valid_schedule_xml(xml_is_valid: Check, programme: Programme) -> None:
    xml_is_valid(programme)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programme=programmes())
def test_whatever_is_released_is_a_valid_schedule_json(json_is_valid: Check, programme: Programme) -> None:
    json_is_valid(programme)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programme=programmes())
def test_both_schedules_hold_every_session_once_at_its_time(programme: Programme) -> None:
    expected = {str(s.guid): (s.starts_at, s.minutes, s.kind) for s in programme.sessions}
    in_xml = [
        (e.get("guid"), (_time(e.findtext("date")), _minutes(e.findtext("duration")), e.findtext("type")))
        for e in as_xml(programme).iterfind("day/room/event")
    ]
    in_json = [
        (e["guid"], (_time(e["date"]), _minutes(e["duration"]), e["type"])) for e in _events(programme)
    ]
    assert dict(in_xml) == dict(in_json) == expected
    assert len(in_xml) == len(in_json) == len(expected)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programme=programmes())
def test_no_two_sessions_stand_in_one_room_at_one_time(programme: Programme) -> None:
    for day in conference(programme)["days"]:
        for events in day["rooms"].values():
            spans = sorted((_time(event["date"]), _time(event["end"])) for event in events)
            assert all(one[1] <= other[0] for one, other in pairwise(spans))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programme=programmes())
def test_a_start_agrees_with_its_date_and_lies_in_its_day(programme: Programme) -> None:
    for day in conference(programme)["days"]:
        for event in (event for events in day["rooms"].values() for event in events):
            assert event["date"][:10] == day["date"]
            assert event["date"][11:16] == event["start"]
            assert _time(day["day_start"]) <= _time(event["date"])
            assert _time(event["end"]) <= _time(day["day_end"])


def test_a_session_that_crosses_midnight_stands_on_the_day_it_begins() -> None:
    party = a_session(berlin("2022-11-24T23:00"), 180)
    programme = a_programme(party, ends_at=berlin("2022-11-25T12:00"))
    first, second = as_xml(programme).findall("day")
    assert (first.get("end"), len(first.findall("room/event"))) == ("2022-11-25T02:00:00+01:00", 1)
    assert (second.get("index"), len(second.findall("room/event"))) == ("2", 0)


def test_an_event_that_ends_at_midnight_has_no_further_day() -> None:
    assert conference(a_programme(ends_at=berlin("2022-11-25T00:00")))["daysCount"] == 1


def test_the_clock_shows_the_change_to_winter_time() -> None:
    night = a_session(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 120)
    bounds = {"starts_at": night.starts_at, "ends_at": night.ends_at + timedelta(hours=1)}
    (event,) = _events(a_programme(night, **bounds))
    assert (event["date"], event["end"]) == ("2026-10-25T02:30:00+02:00", "2026-10-25T03:30:00+01:00")
    assert event["duration"] == "02:00"


def test_sessions_without_a_room_that_overlap_stand_in_rows_of_their_own() -> None:
    programme = a_programme(a_session(number=1), a_session(number=2))
    assert list(conference(programme)["days"][0]["rooms"]) == ["Ohne Raum", "Ohne Raum 2"]


def test_a_real_room_may_be_called_like_the_row_without_one() -> None:
    programme = a_programme(a_session(number=1), a_session(number=2, room=a_room("x", name="Ohne Raum")))
    assert list(conference(programme)["days"][0]["rooms"]) == ["Ohne Raum", "Ohne Raum 2"]


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("ki-hub-2022", "ki_hub_2022"), ("fest", "fest"), ("ki", "event_ki"), ("a-b", "event_a_b")],
)
def test_a_slug_becomes_an_acronym_that_both_formats_take(slug: str, expected: str) -> None:
    assert acronym(slug) == expected


def test_a_speakers_guid_is_the_stored_one_in_both_formats() -> None:
    programme = a_programme(a_session(speakers=(a_speaker("InfAI e. V., Leipzig"),)))
    person = as_xml(programme).find(".//person")
    assert person is not None
    assert _events(programme)[0]["persons"] == [{"guid": person.get("guid"), "name": "InfAI e. V., Leipzig"}]


def test_a_zone_that_the_format_has_no_name_for_is_left_out() -> None:
    assert "time_zone_name" not in conference(a_programme(timezone="Etc/GMT+3"))
    assert conference(a_programme())["time_zone_name"] == "Europe/Berlin"


def test_the_schedules_name_their_generator_and_their_address() -> None:
    schedule = as_xml(a_programme())
    generator = schedule.find("generator")
    assert generator is not None
    assert (generator.get("name"), generator.get("system")) == ("Treffpunkt", "events.example.org")
    assert schedule.findtext("url") == f"{PUBLIC_URL}/agenda/e/ki-hub-2022/schedule.xml"
    assert as_json(a_programme())["generator"] == {"name": "Treffpunkt", "url": PUBLIC_URL}


def test_the_grid_is_as_wide_as_the_programme_allows() -> None:
    quarter = a_programme(a_session(berlin("2022-11-24T09:30"), 45))
    odd = a_programme(a_session(berlin("2022-11-24T09:37"), 45))
    assert conference(quarter)["timeslot_duration"] == "00:15"
    assert conference(odd)["timeslot_duration"] == "00:01"


def _events(programme: Programme) -> list[dict[str, Any]]:
    days = conference(programme)["days"]
    return [event for day in days for events in day["rooms"].values() for event in events]


def _time(text: str | None) -> datetime:
    assert text is not None
    return datetime.fromisoformat(text).astimezone(UTC)


def _minutes(text: str | None) -> int:
    assert text is not None
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
