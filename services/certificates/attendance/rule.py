"""Who is due a confirmation: an event's attendance rule, applied to what was attended."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.certificates.attendance.minutes import Attendance


class MailingStart(StrEnum):
    """When an event's confirmations go out."""

    AFTER_CLOSING = "after_closing"
    AFTER_REVIEW = "after_review"


class Verdict(StrEnum):
    """What the rule says about one person: `held` means that somebody must look at an open stay first."""

    DUE = "due"
    NOT_DUE = "not_due"
    HELD = "held"


@dataclass(frozen=True)
class AttendanceRule:
    """An event's rule.

    `min_share_of_programme` lies between 0 and 1. An open stay counts or not (`count_open_stays`: if not,
    the event demands the exit), and `hold_open_stays` keeps such cases back until they are reviewed.
    """

    min_share_of_programme: Decimal = Decimal("0.75")
    count_open_stays: bool = True
    hold_open_stays: bool = False


def verdict(rule: AttendanceRule, attendance: Attendance, programme_seconds: int) -> Verdict:
    """Apply the rule to an attendance that was counted with the rule's `count_open_stays`.

    Whoever attended nothing is never due, whatever the share.
    """
    if not attendance.seconds or attendance.seconds < rule.min_share_of_programme * programme_seconds:
        return Verdict.NOT_DUE
    if rule.hold_open_stays and attendance.open_stays:
        return Verdict.HELD
    return Verdict.DUE
