"""Issuing confirmations: each person who is due gets exactly one, numbered without gaps, and a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.attendance.models import Rules
from services.certificates.attendance.rule import MailingStart, Verdict
from services.certificates.attendance.service import EventAttendance, Participation, attendance_of, rules_of
from services.certificates.confirmations import document, letters
from services.certificates.confirmations.checks import ask, ask_everybody, is_waiting, postpone
from services.certificates.confirmations.letters import ConfirmationFacts
from services.certificates.confirmations.models import Confirmation, DueCheck, NumberCounter, Review, State
from services.certificates.confirmations.names import abbreviated
from services.certificates.confirmations.numbers import (
    new_code,
    running_number,
    shown_code,
    teaching_units,
    typed_code,
)
from services.certificates.confirmations.readiness import Amounts, Closing, Readiness, readiness
from services.certificates.copies.models import (
    AttendanceTotals,
    Attendee,
    Correction,
    Event,
    ProgrammeRelease,
    Scan,
)
from services.certificates.copies.service import released_sessions
from services.certificates.copies.wording import facts_of, language_of, printable_facts, printable_texts
from services.certificates.mailing.service import post
from services.certificates.runs.files import read, store
from services.certificates.runs.problems import listed, not_mailable
from services.certificates.runtime import settings
from shared.contracts.certificates import ConfirmationIssued
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id
from shared.kit.i18n import N_
from shared.kit.mail import Attachment, Letter
from shared.kit.outbox import publish
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# Long enough not to fill the log, short enough that a minute after the trouble everybody has their mail.
PAUSE = timedelta(seconds=30)


class ConfirmationNotFound(NotFound):
    """There is no confirmation with this code. Please compare it with the one on the paper."""


class EventNotClosed(Conflict):
    """This event is not closed yet."""


class Unprintable(Exception):
    """A confirmation that cannot be printed or mailed as it should be: somebody has to look at it."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["what"])
        self.problem = problem


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
            postpone(session, event.event_id, now() + PAUSE)
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


def readiness_of(session: Session, event: Event) -> Readiness:
    """Whether this closed event's confirmations may go out, and what is missing. Raises EventNotClosed."""
    return readiness(closing_of(session, event))


def closing_of(session: Session, event: Event) -> Closing:
    """What is known about a closed event, as `readiness` wants it. Raises EventNotClosed."""
    if event.closed_at is None:
        raise EventNotClosed
    rules = rules_of(session, event)
    totals = session.get(AttendanceTotals, event.event_id)
    review = session.get(Review, event.event_id)
    return Closing(
        closed_at=event.closed_at,
        has_programme=_has_programme(session, event),
        expected=Amounts(totals.registrations, totals.scans, totals.corrections) if totals else None,
        arrived=_arrived(session, event.event_id),
        start=MailingStart(rules.mailing_start),
        delay=timedelta(minutes=rules.mailing_delay_minutes),
        reviewed_at=review.reviewed_at if review else None,
    )


def _has_programme(session: Session, event: Event) -> bool:
    if event.closed_release is None:
        return True
    return session.get(ProgrammeRelease, (event.event_id, event.closed_release)) is not None


def _arrived(session: Session, event_id: UUID) -> Amounts:
    def count(model: type[Attendee] | type[Scan] | type[Correction]) -> int:
        rows = select(func.count()).select_from(model).where(model.event_id == event_id)
        return session.scalar(rows) or 0

    return Amounts(count(Attendee), count(Scan), count(Correction))


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
    batch = _batch(session, event, attendance_of(session, event, ids), now)
    people = {person.attendee.registration_id: person for person in batch.attendance.people}
    issued = issued_to(session, ids)
    for check in checks:
        check.retry_at = None
        person = people.get(check.registration_id)
        confirmation = issued.get(check.registration_id)
        is_due = person is not None and person.verdict is Verdict.DUE
        if confirmation is not None:
            confirmation.doubt = _doubt(confirmation, person, is_due=is_due)
        elif person is not None and is_due:
            _try_to_issue(session, batch, check, person)
        if check.problem is None and check.retry_at is None:
            session.delete(check)


@dataclass(frozen=True)
class Batch:
    """What the confirmations of one batch share."""

    event: Event
    attendance: EventAttendance
    number_prefix: str
    sessions: Sequence[document.SessionFacts]
    issued_at: datetime

    @property
    def programme_minutes(self) -> int:
        return self.attendance.programme_seconds // 60

    @property
    def year(self) -> int:
        """The year of the running numbers: in which the organiser issues them."""
        return self.issued_at.astimezone(ZoneInfo(self.event.timezone)).year


def _batch(session: Session, event: Event, attendance: EventAttendance, now: Clock) -> Batch:
    return Batch(
        event=event,
        attendance=attendance,
        number_prefix=rules_of(session, event).number_prefix,
        sessions=[_session_facts(each) for each in released_sessions(session, event)],
        issued_at=now(),
    )


def _session_facts(each: dict[str, Any]) -> document.SessionFacts:
    starts_at, ends_at = (datetime.fromisoformat(each[name]) for name in ("starts_at", "ends_at"))
    texts, _ = printable_texts({"title": each["title"], "speakers": ", ".join(each["speakers"])})
    return document.SessionFacts(
        title=texts["title"],
        starts_at=starts_at,
        minutes=(ends_at - starts_at) // timedelta(minutes=1),
        speakers=texts["speakers"],
        is_break=each["kind"] == "break",
    )


def issued_to(session: Session, registration_ids: Sequence[UUID]) -> dict[UUID, Confirmation]:
    """The valid confirmations of these people."""
    valid = select(Confirmation).where(
        Confirmation.registration_id.in_(registration_ids), Confirmation.state == State.VALID.value
    )
    return {confirmation.registration_id: confirmation for confirmation in session.scalars(valid)}


def _doubt(confirmation: Confirmation, person: Participation | None, *, is_due: bool) -> str | None:
    """Why an organiser should look at an issued confirmation again; it is never withdrawn in silence."""
    if person is None or not is_due:
        return "no_longer_due"
    if person.attendance.minutes != confirmation.attended_minutes:
        return "minutes_changed"
    return None


def _try_to_issue(session: Session, batch: Batch, check: DueCheck, person: Participation) -> None:
    """What cannot be printed waits for an organiser, and gives its number back with its savepoint.

    Whatever else goes wrong is tried again after a pause: a full disk is emptied some day.
    """
    try:
        with session.begin_nested():
            _issue(session, batch, person)
    except Unprintable as trouble:
        log.warning("confirmation.unprintable", registration=str(check.registration_id))
        check.problem = trouble.problem["what"]
    except Exception as problem:  # One person's trouble must not keep the others from theirs.
        log.error("confirmation.failed", registration=str(check.registration_id), **describe_error(problem))
        check.retry_at = batch.issued_at + PAUSE


def _issue(session: Session, batch: Batch, person: Participation) -> None:
    count = next_count(session, batch.event.organisation_id, batch.year)
    number, code = running_number(batch.number_prefix, batch.year, count), new_code()
    paper = _draw(batch, person, number, code)
    file = f"confirmations/{person.attendee.registration_id}/{number}.pdf"
    confirmation = Confirmation(
        confirmation_id=new_id(),
        organisation_id=batch.event.organisation_id,
        event_id=batch.event.event_id,
        registration_id=person.attendee.registration_id,
        year=batch.year,
        count=count,
        number=number,
        code=code,
        state=State.VALID.value,
        attended_minutes=person.attendance.minutes,
        facts=_snapshot(batch, person),
        issued_at=batch.issued_at,
        file=file,
        sha256=store(file, paper),
    )
    session.add(confirmation)
    session.flush()
    _tell(session, confirmation)
    _mail(session, batch.event, person.attendee, confirmation, paper)


def next_count(session: Session, organisation_id: UUID, year: int) -> int:
    """The next running number. The row stays locked until the transaction ends: no gap, and none twice."""
    first = insert(NumberCounter).values(organisation_id=organisation_id, year=year, last=1)
    counted = first.on_conflict_do_update(
        index_elements=[NumberCounter.organisation_id, NumberCounter.year],
        set_={"last": NumberCounter.last + 1},
    )
    return session.scalars(counted.returning(NumberCounter.last)).one()


def _draw(batch: Batch, person: Participation, number: str, code: str) -> bytes:
    language = language_of(person.attendee.locale)
    facts, _ = printable_facts(batch.event, language)
    paper = document.Confirmation(
        event=facts,
        name=person.attendee.name,
        organisation=person.attendee.organisation,
        sessions=batch.sessions,
        attended_minutes=person.attendance.minutes,
        programme_minutes=batch.programme_minutes,
        number=number,
        address=address_of(code),
        language=language,
        issued_at=batch.issued_at,
    )
    if problems := document.problems_of(paper):
        raise Unprintable(listed(problems[0]))
    return document.draw(paper)


def address_of(code: str) -> str:
    """The public page of a confirmation."""
    return f"{settings.public_url}/certificates/v/{shown_code(code)}"


def _snapshot(batch: Batch, person: Participation) -> dict[str, Any]:
    """What the public page shows: it must say the same when the event is long gone."""
    event, attendee = batch.event, person.attendee
    return {
        "organiser": event.organiser,
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "timezone": event.timezone,
        "place": facts_of(event, language_of(event.default_locale)).place,
        "name": abbreviated(attendee.first_name, attendee.last_name),
        "programme_minutes": batch.programme_minutes,
        "teaching_units": teaching_units(person.attendance.minutes),
        "stays": [
            {
                "entered_at": stay.span.start.isoformat(),
                "left_at": stay.left_at.isoformat() if stay.left_at else None,
                "scans": [str(scan_id) for scan_id in stay.scan_ids],
                "correction": str(stay.correction_id) if stay.correction_id else None,
            }
            for stay in person.attendance.stays
        ],
    }


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


def _mail(
    session: Session, event: Event, attendee: Attendee, confirmation: Confirmation, paper: bytes
) -> None:
    language = language_of(attendee.locale)
    facts = ConfirmationFacts(
        event=facts_of(event, language),
        name=attendee.name,
        number=confirmation.number,
        attended_minutes=confirmation.attended_minutes,
        address=address_of(confirmation.code),
    )
    letter = Letter(
        kind="confirmation",
        subject=letters.subject(facts.event, language),
        body=letters.body(facts, language),
        language=language,
        attachments=[Attachment(f"{confirmation.number}.pdf", paper)],
    )
    try:
        post(session, event, attendee, letter, reason=f"confirmation:{confirmation.confirmation_id}")
    except ValueError as problem:
        raise Unprintable(not_mailable(attendee.email)) from problem


def finish_review(session: Session, event: Event, by: UUID, *, now: Clock = utc_now) -> None:
    """The organiser has looked at the attendance: from now on who is due gets a confirmation.

    Raises EventNotClosed. A second time changes nothing.
    """
    if event.state != "closed":
        raise EventNotClosed
    review = insert(Review).values(
        event_id=event.event_id,
        organisation_id=event.organisation_id,
        reviewed_at=now(),
        reviewed_by=by,
    )
    session.execute(review.on_conflict_do_nothing())
    ask_everybody(session, event)


def withdraw(session: Session, confirmation: Confirmation) -> None:
    """The organiser takes a confirmation back: its page says so, and who is still due gets a new one.

    A second time changes nothing.
    """
    if confirmation.state == State.REVOKED.value:
        return
    # Whoever issues holds the person's check and then changes the confirmation: in this order too, or both
    # would wait for each other. What was read before the wait may have changed.
    ask(session, confirmation.organisation_id, confirmation.event_id, confirmation.registration_id)
    session.refresh(confirmation, with_for_update=True)
    confirmation.state = State.REVOKED.value
    confirmation.doubt = None


def find_by_code(session: Session, typed: str) -> Confirmation:
    """The confirmation with this verification code, however it was typed. Raises ConfirmationNotFound."""
    found = session.scalar(select(Confirmation).where(Confirmation.code == typed_code(typed)))
    if found is None:
        raise ConfirmationNotFound
    return found


def find_issued(session: Session, event: Event, confirmation_id: UUID) -> Confirmation:
    """A confirmation of this event. Raises ConfirmationNotFound."""
    found = session.get(Confirmation, confirmation_id)
    if found is None or found.event_id != event.event_id:
        raise ConfirmationNotFound
    return found


def list_issued(
    session: Session, event_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Confirmation]:
    """Confirmations of an event by number, after this one; one more than `limit`, if there is a next page.

    Raises Invalid for a confirmation that the event does not have.
    """
    by_number = (Confirmation.year, Confirmation.count)
    issued = select(Confirmation).where(Confirmation.event_id == event_id).order_by(*by_number)
    if after is not None:
        last = session.get(Confirmation, after)
        if last is None or last.event_id != event_id:
            raise Invalid([FieldError("cursor", N_("This is no cursor of a page."))])
        issued = issued.where(tuple_(*by_number) > tuple_(literal(last.year), literal(last.count)))
    return session.scalars(issued.limit(limit + 1)).all()


def count_valid(session: Session, event_id: UUID) -> int:
    """How many people of an event have a confirmation."""
    valid = select(func.count()).where(
        Confirmation.event_id == event_id, Confirmation.state == State.VALID.value
    )
    return session.scalar(valid) or 0


def paper_of(confirmation: Confirmation) -> bytes:
    """The PDF as it was issued."""
    return read(confirmation.file)


def unprintable_people(session: Session, event_id: UUID) -> dict[UUID, str]:
    """Who is due and cannot be printed: registration → what is wrong."""
    waiting = select(DueCheck.registration_id, DueCheck.problem)
    stuck = waiting.where(DueCheck.event_id == event_id, DueCheck.problem.is_not(None))
    return {registration_id: problem or "" for registration_id, problem in session.execute(stuck)}
