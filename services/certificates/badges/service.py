"""Who gets a badge, and what stands on it."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.badges import document
from services.certificates.badges.document import Badge, BadgeRun, WayLine
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import list_attendees
from services.certificates.copies.wording import language_of, printable_facts, printable_texts
from services.certificates.documents.problems import Problem
from services.certificates.layouts.service import layout_of, pictures_of
from services.certificates.runs.models import Prepared
from services.certificates.runs.problems import listed, no_ticket
from services.certificates.tickets.models import Ticket
from services.certificates.tickets.service import ticket_key
from services.certificates.ways.lines import Way, places_of
from services.certificates.ways.service import ways_of
from shared.contracts.ticket_code import show_short_code, sign
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import Locale


def prepare_badges(session: Session, event: Event, language: Locale, *, now: Clock = utc_now) -> Prepared:
    """The badges of everybody who has a place. Who cannot be printed rightly is left out and listed."""
    facts, of_event = printable_facts(event, language)
    badges, problems = [], [listed(problem) for problem in of_event]
    layout = layout_of(session, event)
    pictures = pictures_of(session, event.organisation_id, layout)
    run = BadgeRun(facts, (), language, now(), layout, pictures)
    people = list_attendees(session, event.event_id)
    known = badges_of(session, event, people)
    for attendee in people:
        if attendee.registration_id not in known:
            problems.append(no_ticket(attendee.registration_id, attendee.name))
            continue
        badge = known[attendee.registration_id]
        found = document.problems_of(run, badge)
        problems += [
            listed(each, registration_id=attendee.registration_id, name=attendee.name)
            for each in found or left_out(attendee)
        ]
        badges += [] if found else [badge]
    return Prepared(partial(document.draw, replace(run, badges=badges)), len(badges), problems)


def badges_of(session: Session, event: Event, people: Sequence[Attendee]) -> dict[UUID, Badge]:
    """The badges of these people, by registration; whose ticket is not issued yet has none."""
    registrations = [person.registration_id for person in people]
    short_codes = short_codes_of(session, event.event_id, registrations)
    ways, language = ways_of(session, event.event_id, registrations), language_of(event.default_locale)
    return {
        person.registration_id: _badge(
            person,
            short_codes[person.registration_id],
            _way_lines(ways[person.registration_id], event.timezone, language),
        )
        for person in people
        if person.registration_id in short_codes
    }


def short_codes_of(session: Session, event_id: UUID, registrations: Collection[UUID]) -> dict[UUID, str]:
    """The short codes of those among them who have a ticket."""
    issued = select(Ticket.registration_id, Ticket.short_code).where(
        Ticket.event_id == event_id,
        Ticket.cancelled_at.is_(None),
        Ticket.registration_id.in_(registrations),
    )
    return {row.registration_id: row.short_code for row in session.execute(issued)}


def _way_lines(ways: Sequence[Way], timezone: str, language: Locale) -> tuple[WayLine, ...]:
    """Each round at a table with a title; tables that have only numbers stand in one line, round by round.

    A title that no font can print must not cost anybody the badge.
    """
    zone = ZoneInfo(timezone)
    return tuple(
        WayLine(begin.astimezone(zone).strftime("%H:%M"), _printable(way.session), _printable(place))
        for way in ways
        for begin, place in places_of(way, language=language)
    )


# The same few titles stand on everybody's badge.
@lru_cache(maxsize=1024)
def _printable(text: str) -> str:
    return printable_texts({"session": text})[0]["session"]


def left_out(attendee: Attendee) -> list[Problem]:
    """What a badge cannot show of these texts, and shows the rest."""
    return document.printable(_told(attendee))[1]


def _told(attendee: Attendee) -> Badge:
    return Badge(attendee.first_name, attendee.last_name, attendee.organisation, attendee.category, "", "")


def _badge(attendee: Attendee, short_code: str, way: tuple[WayLine, ...]) -> Badge:
    return replace(
        document.printable(_told(attendee))[0],
        ticket_code=sign(attendee.event_id, attendee.registration_id, ticket_key()),
        short_code=show_short_code(short_code),
        way=way,
    )


def content_of(badge: Badge) -> str:
    """The SHA-256 of what stands on a badge: another one means that it has to be printed again.

    Only what is filled in counts, so that a badge that learns to show more has not changed for those without it.
    """
    shown = {name: value for name, value in asdict(badge).items() if value}
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
