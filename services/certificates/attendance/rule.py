"""Who is due which confirmation: an event's rules, applied to what was attended. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from services.certificates.attendance.credit import Credit
from services.certificates.attendance.minutes import Attendance
from services.certificates.confirmations.kinds import Kind, Paper
from services.certificates.confirmations.numbers import TEACHING_UNIT_MINUTES


class MailingStart(StrEnum):
    """When an event's confirmations go out."""

    AFTER_CLOSING = "after_closing"
    AFTER_REVIEW = "after_review"


class Changes(StrEnum):
    """What becomes of a confirmation when later scans or corrections change its minutes."""

    ASK = "ask"
    NEW_VERSION = "new_version"


class Delivery(StrEnum):
    """What a mail carries: the paper, or the way to it."""

    ATTACHMENT = "attachment"
    LINK = "link"


class Verdict(StrEnum):
    """What the rule says about one person: `held` means that somebody must look first."""

    DUE = "due"
    NOT_DUE = "not_due"
    HELD = "held"


class Reason(StrEnum):
    """Why a verdict is what it is."""

    ENOUGH = "enough"
    TOO_LITTLE = "too_little"
    SESSION_MISSED = "session_missed"
    OPEN_STAY = "open_stay"
    SPOKE = "spoke"
    NOT_SEEN = "not_seen"
    TAKEN_IN = "taken_in"
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True)
class Offer:
    """A kind of confirmation and the categories of people who may get it; no category means everybody."""

    kind: Kind
    categories: frozenset[str] = frozenset()

    def is_for(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class SessionShare:
    """How much of one session must have been attended; `min_share` lies between 0 and 1."""

    session: str
    min_share: Decimal


@dataclass(frozen=True)
class AttendanceRule:
    """An event's rule.

    `min_share_of_programme` lies between 0 and 1. An open stay counts or not (`count_open_stays`: if not,
    the event demands the exit), and `hold_open_stays` keeps such cases back until they are reviewed. Of each
    of the `required_sessions` its share must have been attended too; `own_confirmations` are the sessions
    that have a paper of their own.
    """

    min_share_of_programme: Decimal = Decimal("0.75")
    count_open_stays: bool = True
    hold_open_stays: bool = False
    offers: tuple[Offer, ...] = (Offer(Kind.ATTENDANCE),)
    required_sessions: tuple[SessionShare, ...] = ()
    own_confirmations: tuple[SessionShare, ...] = ()


@dataclass(frozen=True)
class Programme:
    """What there was to attend: net seconds, and the length of each session that is no break by its key."""

    seconds: int
    lengths: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True)
class Entitlement:
    """What the rule says about one paper of one person."""

    paper: Paper
    verdict: Verdict
    reason: Reason

    @property
    def is_due(self) -> bool:
        return self.verdict is Verdict.DUE


def verdict(
    rule: AttendanceRule, attendance: Attendance, programme: Programme, credit: Credit
) -> tuple[Verdict, Reason]:
    """Apply the rule for the whole event to an attendance that was counted with its `count_open_stays`.

    Whoever attended nothing is never due, whatever the share.
    """
    if not attendance.seconds or attendance.seconds < rule.min_share_of_programme * programme.seconds:
        return Verdict.NOT_DUE, Reason.TOO_LITTLE
    if not all(_attended(each, programme, credit) for each in rule.required_sessions):
        return Verdict.NOT_DUE, Reason.SESSION_MISSED
    return _unless_open(rule, attendance)


def entitlements(
    rule: AttendanceRule, category: str, attendance: Attendance, programme: Programme, credit: Credit
) -> list[Entitlement]:
    """What the rule says about each paper that somebody of this category may get."""
    found = []
    for offer in rule.offers:
        if offer.is_for(category):
            said = _of_kind(offer.kind, rule, attendance, programme, credit)
            found.append(Entitlement(Paper(offer.kind), *said))
    for each in rule.own_confirmations:
        if each.session in programme.lengths:
            said = _of_session(each, rule, attendance, programme, credit)
            found.append(Entitlement(Paper(Kind.SESSION, each.session), *said))
    return found


def _of_kind(
    kind: Kind, rule: AttendanceRule, attendance: Attendance, programme: Programme, credit: Credit
) -> tuple[Verdict, Reason]:
    if kind is Kind.SPEAKER:
        # That somebody was to speak is known from the registration; that they came, from the door.
        return (Verdict.DUE, Reason.SPOKE) if attendance.checked_in else (Verdict.HELD, Reason.NOT_SEEN)
    if kind is Kind.TEACHING_UNITS and attendance.minutes < TEACHING_UNIT_MINUTES:
        return Verdict.NOT_DUE, Reason.TOO_LITTLE
    return verdict(rule, attendance, programme, credit)


def _of_session(
    share: SessionShare, rule: AttendanceRule, attendance: Attendance, programme: Programme, credit: Credit
) -> tuple[Verdict, Reason]:
    if not _attended(share, programme, credit):
        return Verdict.NOT_DUE, Reason.TOO_LITTLE
    return _unless_open(rule, attendance)


def _attended(share: SessionShare, programme: Programme, credit: Credit) -> bool:
    """A session that the programme has no longer can be missed by nobody."""
    if share.session not in programme.lengths:
        return True
    minutes = credit.get(share.session, timedelta())
    wanted = share.min_share * Decimal(programme.lengths[share.session] / timedelta(seconds=1))
    return minutes > timedelta() and Decimal(minutes / timedelta(seconds=1)) >= wanted


def _unless_open(rule: AttendanceRule, attendance: Attendance) -> tuple[Verdict, Reason]:
    if rule.hold_open_stays and attendance.open_stays:
        return Verdict.HELD, Reason.OPEN_STAY
    return Verdict.DUE, Reason.ENOUGH


def decided(entitlement: Entitlement, *, is_in: bool, attendance: Attendance) -> Entitlement:
    """What an organiser has decided about a paper, instead of what the rule says.

    Minutes are never given: whoever was not seen at all has nothing that could be confirmed, except that they
    spoke.
    """
    if not is_in:
        return Entitlement(entitlement.paper, Verdict.NOT_DUE, Reason.TAKEN_OUT)
    if entitlement.paper.kind is not Kind.SPEAKER and not attendance.seconds:
        return entitlement
    return Entitlement(entitlement.paper, Verdict.DUE, Reason.TAKEN_IN)


def best(found: Sequence[Entitlement]) -> Verdict:
    """One word about a person: due where any paper is, else held where any is."""
    verdicts = {each.verdict for each in found}
    return next((each for each in (Verdict.DUE, Verdict.HELD) if each in verdicts), Verdict.NOT_DUE)
