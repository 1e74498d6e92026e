"""Looking at who gets what before it is sent, and deciding about single people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.attendance.models import PaperDecision
from services.certificates.attendance.rule import Entitlement, Reason, Verdict
from services.certificates.attendance.service import Participation, attendance_of
from services.certificates.confirmations.checks import ask
from services.certificates.confirmations.kinds import Paper
from services.certificates.confirmations.models import Confirmation
from services.certificates.confirmations.service import issued_to
from services.certificates.copies.models import Event
from services.certificates.copies.service import released_sessions
from services.certificates.review.schemas import LONGEST_REASON
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_


class PaperNotFound(NotFound):
    """This person cannot get such a confirmation at this event."""


class NothingProven(Conflict):
    """Nothing shows that this person was there. Please add a stay with its reason at the attendees first."""


@dataclass(frozen=True)
class Line:
    """One paper of one person: what holds, why, who said so, and what was issued."""

    person: Participation
    entitlement: Entitlement
    decision: PaperDecision | None
    confirmation: Confirmation | None


@dataclass(frozen=True)
class ReviewList:
    """Everybody's papers: how many are due, held and not due of each, and the lines that were asked for."""

    counts: dict[Paper, Counter[Verdict]]
    titles: dict[str, str]
    lines: Sequence[Line]


def review_list(session: Session, event: Event, *, only: Verdict | None = None) -> ReviewList:
    """Who gets what, by name; with `only` the papers of that verdict alone."""
    people = attendance_of(session, event).people
    counts: dict[Paper, Counter[Verdict]] = {}
    for person in people:
        for each in person.entitlements:
            counts.setdefault(each.paper, Counter())[each.verdict] += 1
    titles = {each["key"]: each["title"] for each in released_sessions(session, event)}
    return ReviewList(dict(sorted(counts.items())), titles, _lines(session, event, people, only))


def _lines(
    session: Session, event: Event, people: Sequence[Participation], only: Verdict | None
) -> list[Line]:
    issued = issued_to(session, [person.attendee.registration_id for person in people])
    taken = select(PaperDecision).where(PaperDecision.event_id == event.event_id)
    decisions = {(each.registration_id, each.paper): each for each in session.scalars(taken)}
    return [
        Line(
            person,
            each,
            decisions.get((person.attendee.registration_id, str(each.paper))),
            issued[person.attendee.registration_id].get(each.paper),
        )
        for person in people
        for each in person.entitlements
        if only in (None, each.verdict)
    ]


def decide(
    session: Session,
    event: Event,
    registration_id: UUID,
    paper: str,
    *,
    is_in: bool | None,
    reason: str,
    author: str,
    now: Clock = utc_now,
) -> Entitlement:
    """Take somebody's paper in or out, or (None) leave it to the rules again; what holds then.

    Raises Invalid without a reason, PaperNotFound, and NothingProven for somebody who was never seen.
    """
    reason = " ".join(reason.split())
    if is_in is not None and not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid([FieldError("reason", N_("Please give a reason, in at most 500 characters."))])
    _entitlement(session, event, registration_id, paper)
    # Whoever issues holds the person's check and then reads the decisions.
    ask(session, event.organisation_id, event.event_id, registration_id)
    if is_in is None:
        mine = [PaperDecision.registration_id == registration_id, PaperDecision.paper == paper]
        session.execute(delete(PaperDecision).where(*mine))
        return _entitlement(session, event, registration_id, paper)
    facts = {"is_in": is_in, "reason": reason, "author": author, "decided_at": now()}
    row = insert(PaperDecision).values(
        registration_id=registration_id,
        paper=paper,
        organisation_id=event.organisation_id,
        event_id=event.event_id,
        **facts,
    )
    keys = [PaperDecision.registration_id, PaperDecision.paper]
    session.execute(row.on_conflict_do_update(index_elements=keys, set_=facts))
    session.expire_all()
    held = _entitlement(session, event, registration_id, paper)
    if is_in and held.reason is not Reason.TAKEN_IN:
        raise NothingProven
    return held


def _entitlement(session: Session, event: Event, registration_id: UUID, paper: str) -> Entitlement:
    people = attendance_of(session, event, [registration_id]).people
    found = [each for person in people for each in person.entitlements if str(each.paper) == paper]
    if not found:
        raise PaperNotFound
    return found[0]
