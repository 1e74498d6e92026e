"""Rules of an event, and the attendance that is counted by them from the copies."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.attendance.credit import Credit, credited, shares
from services.certificates.attendance.credit import Session as ProgrammeSession
from services.certificates.attendance.minutes import (
    AddedStay,
    Attendance,
    Direction,
    Slot,
    Span,
    StruckScan,
    attended,
    programme_seconds,
)
from services.certificates.attendance.minutes import Scan as DoorScan
from services.certificates.attendance.models import PaperDecision, Rules
from services.certificates.attendance.rule import (
    AttendanceRule,
    Entitlement,
    Programme,
    Verdict,
    best,
    decided,
    entitlements,
)
from services.certificates.attendance.schemas import RulesIn
from services.certificates.confirmations.checks import ask_everybody
from services.certificates.confirmations.models import Review
from services.certificates.copies.models import Attendee, Correction, Event, Scan
from services.certificates.copies.service import list_attendees, released_sessions


@dataclass(frozen=True)
class Participation:
    """One person, what was attended, and what the rule says about it."""

    attendee: Attendee
    attendance: Attendance
    credit: Credit
    entitlements: Sequence[Entitlement]

    @property
    def verdict(self) -> Verdict:
        """Whether any paper is due, or held."""
        return best(self.entitlements)


@dataclass(frozen=True)
class EventAttendance:
    """The attendance of an event (or of some of its people)."""

    programme: Programme
    people: Sequence[Participation]


@dataclass(frozen=True)
class Totals:
    """An event's attendance in numbers of people (open stays: in stays)."""

    registered: int
    checked_in: int
    open_stays: int
    due: int
    held: int


def rules_of(session: Session, event: Event) -> Rules:
    """The event's rules; the defaults (not stored) where nobody has set any."""
    return session.get(Rules, event.event_id) or Rules(
        event_id=event.event_id, organisation_id=event.organisation_id, version=0, **_columns(RulesIn())
    )


def hold_rules(session: Session, event: Event) -> Rules:
    """The event's rules, locked until the transaction ends: what is compared now cannot change before it is set.

    Where nobody has set any, the defaults are stored with version 0, so that two who are the first wait too.
    """
    defaults = {"organisation_id": event.organisation_id, "version": 0, **_columns(RulesIn())}
    session.execute(insert(Rules).values(event_id=event.event_id, **defaults).on_conflict_do_nothing())
    return session.get_one(Rules, event.event_id, with_for_update=True, populate_existing=True)


def set_rules(session: Session, event: Event, wanted: RulesIn) -> Rules:
    """Store the event's rules; from now on everybody's attendance is judged by them."""
    rules = hold_rules(session, event)
    for name, value in _columns(wanted).items():
        setattr(rules, name, value)
    rules.version += 1
    session.flush()
    ask_everybody(session, event)
    return rules


def _columns(wanted: RulesIn) -> dict[str, Any]:
    return {
        **wanted.model_dump(exclude={"mailing", "confirmations"}),
        "offers": wanted.model_dump(mode="json")["confirmations"],
        "changes": wanted.changes.value,
        "delivery": wanted.delivery.value,
        "mailing_start": wanted.mailing.start.value,
        "mailing_delay_minutes": wanted.mailing.delay_minutes,
    }


def attendance_of(
    session: Session, event: Event, registration_ids: Collection[UUID] | None = None
) -> EventAttendance:
    """Count the attendance of everybody who has a place, or of these people only."""
    yardstick = yardstick_of(_rule_in_force(session, event), released_sessions(session, event))
    scans = _scans(session, event.event_id, registration_ids)
    added, struck = _corrections(session, event.event_id, registration_ids)
    decisions = _decisions(session, event.event_id, registration_ids)
    people = []
    for attendee in list_attendees(session, event.event_id, registration_ids):
        person = attendee.registration_id
        seen = (scans[person], added[person], struck[person])
        people.append(judge(yardstick, attendee, seen, decisions[person]))
    return EventAttendance(yardstick.programme, people)


@dataclass(frozen=True)
class Yardstick:
    """What everybody at an event is measured by."""

    rule: AttendanceRule
    slots: Sequence[Slot]
    owned: Mapping[str, Sequence[Span]]
    programme: Programme


def yardstick_of(rule: AttendanceRule, sessions: Sequence[Mapping[str, Any]]) -> Yardstick:
    """What a rule and a released programme measure by."""
    slots = _slots(sessions)
    attendable = [
        ProgrammeSession(each["key"], slot.span)
        for each, slot in zip(sessions, slots, strict=True)
        if not slot.is_break
    ]
    programme = Programme(programme_seconds(slots), {each.key: each.length for each in attendable})
    return Yardstick(rule, slots, shares(attendable), programme)


def judge(
    yardstick: Yardstick,
    attendee: Attendee,
    seen: tuple[list[DoorScan], list[AddedStay], list[StruckScan]],
    decisions: Mapping[str, bool],
) -> Participation:
    """Count what was seen of one person, and apply the rule; `decisions`: paper → whether it was taken in."""
    rule = yardstick.rule
    attendance = attended(yardstick.slots, *seen, count_open_stays=rule.count_open_stays)
    credit = credited(yardstick.owned, attendance.counted)
    said = entitlements(rule, attendee.category, attendance, yardstick.programme, credit)
    judged = [
        decided(each, is_in=decisions[str(each.paper)], attendance=attendance)
        if str(each.paper) in decisions
        else each
        for each in said
    ]
    return Participation(attendee, attendance, credit, judged)


def totals_of(attendance: EventAttendance) -> Totals:
    """The numbers of an attendance."""
    people = attendance.people
    return Totals(
        registered=len(people),
        checked_in=sum(person.attendance.checked_in for person in people),
        open_stays=sum(person.attendance.open_stays for person in people),
        due=sum(person.verdict is Verdict.DUE for person in people),
        held=sum(person.verdict is Verdict.HELD for person in people),
    )


def _rule_in_force(session: Session, event: Event) -> AttendanceRule:
    """The event's rule; a finished review releases those who were held back for it."""
    rule = rules_of(session, event).attendance_rule
    is_reviewed = session.get(Review, event.event_id) is not None
    return replace(rule, hold_open_stays=False) if is_reviewed else rule


def _slots(sessions: Sequence[Mapping[str, Any]]) -> list[Slot]:
    return [
        Slot(
            Span(datetime.fromisoformat(each["starts_at"]), datetime.fromisoformat(each["ends_at"])),
            is_break=each["kind"] == "break",
        )
        for each in sessions
    ]


def _decisions(
    session: Session, event_id: UUID, registration_ids: Collection[UUID] | None
) -> dict[UUID, dict[str, bool]]:
    """Person → paper → whether an organiser has taken it in."""
    query = select(PaperDecision).where(PaperDecision.event_id == event_id)
    if registration_ids is not None:
        query = query.where(PaperDecision.registration_id.in_(registration_ids))
    decisions: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for decision in session.scalars(query):
        decisions[decision.registration_id][decision.paper] = decision.is_in
    return decisions


def _scans(
    session: Session, event_id: UUID, registration_ids: Collection[UUID] | None
) -> dict[UUID, list[DoorScan]]:
    """The scans that count: one of a cancelled ticket is kept, and gives nothing."""
    query = select(Scan).where(Scan.event_id == event_id, Scan.flag.is_(None))
    if registration_ids is not None:
        query = query.where(Scan.registration_id.in_(registration_ids))
    scans: dict[UUID, list[DoorScan]] = defaultdict(list)
    for scan in session.scalars(query):
        scans[scan.registration_id].append(DoorScan(scan.scan_id, scan.scanned_at, Direction(scan.direction)))
    return scans


def _corrections(
    session: Session, event_id: UUID, registration_ids: Collection[UUID] | None
) -> tuple[dict[UUID, list[AddedStay]], dict[UUID, list[StruckScan]]]:
    added: dict[UUID, list[AddedStay]] = defaultdict(list)
    struck: dict[UUID, list[StruckScan]] = defaultdict(list)
    for correction in list_corrections(session, event_id, registration_ids):
        person, own_id = correction.registration_id, correction.correction_id
        if correction.scan_id is not None:
            struck[person].append(StruckScan(own_id, correction.scan_id))
        elif correction.entered_at is not None and correction.left_at is not None:
            added[person].append(AddedStay(own_id, Span(correction.entered_at, correction.left_at)))
    return added, struck


def list_corrections(
    session: Session, event_id: UUID, registration_ids: Collection[UUID] | None = None
) -> Sequence[Correction]:
    """The corrections of an event in the order in which they were made."""
    query = select(Correction).where(Correction.event_id == event_id)
    if registration_ids is not None:
        query = query.where(Correction.registration_id.in_(registration_ids))
    return session.scalars(query.order_by(Correction.corrected_at, Correction.correction_id)).all()
