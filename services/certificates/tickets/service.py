"""Tickets: one for each person who has a place, mailed with everything that person needs."""

import base64
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import hold_event
from services.certificates.copies.wording import facts_of, language_of, printable_facts
from services.certificates.mailing.service import post, reply_address
from services.certificates.runs.problems import listed, not_mailable
from services.certificates.runtime import settings
from services.certificates.tickets import document, letters
from services.certificates.tickets.calendar import Invitation, Method, calendar
from services.certificates.tickets.codes import new_short_code
from services.certificates.tickets.letters import Occasion, TicketFacts
from services.certificates.tickets.models import Ticket
from shared.contracts.certificates import TicketIssued
from shared.contracts.ticket_code import show_short_code, sign
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import Locale
from shared.kit.mail import Attachment, Calendar, Letter
from shared.kit.outbox import publish
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# What failed once may be over in a minute; what fails for hours waits for somebody to mend it.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


def look_at_tickets_of(session: Session, event_id: UUID) -> None:
    """An event has changed: whoever was told something else hears of it, a few people at a time."""
    event = session.get_one(Event, event_id)
    people = select(Ticket.registration_id).where(Ticket.event_id == event_id, Ticket.cancelled_at.is_(None))
    if event.state != "cancelled":
        people = people.where(Ticket.calendar_version < event.calendar_version)
    told = update(Attendee).where(Attendee.registration_id.in_(people))
    now_due = told.values(ticket_due_at=utc_now(), ticket_failures=0)
    session.execute(now_due.execution_options(synchronize_session=False))


def look_at_next_tickets(session: Session, *, limit: int, now: Clock = utc_now) -> int:
    """Look at people whose tickets have waited longest and whose event is here; how many there were."""
    due = (
        select(Attendee.registration_id)
        .join(Event, Event.event_id == Attendee.event_id)
        .where(Attendee.ticket_due_at <= now())
        .order_by(Attendee.ticket_due_at, Attendee.registration_id)
        .limit(limit)
    )
    people = session.scalars(due).all()
    for registration_id in people:
        try_ticket(session, registration_id, now=now)
    return len(people)


def try_ticket(session: Session, registration_id: UUID, *, now: Clock = utc_now) -> None:
    """Look at somebody's ticket; one that cannot be made waits longer each time, behind everybody else's."""
    try:
        with session.begin_nested():
            look_at_ticket(session, registration_id)
    except Exception as problem:  # One ticket that cannot be made must not keep the others from being made.
        log.error("ticket.failed", registration=str(registration_id), **describe_error(problem))
        _postpone(session, registration_id, now())


def _postpone(session: Session, registration_id: UUID, now: datetime) -> None:
    """With its savepoint the failed look has given its lock back: whoever has it now sees to the ticket."""
    attendee = session.get(
        Attendee, registration_id, with_for_update={"skip_locked": True}, populate_existing=True
    )
    if attendee is None or attendee.ticket_due_at is None:
        return
    attendee.ticket_failures += 1
    attendee.ticket_due_at = now + min(FIRST_WAIT * 2 ** min(attendee.ticket_failures - 1, 10), LONGEST_WAIT)


def look_at_ticket(session: Session, registration_id: UUID) -> None:
    """Issue, renew or cancel somebody's ticket, as the copies demand; without the event it waits.

    Somebody whom another transaction is looking at is left to it.
    """
    event = hold_event(session, session.get_one(Attendee, registration_id).event_id)
    attendee = session.get(
        Attendee, registration_id, with_for_update={"skip_locked": True}, populate_existing=True
    )
    if event is None or attendee is None or attendee.ticket_due_at is None:
        return
    attendee.ticket_due_at, attendee.ticket_failures = None, 0
    ticket = session.scalar(select(Ticket).where(Ticket.registration_id == registration_id))
    if _is_too_late(event, attendee, ticket):
        return
    if attendee.is_confirmed and event.state != "cancelled":
        _issue_or_renew(session, event, attendee, ticket)
    elif ticket is not None and ticket.cancelled_at is None:
        _cancel(session, event, attendee, ticket)


def _is_too_late(event: Event, attendee: Attendee, ticket: Ticket | None) -> bool:
    """After an event only those hear of it who had registered in time and whose message was overtaken."""
    if event.state != "closed" or event.closed_at is None:
        return False
    return ticket is not None or attendee.registered_at > event.closed_at


def _issue_or_renew(session: Session, event: Event, attendee: Attendee, ticket: Ticket | None) -> None:
    if ticket is None:
        ticket = _new_ticket(session, event, attendee)
        session.add(ticket)
        session.flush()
        _tell_the_door(session, ticket)
        occasion = Occasion.ISSUED
    elif ticket.cancelled_at is not None:
        ticket.cancelled_at = None
        ticket.version += 1
        ticket.calendar_sequence += 1
        _tell_the_door(session, ticket)
        occasion = Occasion.ISSUED
    elif ticket.calendar_version < event.calendar_version:
        ticket.calendar_sequence += 1
        occasion = Occasion.EVENT_CHANGED
    elif _is_up_to_date(ticket, attendee):
        return
    else:
        occasion = Occasion.NAME_CHANGED
    _mail_ticket(session, event, attendee, ticket, occasion)


def _new_ticket(session: Session, event: Event, attendee: Attendee) -> Ticket:
    return Ticket(
        organisation_id=attendee.organisation_id,
        event_id=attendee.event_id,
        registration_id=attendee.registration_id,
        short_code=_free_short_code(session, attendee.event_id),
        version=1,
        mailed=0,
        issued_at=utc_now(),
        calendar_sequence=0,
        calendar_version=event.calendar_version,
        printed_name="",
        printed_organisation="",
        recipient="",
        problems=[],
    )


def _free_short_code(session: Session, event_id: UUID) -> str:
    """A code that the event does not have; of two made at the same instant the database refuses one."""
    while True:
        code = new_short_code()
        taken = select(Ticket.ticket_id).where(Ticket.event_id == event_id, Ticket.short_code == code)
        if session.scalar(taken) is None:
            return code


def _is_up_to_date(ticket: Ticket, attendee: Attendee) -> bool:
    printed = (ticket.printed_name, ticket.printed_organisation, ticket.recipient)
    return printed == (attendee.name, attendee.organisation, attendee.email)


def _tell_the_door(session: Session, ticket: Ticket) -> None:
    message = TicketIssued(
        organisation_id=ticket.organisation_id,
        sequence=ticket.version,
        ticket_id=ticket.ticket_id,
        event_id=ticket.event_id,
        registration_id=ticket.registration_id,
        short_code=ticket.short_code,
        public_key=_public_key(),
    )
    publish(session, message)


def _mail_ticket(
    session: Session, event: Event, attendee: Attendee, ticket: Ticket, occasion: Occasion
) -> None:
    language = language_of(attendee.locale)
    ticket.calendar_version = event.calendar_version
    ticket.printed_name, ticket.printed_organisation = attendee.name, attendee.organisation
    ticket.recipient = attendee.email
    paper, ticket.problems = _draw(event, attendee, ticket, language)
    _post(session, event, attendee, ticket, occasion, [Attachment("ticket.pdf", paper)])


def _draw(
    event: Event, attendee: Attendee, ticket: Ticket, language: Locale
) -> tuple[bytes, list[dict[str, Any]]]:
    """The paper, and what of it could not be printed."""
    facts, of_event = printable_facts(event, language)
    wanted = document.Ticket(
        event=facts,
        name=attendee.name,
        organisation=attendee.organisation,
        category=attendee.category,
        ticket_code=sign(attendee.event_id, attendee.registration_id, ticket_key()),
        short_code=show_short_code(ticket.short_code),
        link=attendee.link,
        language=language,
        issued_at=ticket.issued_at,
    )
    printable, problems = document.printable(wanted)
    return document.draw(printable), [listed(problem) for problem in [*of_event, *problems]]


def _cancel(session: Session, event: Event, attendee: Attendee, ticket: Ticket) -> None:
    ticket.cancelled_at = utc_now()
    ticket.calendar_sequence += 1
    occasion = Occasion.CALLED_OFF if event.state == "cancelled" else Occasion.CANCELLED
    _post(session, event, attendee, ticket, occasion, [])


def _post(
    session: Session,
    event: Event,
    attendee: Attendee,
    ticket: Ticket,
    occasion: Occasion,
    attachments: list[Attachment],
) -> None:
    language = language_of(attendee.locale)
    ticket.mailed += 1
    facts = TicketFacts(
        event=facts_of(event, language),
        name=attendee.name,
        short_code=show_short_code(ticket.short_code),
        link=attendee.link,
        is_promoted=attendee.promoted,
    )
    letter = Letter(
        kind=occasion.value,
        subject=letters.subject(occasion, facts.event, language),
        body=letters.body(occasion, facts, language),
        language=language,
        attachments=attachments,
        calendar=_calendar(event, attendee, ticket, occasion, language),
    )
    try:
        post(session, event, attendee, letter, reason=f"ticket:{ticket.ticket_id}:{ticket.mailed}")
    except ValueError:
        # Registration has taken an address that mail cannot carry: the organiser sees it, the ticket is valid.
        log.warning("ticket.not_mailable", registration=str(attendee.registration_id))
        ticket.problems = [*ticket.problems, not_mailable(attendee.email)]


def _calendar(
    event: Event, attendee: Attendee, ticket: Ticket, occasion: Occasion, language: Locale
) -> Calendar:
    facts, organiser = facts_of(event, language), reply_address(event)
    invitation = Invitation(
        registration_id=attendee.registration_id,
        sequence=ticket.calendar_sequence,
        title=facts.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        location=facts.place,
        url=f"{settings.public_url}/e/{event.slug}",
        organiser_name=event.organiser,
        organiser_email=organiser.address,
        attendee_name=attendee.name,
        attendee_email=attendee.email,
    )
    method = Method.CANCEL if occasion in letters.FAREWELLS else Method.REQUEST
    return Calendar(calendar(invitation, method, utc_now()), method.value)


def _public_key() -> str:
    raw = ticket_key().public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def ticket_key() -> Ed25519PrivateKey:
    """The key that signs tickets. Raises TypeError for a key file of another kind."""
    key = load_pem_private_key(settings.ticket_private_key, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("The ticket key must be an Ed25519 key: `treffpunkt secrets make` makes one.")
    return key
