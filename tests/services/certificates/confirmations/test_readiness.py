from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.certificates.attendance.rule import MailingStart
from services.certificates.confirmations.readiness import (
    Amounts,
    Closing,
    Device,
    Missing,
    is_overdue,
    may_do_without,
    readiness,
)

CLOSED = datetime(2022, 11, 24, 15, 15, tzinfo=UTC)
ALL = Amounts(registrations=60, scans=109, corrections=1)
COMPLETE = Closing(
    closed_at=CLOSED,
    has_programme=True,
    expected=ALL,
    arrived=ALL,
    start=MailingStart.AFTER_CLOSING,
    delay=timedelta(minutes=30),
    reviewed_at=None,
)


def test_confirmations_go_out_when_everything_is_here_and_the_delay_is_over() -> None:
    state = readiness(COMPLETE)
    assert state.missing == ()
    assert not state.has_come(CLOSED + timedelta(minutes=29))
    assert state.has_come(CLOSED + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"has_programme": False}, (Missing.PROGRAMME,)),
        ({"expected": None}, (Missing.TOTALS,)),
        ({"arrived": Amounts(59, 109, 1)}, (Missing.REGISTRATIONS,)),
        ({"arrived": Amounts(60, 108, 0)}, (Missing.SCANS, Missing.CORRECTIONS)),
    ],
)
def test_what_has_not_arrived_holds_them_back(
    change: dict[str, object], missing: tuple[Missing, ...]
) -> None:
    state = readiness(replace(COMPLETE, **change))  # type: ignore[arg-type]  # the fields of a closing
    assert state.missing == missing
    assert not state.has_come(CLOSED + timedelta(days=1))


def test_more_than_was_counted_is_no_trouble() -> None:
    assert readiness(replace(COMPLETE, arrived=Amounts(61, 120, 3))).missing == ()


def test_after_review_only_the_organisers_word_counts() -> None:
    waiting = replace(COMPLETE, start=MailingStart.AFTER_REVIEW)
    assert not readiness(waiting).has_come(CLOSED + timedelta(days=30))
    reviewed = replace(waiting, reviewed_at=CLOSED + timedelta(hours=2))
    assert readiness(reviewed).has_come(CLOSED + timedelta(hours=2))


def test_what_is_missing_is_overdue_after_ten_minutes() -> None:
    waiting = replace(COMPLETE, expected=None)
    assert not is_overdue(waiting, CLOSED + timedelta(minutes=9))
    assert is_overdue(waiting, CLOSED + timedelta(minutes=10))
    assert not is_overdue(COMPLETE, CLOSED + timedelta(minutes=10))


A_DEVICE = Device("Main entrance", 3, CLOSED)


def test_scans_that_a_device_still_holds_are_waited_for() -> None:
    assert readiness(replace(COMPLETE, devices=(A_DEVICE,))).missing == (Missing.DEVICES,)


def test_what_is_overdue_can_be_done_without_and_a_programme_cannot() -> None:
    waiting = replace(COMPLETE, devices=(A_DEVICE,), has_programme=False)
    assert may_do_without(waiting, CLOSED + timedelta(minutes=9)) == frozenset()
    assert may_do_without(waiting, CLOSED + timedelta(minutes=10)) == {Missing.DEVICES}
    going_on = replace(waiting, without=frozenset({Missing.DEVICES}))
    assert readiness(going_on).missing == (Missing.PROGRAMME,)
