"""Who gets a badge, and what stands on it."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.badges import document
from services.certificates.badges.agenda import agenda_of, day_of
from services.certificates.badges.document import AgendaLine, Badge, BadgeRun, WayLine
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.service import list_attendees, released_sessions
from services.certificates.copies.wording import facts_of, language_of, printable_facts, printable_texts
from services.certificates.documents.dates import clock
from services.certificates.documents.event import EventFacts
from services.certificates.documents.problems import Problem
from services.certificates.layouts import templates
from services.certificates.layouts.layout import Layout
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

# What may be another text on each badge; all else is told of everybody at once.
OF_PERSON = frozenset((*templates.OF_PERSON, "way"))


def prepare_badges(session: Session, event: Event, language: Locale, *, now: Clock = utc_now) -> Prepared:
    """The badges of everybody who has a place. Who cannot be printed rightly is left out and listed."""
    facts, of_event = printable_facts(event, language)
    badges, problems = [], [listed(problem) for problem in of_event]
    layout = layout_of(session, event)
    pictures = pictures_of(session, event.organisation_id, layout)
    run = BadgeRun(facts, (), language, now(), layout, pictures)
    people = list_attendees(session, event.event_id)
    agenda, of_sessions = programme_of(session, event, layout, language)
    problems += [listed(problem) for problem in of_sessions]
    known = badges_of(session, event, people, agenda, has_ways="way" in layout.lists)
    for attendee in people:
        if attendee.registration_id not in known:
            problems.append(no_ticket(attendee.registration_id, attendee.name))
            continue
        badge = known[attendee.registration_id]
        found = document.problems_of(run, badge)
        add_notices(problems, attendee, found or notices_of(run, attendee, badge))
        badges += [] if found else [badge]
    return Prepared(partial(document.draw, replace(run, badges=badges)), len(badges), problems)


def programme_of(
    session: Session, event: Event, layout: Layout, language: str
) -> tuple[tuple[AgendaLine, ...], list[Problem]]:
    """The agenda of everybody's badge where the layout shows one, and what of its titles no font can print."""
    if "agenda" not in layout.lists:
        return (), []
    sessions = released_sessions(session, event)
    return agenda_of(sessions, event.timezone, language, names_days=not _facts(event).is_on_one_day)


def _facts(event: Event) -> EventFacts:
    return facts_of(event, language_of(event.default_locale))


def badges_of(
    session: Session,
    event: Event,
    people: Sequence[Attendee],
    agenda: tuple[AgendaLine, ...] = (),
    *,
    has_ways: bool = True,
) -> dict[UUID, Badge]:
    """The badges of these people, by registration; whose ticket is not issued yet has none."""
    registrations = [person.registration_id for person in people]
    short_codes = short_codes_of(session, event.event_id, registrations)
    ways = ways_of(session, event.event_id, registrations) if has_ways else {}
    return {
        person.registration_id: _badge(
            person,
            short_codes[person.registration_id],
            agenda,
            _way_lines(ways.get(person.registration_id, ()), event),
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


def _way_lines(ways: Sequence[Way], event: Event) -> tuple[WayLine, ...]:
    """Each round at a table with a title; tables that have only numbers stand in one line, round by round.

    A title that no font can print must not cost anybody the badge.
    """
    language, zone = language_of(event.default_locale), event.timezone
    names_days = bool(ways) and not _facts(event).is_on_one_day
    return tuple(
        WayLine(
            clock(begin, zone),
            _printable(way.session),
            _printable(place),
            day=day_of(begin, zone, language) if names_days else "",
        )
        for way in ways
        for begin, place in places_of(way, language=language)
    )


# The same few titles stand on everybody's badge.
@lru_cache(maxsize=1024)
def _printable(text: str) -> str:
    return printable_texts({"session": text})[0]["session"]


def notices_of(run: BadgeRun, attendee: Attendee, badge: Badge) -> list[Problem]:
    """What a badge that is printed cannot show, or not as a whole."""
    return document.printable(_told(attendee))[1] + document.shortened(run, badge)


def add_notices(problems: list[dict[str, Any]], attendee: Attendee, found: Sequence[Problem]) -> None:
    """Lists what was found on somebody's badge; what is the same on everybody's stands there once."""
    for problem in found:
        if problem.field in OF_PERSON:
            problems.append(listed(problem, registration_id=attendee.registration_id, name=attendee.name))
        elif (of_all := listed(problem)) not in problems:
            problems.append(of_all)


def _told(attendee: Attendee) -> Badge:
    return Badge(attendee.first_name, attendee.last_name, attendee.organisation, attendee.category, "", "")


def _badge(
    attendee: Attendee, short_code: str, agenda: tuple[AgendaLine, ...], way: tuple[WayLine, ...]
) -> Badge:
    return replace(
        document.printable(_told(attendee))[0],
        ticket_code=sign(attendee.event_id, attendee.registration_id, ticket_key()),
        short_code=show_short_code(short_code),
        agenda=agenda,
        way=way,
    )


def content_of(badge: Badge) -> str:
    """The SHA-256 of what is a person's own on a badge: another one means that it has to be printed again.

    Only what is filled in counts, so that a badge that learns to show more has not changed for those without it.
    """
    shown = {name: value for name, value in asdict(replace(badge, agenda=())).items() if value}
    # A day without which the line was printed before is not the person's own either.
    shown["way"] = [{name: line[name] for name in line if name != "day"} for line in shown.pop("way", ())]
    shown = {name: value for name, value in shown.items() if value}
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
