from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.checkin.scans import Rejection, Scan, parse

NOW = datetime(2022, 11, 24, 9, 0, tzinfo=UTC)
# A JSON text may spell half of a pair (`"\\ud800"`), which Hypothesis leaves out of its own accord.
TEXT = st.text(st.characters(exclude_categories=()) | st.characters(categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=5,
)


def a_scan(**changes: Any) -> dict[str, Any]:
    return {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in", "ref": "P01"} | changes


def test_a_scan_is_read_with_its_instant_in_utc() -> None:
    assert parse(a_scan(), now=NOW) == Scan(datetime(2022, 11, 24, 8, tzinfo=UTC), "in", "ref", "P01")


def test_a_short_code_is_read_as_people_say_it() -> None:
    raw = {"scanned_at": "2022-11-24T08:00:00Z", "direction": "out", "short_code": "bcdf - ghjk "}
    assert parse(raw, now=NOW) == Scan(datetime(2022, 11, 24, 8, tzinfo=UTC), "out", "short_code", "BCDFGHJK")


def test_five_minutes_ahead_of_the_clock_are_tolerated_and_no_more() -> None:
    late = a_scan(scanned_at=(NOW + timedelta(minutes=5)).isoformat())
    later = a_scan(scanned_at=(NOW + timedelta(minutes=5, seconds=1)).isoformat())
    assert isinstance(parse(late, now=NOW), Scan)
    assert parse(later, now=NOW) == Rejection("future")


@pytest.mark.parametrize(
    "raw",
    [
        a_scan(direction="up"),
        a_scan(scanned_at="2022-11-24T09:00:00"),
        a_scan(scanned_at="0001-01-01T00:00:00+14:00"),
        a_scan(scanned_at=1669276800),
        a_scan(ticket="EVT1:X"),
        a_scan(ref=""),
        a_scan(ref=7),
        a_scan(ref="x" * 301),
        a_scan(ref="P\0"),
        a_scan(ref="\ud800"),
        {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in", "ticket": "EVT1:\udfff"},
        a_scan(minutes=90),
        {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in"},
        "EVT1:X",
        None,
    ],
)
def test_a_malformed_scan_is_rejected_alone(raw: object) -> None:
    assert parse(raw, now=NOW) == Rejection("malformed")


@given(JSON)
def test_whatever_a_device_sends_gets_an_answer(raw: object) -> None:
    assert isinstance(parse(raw, now=NOW), Rejection)


@given(st.fixed_dictionaries({"scanned_at": TEXT, "direction": JSON, "ticket": JSON}))
def test_whatever_stands_in_the_right_fields_gets_an_answer(raw: object) -> None:
    assert isinstance(parse(raw, now=NOW), (Scan, Rejection))


@given(TEXT)
def test_a_code_that_is_read_can_be_looked_up(code: str) -> None:
    scan = parse(a_scan(ref=code), now=NOW)
    assert isinstance(scan, Rejection) or scan.code.encode()
