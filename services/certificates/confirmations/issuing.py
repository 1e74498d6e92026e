"""Issuing confirmations: each person who is due gets exactly one, numbered without gaps, and a mail."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import Changes, Delivery, MailingStart
from services.certificates.attendance.service import Participation, attendance_of
from services.certificates.confirmations.bounces import NotMailable, mail_to_corrected_address
from services.certificates.confirmations.checks import is_waiting, postpone
from services.certificates.confirmations.closing import readiness_of
from services.certificates.confirmations.kinds import Paper
from services.certificates.confirmations.models import (
    Confirmation,
    Doubt,
    DueCheck,
    NumberCounter,
    Review,
    State,
)
from services.certificates.confirmations.numbers import new_code, running_number
from services.certificates.confirmations.papers import (
    Batch,
    Unprintable,
    Wanted,
    gather,
    make_paper,
    minutes_of,
)
from services.certificates.confirmations.posting import mail, withhold_mail
from services.certificates.confirmations.service import issued_to
from services.certificates.confirmations.snapshot import digest_of_holder, snapshot
from services.certificates.confirmations.trouble import trouble_of
from services.certificates.copies.models import Attendee, Event
from services.certificates.runs.files import store
from shared.contracts.certificates import ConfirmationIssued
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id
from shared.kit.outbox import publish
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# Long enough not to fill the log, short enough that a minute after the trouble everybody has their mail.
PAUSE = timedelta(seconds=30)


def issue_next(session: Session, *, limit: int, now: Clock = utc_now) -> int:
    """Look at some of the people who wait, at one event whose time has come; how many there were.

    What breaks one event holds up no other: it is looked at again after a pause.
    """
    for event in _events_whose_time_has_come(session, now()):
        try:
            with session.begin_nested():
                seen = _issue_at(session, event, limit, now)
        except Exception as problem:  # Whatever it is, other organisations' people wait behind it.
            log.error("confirmations.failed", event_id=str(event.event_id), **describe_error(problem))
            postpone(session, event.event_id, now() + PAUSE, trouble_of(problem))
        else:
            if seen:
                return seen
    return 0


def _issue_at(session: Session, event: Event, limit: int, now: Clock) -> int:
    if not readiness_of(session, event).has_come(now()):
        return 0
    checks = _take_checks(session, event, limit, now())
    if checks:
        _look_at(session, event, checks, now)
    return len(checks)


def _events_whose_time_has_come(session: Session, now: datetime) -> Sequence[Event]:
    """Closed events in which somebody waits; those that still wait for a review cost one row each, not a count."""
    waiting = exists().where(DueCheck.event_id == Event.event_id, is_waiting(now))
    by_itself = and_(
        Rules.mailing_start == MailingStart.AFTER_CLOSING.value,
        Event.closed_at + func.make_interval(0, 0, 0, 0, 0, Rules.mailing_delay_minutes) <= now,
    )
    closed = (
        select(Event)
        .outerjoin(Rules, Rules.event_id == Event.event_id)
        .outerjoin(Review, Review.event_id == Event.event_id)
        .where(Event.state == "closed", waiting, or_(by_itself, Review.reviewed_at <= now))
    )
    return session.scalars(closed.order_by(Event.closed_at)).all()


def _take_checks(session: Session, event: Event, limit: int, now: datetime) -> Sequence[DueCheck]:
    """Lock some of those who wait, by name: numbers then follow the alphabet."""
    waiting = (
        select(DueCheck)
        .outerjoin(Attendee, Attendee.registration_id == DueCheck.registration_id)
        .where(DueCheck.event_id == event.event_id, is_waiting(now))
        .order_by(Attendee.sort_key, DueCheck.registration_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=DueCheck)
    )
    return session.scalars(waiting).all()


def _look_at(session: Session, event: Event, checks: Sequence[DueCheck], now: Clock) -> None:
    ids = [check.registration_id for check in checks]
    batch = gather(session, event, attendance_of(session, event, ids), now())
    people = {person.attendee.registration_id: person for person in batch.attendance.people}
    issued = issued_to(session, ids)
    _mail_to_corrected_addresses(session, event, batch, issued)
    for check in checks:
        check.retry_at = check.trouble = None
        person = people.get(check.registration_id)
        for wanted in _wanted(batch, person, issued[check.registration_id]):
            _try_to_issue(session, batch, check, *wanted)
    # Together: each alone would be a statement before the next one's savepoint.
    for check in checks:
        if check.problem is None and check.retry_at is None:
            session.delete(check)


def _mail_to_corrected_addresses(
    session: Session, event: Event, batch: Batch, issued: Mapping[UUID, Mapping[Paper, Confirmation]]
) -> None:
    people = {person.attendee.registration_id: person.attendee for person in batch.attendance.people}
    confirmations = [each for papers in issued.values() for each in papers.values()]
    try:
        with session.begin_nested():
            mail_to_corrected_address(session, event, confirmations, people)
    except NotMailable:
        # It stays on the page of what came back, where an organiser sees the address.
        log.warning("confirmation.not_mailable", event_id=str(event.event_id))


def _wanted(
    batch: Batch, person: Participation | None, issued: Mapping[Paper, Confirmation]
) -> Iterator[tuple[Wanted, Confirmation | None]]:
    """The papers to make for somebody, each with the version that it replaces; what became doubtful is marked."""
    due = {each.paper for each in person.entitlements if each.is_due} if person else set()
    for paper, confirmation in issued.items():
        doubt = _doubt(confirmation, person if paper in due else None)
        confirmation.doubt = doubt.value if doubt else None
        if person and doubt and paper in due and _wants_new_version(batch, confirmation, doubt):
            yield Wanted(person, paper, confirmation.number), confirmation
    for paper in sorted(due - set(issued)):
        if person:
            yield Wanted(person, paper), None


def _doubt(confirmation: Confirmation, person: Participation | None) -> Doubt | None:
    """Why an organiser should look at an issued confirmation again; it is never withdrawn in silence."""
    if person is None:
        return Doubt.NO_LONGER_DUE
    printed = confirmation.facts.get("printed")
    if printed and printed != digest_of_holder(person.attendee, confirmation.code):
        return Doubt.NAME_CHANGED
    if minutes_of(person, confirmation.paper) != confirmation.attended_minutes:
        return Doubt.MINUTES_CHANGED
    return None


def _wants_new_version(batch: Batch, confirmation: Confirmation, doubt: Doubt) -> bool:
    """A name is corrected by an organiser, who wants it on the paper; about minutes the event's rule decides."""
    by_itself = doubt is Doubt.NAME_CHANGED or batch.rules.changes == Changes.NEW_VERSION.value
    return by_itself or confirmation.is_to_renew


def _try_to_issue(
    session: Session, batch: Batch, check: DueCheck, wanted: Wanted, old: Confirmation | None
) -> None:
    """What cannot be printed waits for an organiser, and gives its number back with its savepoint.

    Whatever else goes wrong is tried again after a pause: a full disk is emptied some day.
    """
    try:
        with session.begin_nested():
            _issue(session, batch, wanted, old)
    except Unprintable as trouble:
        log.warning("confirmation.unprintable", registration=str(check.registration_id))
        check.problem = trouble.problem["what"]
    except Exception as problem:  # One person's trouble must not keep the others from theirs.
        log.error("confirmation.failed", registration=str(check.registration_id), **describe_error(problem))
        check.retry_at, check.trouble = batch.issued_at + PAUSE, trouble_of(problem)


def _issue(session: Session, batch: Batch, wanted: Wanted, old: Confirmation | None) -> None:
    count = next_count(session, batch.event.organisation_id, batch.year)
    number, code = running_number(batch.rules.number_prefix, batch.year, count), new_code()
    paper = make_paper(batch, wanted, number, code)
    if old:
        _replace(session, old, number)
    attendee = wanted.person.attendee
    file = f"confirmations/{attendee.registration_id}/{number}.pdf"
    confirmation = Confirmation(
        confirmation_id=new_id(),
        organisation_id=batch.event.organisation_id,
        event_id=batch.event.event_id,
        registration_id=attendee.registration_id,
        kind=wanted.paper.kind.value,
        session_key=wanted.paper.session,
        year=batch.year,
        count=count,
        number=number,
        code=code,
        state=State.VALID.value,
        attended_minutes=minutes_of(wanted.person, wanted.paper),
        facts=snapshot(batch, wanted, code),
        issued_at=batch.issued_at,
        file=file,
        sha256=store(file, paper),
        replaces=wanted.replaces or None,
        mailings=1,
    )
    session.add(confirmation)
    session.flush()
    _tell(session, confirmation)
    mail(session, batch.event, attendee, confirmation, paper, Delivery(batch.rules.delivery))


def _replace(session: Session, old: Confirmation, number: str) -> None:
    """The version before is no longer valid, and its page says by which number it was replaced."""
    old.state, old.doubt, old.is_to_renew, old.replaced_by = State.REVOKED.value, None, False, number
    withhold_mail(session, old)
    # Before the new one is valid: nobody has two of the same.
    session.flush()


def next_count(session: Session, organisation_id: UUID, year: int) -> int:
    """The next running number. The row stays locked until the transaction ends: no gap, and none twice."""
    first = insert(NumberCounter).values(organisation_id=organisation_id, year=year, last=1)
    counted = first.on_conflict_do_update(
        index_elements=[NumberCounter.organisation_id, NumberCounter.year],
        set_={"last": NumberCounter.last + 1},
    )
    return session.scalars(counted.returning(NumberCounter.last)).one()


def _tell(session: Session, confirmation: Confirmation) -> None:
    message = ConfirmationIssued(
        organisation_id=confirmation.organisation_id,
        sequence=1,
        confirmation_id=confirmation.confirmation_id,
        event_id=confirmation.event_id,
        registration_id=confirmation.registration_id,
        number=confirmation.number,
        attended_minutes=confirmation.attended_minutes,
        issued_at=confirmation.issued_at,
    )
    publish(session, message)
