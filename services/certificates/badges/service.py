"""Who gets a badge, and what stands on it."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.badges import document
from services.certificates.badges.document import Badge, BadgeRun
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import list_attendees
from services.certificates.copies.wording import printable_facts
from services.certificates.runs.models import Prepared
from services.certificates.runs.problems import listed, no_ticket
from services.certificates.tickets.models import Ticket
from services.certificates.tickets.service import ticket_key
from shared.contracts.ticket_code import show_short_code, sign
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import Locale


def prepare_badges(session: Session, event: Event, language: Locale, *, now: Clock = utc_now) -> Prepared:
    """The badges of everybody who has a place. Who cannot be printed rightly is left out and listed."""
    facts, of_event = printable_facts(event, language)
    badges, problems = [], [listed(problem) for problem in of_event]
    run = BadgeRun(facts, (), language, now())
    short_codes = _short_codes(session, event.event_id)
    for attendee in list_attendees(session, event.event_id):
        if attendee.registration_id not in short_codes:
            problems.append(no_ticket(attendee.registration_id, attendee.name))
            continue
        badge = _badge(attendee, short_codes[attendee.registration_id])
        found = document.problems_of(run, badge)
        problems += [
            listed(each, registration_id=attendee.registration_id, name=attendee.name) for each in found
        ]
        badges += [] if found else [badge]
    return Prepared(partial(document.draw, replace(run, badges=badges)), len(badges), problems)


def _short_codes(session: Session, event_id: UUID) -> dict[UUID, str]:
    issued = select(Ticket.registration_id, Ticket.short_code).where(
        Ticket.event_id == event_id, Ticket.cancelled_at.is_(None)
    )
    return {row.registration_id: row.short_code for row in session.execute(issued)}


def _badge(attendee: Attendee, short_code: str) -> Badge:
    return Badge(
        first_name=attendee.first_name,
        last_name=attendee.last_name,
        organisation=attendee.organisation,
        category=attendee.category,
        ticket_code=sign(attendee.event_id, attendee.registration_id, ticket_key()),
        short_code=show_short_code(short_code),
    )
