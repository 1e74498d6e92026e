"""The two lists of an event: the one to sign in the morning, and the evidence of who was there."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.attendance import document
from services.certificates.attendance.document import (
    AddedStay,
    Evidence,
    EvidencePerson,
    EvidenceStay,
    ExpectedPerson,
    SignInSheet,
    StruckScan,
)
from services.certificates.attendance.minutes import Stay
from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import Verdict
from services.certificates.attendance.service import (
    Participation,
    attendance_of,
    list_corrections,
    rules_of,
)
from services.certificates.copies.models import Attendee, Correction, Event, Scan
from services.certificates.copies.service import list_attendees
from services.certificates.copies.wording import printable_facts, printable_texts
from services.certificates.documents.problems import Problem, check
from services.certificates.runs.models import Prepared
from services.certificates.runs.problems import listed
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import Locale


def prepare_sign_in_sheet(
    session: Session, event: Event, language: Locale, *, now: Clock = utc_now
) -> Prepared:
    """The list for signatures, with everybody who has a place by last name."""
    facts, of_event = printable_facts(event, language)
    printable, problems = _printable(list_attendees(session, event.event_id))
    sheet = SignInSheet(
        event=facts,
        persons=[ExpectedPerson(attendee.name, attendee.organisation) for attendee in printable],
        funding_reference=_reference(rules_of(session, event)),
        language=language,
        drawn_at=now(),
    )
    draw = partial(document.draw_sign_in_sheet, sheet)
    return Prepared(draw, len(printable), [*map(listed, of_event), *problems])


def prepare_evidence_list(
    session: Session, event: Event, language: Locale, *, now: Clock = utc_now
) -> Prepared:
    """Who came and went when, the corrections with their reasons, and the minutes that follow from both."""
    facts, of_event = printable_facts(event, language)
    rules = rules_of(session, event)
    attendance = attendance_of(session, event)
    printable, problems = _printable([person.attendee for person in attendance.people])
    shown = {attendee.registration_id for attendee in printable}
    corrections = _corrections(session, event.event_id)
    evidence = Evidence(
        event=facts,
        persons=[
            _evidence(person, corrections[person.attendee.registration_id])
            for person in attendance.people
            if person.attendee.registration_id in shown
        ],
        programme_minutes=attendance.programme.seconds // 60,
        required_minutes=math.ceil(rules.min_share_of_programme * attendance.programme.seconds / 60),
        funding_reference=_reference(rules),
        language=language,
        drawn_at=now(),
    )
    draw = partial(document.draw_evidence_list, evidence)
    return Prepared(draw, len(printable), [*map(listed, of_event), *problems])


def _printable(attendees: Sequence[Attendee]) -> tuple[list[Attendee], list[dict[str, Any]]]:
    """Who can be printed rightly, and what is wrong with the others."""
    found = {attendee.registration_id: _problems(attendee) for attendee in attendees}
    problems = [
        listed(problem, registration_id=attendee.registration_id, name=attendee.name)
        for attendee in attendees
        for problem in found[attendee.registration_id]
    ]
    return [attendee for attendee in attendees if not found[attendee.registration_id]], problems


def _problems(attendee: Attendee) -> list[Problem]:
    return check({"name": attendee.name, "organisation": attendee.organisation})


def _reference(rules: Rules) -> str:
    printable, _ = printable_texts({"funding_reference": rules.funding_reference})
    return printable["funding_reference"]


def _corrections(session: Session, event_id: UUID) -> dict[UUID, list[document.Correction]]:
    struck = select(Scan).join(Correction, Correction.scan_id == Scan.scan_id)
    scans = {scan.scan_id: scan for scan in session.scalars(struck.where(Correction.event_id == event_id))}
    corrections: dict[UUID, list[document.Correction]] = defaultdict(list)
    for correction in list_corrections(session, event_id):
        shown = _shown(correction, scans)
        corrections[correction.registration_id] += [shown] if shown else []
    return corrections


def _shown(correction: Correction, scans: dict[UUID, Scan]) -> document.Correction | None:
    """A correction on the list; one that strikes a scan which has not arrived yet explains nothing yet."""
    texts, _ = printable_texts({"reason": correction.reason, "author": correction.author})
    when = correction.corrected_at
    if correction.entered_at is not None and correction.left_at is not None:
        return AddedStay(correction.entered_at, correction.left_at, texts["reason"], texts["author"], when)
    scan = scans.get(correction.scan_id) if correction.scan_id else None
    if scan is None:
        return None
    direction: Literal["in", "out"] = "in" if scan.direction == "in" else "out"
    return StruckScan(scan.scanned_at, direction, texts["reason"], texts["author"], when)


def _evidence(person: Participation, corrections: Sequence[document.Correction]) -> EvidencePerson:
    return EvidencePerson(
        name=person.attendee.name,
        organisation=person.attendee.organisation,
        stays=[_stay(stay) for stay in person.attendance.stays],
        minutes=person.attendance.minutes,
        is_due=person.verdict is Verdict.DUE,
        corrections=corrections,
    )


def _stay(stay: Stay) -> EvidenceStay:
    return EvidenceStay(
        came_at=stay.span.start,
        left_at=_left(stay),
        counted_until=stay.span.end,
        is_open=stay.is_open,
        is_corrected=stay.correction_id is not None,
    )


def _left(stay: Stay) -> datetime | None:
    """The scan that ended the stay; where the next scan came after the block, the block's end counts."""
    return stay.left_at if stay.left_at == stay.span.end else None
