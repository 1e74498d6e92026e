from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.certificates.attendance import rule as rules
from services.certificates.attendance.minutes import Attendance, Span, Stay
from services.certificates.attendance.rule import AttendanceRule, Programme, Verdict

RULE = AttendanceRule(min_share_of_programme=Decimal("0.75"))
PROGRAMME = 345 * 60


def an_attendance(seconds: int, *, is_open: bool = False) -> Attendance:
    span: Any = Span(0, seconds)  # type: ignore[arg-type]  # the rule never looks at the instants
    return Attendance((Stay(span, None, is_open),), seconds)


def verdict(rule: AttendanceRule, attendance: Attendance, programme_seconds: int) -> Verdict:
    return rules.verdict(rule, attendance, Programme(programme_seconds), {})[0]


@pytest.mark.parametrize(
    ("seconds", "due"),
    [(15525, Verdict.DUE), (15524, Verdict.NOT_DUE), (PROGRAMME, Verdict.DUE), (0, Verdict.NOT_DUE)],
)
def test_a_confirmation_is_due_from_the_exact_second_of_the_share(seconds: int, due: Verdict) -> None:
    assert verdict(RULE, an_attendance(seconds), PROGRAMME) is due


def test_an_open_stay_can_hold_the_confirmation_back() -> None:
    holding = replace(RULE, hold_open_stays=True)
    assert verdict(holding, an_attendance(PROGRAMME, is_open=True), PROGRAMME) is Verdict.HELD
    assert verdict(holding, an_attendance(PROGRAMME), PROGRAMME) is Verdict.DUE


def test_who_attended_too_little_is_not_held_back_but_not_due() -> None:
    holding = replace(RULE, hold_open_stays=True)
    assert verdict(holding, an_attendance(60, is_open=True), PROGRAMME) is Verdict.NOT_DUE


def test_nobody_is_due_for_having_attended_nothing() -> None:
    anything = AttendanceRule(min_share_of_programme=Decimal(0))
    assert verdict(anything, an_attendance(0), 0) is Verdict.NOT_DUE
    assert verdict(anything, an_attendance(1), PROGRAMME) is Verdict.DUE


def test_the_model_event_has_as_many_due_as_expected(model_event: Any) -> None:
    minutes = [person["attended_minutes"] for person in model_event.expected["participants"].values()]
    due = [verdict(RULE, an_attendance(each * 60), PROGRAMME) is Verdict.DUE for each in minutes]
    assert sum(due) == model_event.expected["confirmations_due"]
