from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.attendance.minutes import (
    AddedStay,
    Attendance,
    Direction,
    Scan,
    Slot,
    Span,
    StruckScan,
    attended,
    blocks,
    programme_seconds,
)

DAY = datetime(2022, 11, 24, tzinfo=UTC)
NAMESPACE = UUID(int=7)


def at(clock: str, *, day: int = 0) -> datetime:
    hours, minutes, seconds = [*map(int, clock.split(":")), 0][:3]
    return DAY + timedelta(days=day, hours=hours, minutes=minutes, seconds=seconds)


def a_slot(start: str, end: str, *, day: int = 0, is_break: bool = False) -> Slot:
    return Slot(Span(at(start, day=day), at(end, day=day)), is_break)


def came(clock: str, *, day: int = 0) -> Scan:
    return a_scan(at(clock, day=day), Direction.IN)


def left(clock: str, *, day: int = 0) -> Scan:
    return a_scan(at(clock, day=day), Direction.OUT)


def a_scan(when: datetime, direction: Direction) -> Scan:
    return Scan(uuid5(NAMESPACE, f"{when.isoformat()} {direction}"), when, direction)


MORNING = [a_slot("09:00", "12:00")]
DAY_WITH_LUNCH = [a_slot("09:00", "12:00"), a_slot("12:00", "13:00", is_break=True), a_slot("13:00", "16:00")]
TWO_DAYS = [a_slot("09:00", "17:00"), a_slot("09:00", "17:00", day=1)]


def test_every_participant_of_the_model_event_attended_the_expected_minutes(model_event: Any) -> None:
    slots = [Slot(Span(start, end), kind == "break") for start, end, kind in model_event.sessions()]
    assert programme_seconds(slots) == model_event.expected["programme_minutes"] * 60
    counted = {
        person["ref"]: attended(slots, _scans_of(person["ref"], model_event.door_log))
        for person in model_event.participants
    }
    assert {ref: _figures(attendance) for ref, attendance in counted.items()} == {
        ref: {key: value for key, value in person.items() if key != "confirmation_due"}
        for ref, person in model_event.expected["participants"].items()
    }


def _scans_of(ref: str, door_log: Iterable[dict[str, str]]) -> list[Scan]:
    return [
        a_scan(datetime.fromisoformat(row["scanned_at"]), Direction(row["direction"]))
        for row in door_log
        if row["ref"] == ref
    ]


def _figures(attendance: Attendance) -> dict[str, object]:
    return {
        "checked_in": attendance.checked_in,
        "open_stays": attendance.open_stays,
        "attended_minutes": attendance.minutes,
    }


def test_breaks_are_not_attended() -> None:
    assert attended(DAY_WITH_LUNCH, [came("09:00"), left("16:00")]).minutes == 360


def test_a_second_entry_changes_nothing() -> None:
    assert attended(MORNING, [came("09:00"), came("10:00"), left("12:00")]).minutes == 180


def test_an_exit_without_an_entry_gives_nothing() -> None:
    attendance = attended(MORNING, [left("12:00")])
    assert (attendance.minutes, attendance.checked_in, attendance.stays) == (0, False, ())


def test_seconds_are_compared_and_minutes_rounded_down() -> None:
    attendance = attended(MORNING, [came("09:00"), left("09:10:59")])
    assert (attendance.seconds, attendance.minutes) == (659, 10)


def test_parallel_sessions_count_once() -> None:
    parallel = [a_slot("09:00", "11:00"), a_slot("10:00", "12:00")]
    assert programme_seconds(parallel) == 3 * 3600
    assert attended(parallel, [came("09:00"), left("12:00")]).minutes == 180


def test_a_gap_of_four_hours_parts_two_blocks_and_a_shorter_one_does_not() -> None:
    morning, afternoon = a_slot("08:00", "12:00"), a_slot("16:00", "18:00")
    assert len(blocks([morning, afternoon])) == 2
    assert len(blocks([morning, a_slot("15:59:59", "18:00")])) == 1


def test_a_break_bridges_two_halves_of_a_day() -> None:
    assert len(blocks([a_slot("08:00", "12:00"), a_slot("12:00", "16:00", is_break=True)])) == 1


def test_an_open_stay_ends_with_its_block_and_is_marked() -> None:
    attendance = attended(TWO_DAYS, [came("10:00"), came("09:00", day=1), left("17:00", day=1)])
    assert attendance.minutes == (7 + 8) * 60
    assert [stay.is_open for stay in attendance.stays] == [True, False]


def test_who_is_scanned_out_after_the_block_ended_has_no_open_stay() -> None:
    attendance = attended(TWO_DAYS, [came("10:00"), left("17:20")])
    assert (attendance.minutes, attendance.open_stays) == (7 * 60, 0)
    assert attendance.stays[0].left_at == at("17:20")


def test_a_scan_in_the_night_belongs_to_the_next_block() -> None:
    attendance = attended(TWO_DAYS, [came("17:00"), left("12:00", day=1)])
    assert (attendance.minutes, attendance.open_stays) == (3 * 60, 0)


def test_an_exit_after_the_last_block_ends_the_stay() -> None:
    attendance = attended(MORNING, [came("09:00"), left("12:25")])
    assert (attendance.minutes, attendance.open_stays) == (180, 0)


def test_an_entry_after_the_last_block_gives_nothing() -> None:
    attendance = attended(MORNING, [came("12:00"), came("13:00"), left("14:00")])
    assert (attendance.minutes, attendance.stays, attendance.checked_in) == (0, (), True)


def test_an_entry_after_the_last_block_closes_no_open_stay() -> None:
    assert attended(MORNING, [came("09:00"), came("12:10")]).open_stays == 1


def test_at_the_same_instant_the_entry_comes_first() -> None:
    attendance = attended(MORNING, [left("10:00"), came("10:00"), left("12:00")])
    assert attendance.minutes == 0
    assert attendance.stays[0].span == Span(at("10:00"), at("10:00"))


def test_an_event_may_demand_the_exit() -> None:
    attendance = attended(MORNING, [came("09:00")], count_open_stays=False)
    assert (attendance.minutes, attendance.open_stays) == (0, 1)


def test_a_correction_adds_a_stay_and_overlapping_time_counts_once() -> None:
    correction = AddedStay(uuid4(), Span(at("10:00"), at("12:00")))
    attendance = attended(MORNING, [came("09:00"), left("11:00")], [correction])
    assert attendance.minutes == 180
    assert attendance.stays[1].correction_id == correction.id


def test_a_correction_strikes_a_scan() -> None:
    wrong = left("09:30")
    strike = StruckScan(uuid4(), wrong.id)
    attendance = attended(MORNING, [came("09:00"), wrong, left("12:00")], struck=[strike])
    assert attendance.minutes == 180
    assert attendance.struck == (strike,)


def test_a_stay_names_the_scans_that_explain_it() -> None:
    scans = [came("09:00"), came("09:05"), left("12:00")]
    assert attended(MORNING, scans).stays[0].scan_ids == tuple(scan.id for scan in scans)


def test_without_a_programme_nothing_is_attended() -> None:
    assert attended([], [came("09:00"), left("12:00")]).seconds == 0


instants = st.integers(0, 3 * 24 * 60 * 60).map(lambda seconds: DAY + timedelta(seconds=seconds))
scan_lists = st.lists(st.builds(a_scan, instants, st.sampled_from(Direction)), max_size=12)
spans = st.builds(lambda a, b: Span(min(a, b), max(a, b)), instants, instants)
added_stays = st.builds(AddedStay, st.uuids(), spans)
programmes = st.lists(st.builds(Slot, spans, st.booleans()), max_size=6)


@given(programmes, scan_lists, st.data())
def test_order_repetition_and_split_of_batches_do_not_matter(
    slots: list[Slot], scans: list[Scan], data: st.DataObject
) -> None:
    repeated = scans + data.draw(st.lists(st.sampled_from(scans), max_size=5) if scans else st.just([]))
    shuffled = data.draw(st.permutations(repeated))
    cut = data.draw(st.integers(0, len(shuffled)))
    kept = {scan.id: scan for scan in shuffled[cut:]} | {scan.id: scan for scan in shuffled[:cut]}
    assert attended(slots, kept.values()) == attended(slots, shuffled) == attended(slots, scans)


@given(programmes, scan_lists, added_stays)
def test_an_added_stay_never_takes_time_away(slots: list[Slot], scans: list[Scan], stay: AddedStay) -> None:
    assert attended(slots, scans, [stay]).seconds >= attended(slots, scans).seconds


@given(programmes, scan_lists, st.lists(added_stays, max_size=3), st.booleans())
def test_nobody_attends_more_than_the_programme_or_less_than_nothing(
    slots: list[Slot], scans: list[Scan], added: list[AddedStay], count_open: bool
) -> None:
    seconds = attended(slots, scans, added, count_open_stays=count_open).seconds
    assert 0 <= seconds <= programme_seconds(slots)


@given(programmes, scan_lists)
def test_no_stay_from_scans_bridges_two_blocks(slots: list[Slot], scans: list[Scan]) -> None:
    in_blocks = blocks(slots)
    for stay in attended(slots, scans).stays:
        assert sum(stay.span.start < block.end and block.start < stay.span.end for block in in_blocks) <= 1


@given(programmes, scan_lists)
def test_demanding_the_exit_never_gives_more_time(slots: list[Slot], scans: list[Scan]) -> None:
    assert attended(slots, scans, count_open_stays=False).seconds <= attended(slots, scans).seconds


@pytest.mark.parametrize("count_open", [True, False])
def test_the_open_mark_does_not_depend_on_whether_open_stays_count(count_open: bool) -> None:
    assert attended(MORNING, [came("09:00")], count_open_stays=count_open).open_stays == 1
