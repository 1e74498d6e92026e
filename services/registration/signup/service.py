"""Signing up for an event, the waiting list, and how an event takes sign-ups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.mailing import service as mails
from services.registration.signup import letters, notices, places
from services.registration.signup.facts import link_of, tell
from services.registration.signup.keys import AlreadyRegistered, Keys, Namesakes
from services.registration.signup.models import Event, EventSettings, Notice, Registration
from services.registration.signup.person import Person
from services.registration.signup.places import Taken
from services.registration.signup.setup import SettingsNotFound, settings_of
from services.registration.signup.waiting_list import Outcome, outcome
from services.registration.signup.window import SignUpState, Window, sign_up_state
from shared.contracts.agenda import EventState
from shared.contracts.registration import RegistrationConfirmed
from shared.errors import Conflict
from shared.kit.clock import Clock, utc_now
from shared.kit.database import insert_rows, new_id

log = structlog.get_logger()

# Somebody who types another's address gets no second mail sent to it within the hour.
NOTICE_PAUSE = timedelta(hours=1)


class SignUpNotOpen(Conflict):
    """Sign-up for this event opens on {opens_at}."""


class SignUpEnded(Conflict):
    """Sign-up for this event has ended."""


class EventIsOver(Conflict):
    """This event is over."""


class EventCalledOff(Conflict):
    """This event was called off."""


class EventNotPublished(Conflict):
    """This event is not published yet."""


def window_of(event: Event, settings: EventSettings | None) -> Window:
    if settings is None:
        return Window(EventState(event.state))
    return Window(EventState(event.state), settings.opens_at, settings.closes_at, settings.cancel_until)


def must_be_open(event: Event, settings: EventSettings, now: datetime) -> None:
    """Raises the Conflict that says why nobody can sign up at this moment."""
    state = sign_up_state(window_of(event, settings), now)
    if state == SignUpState.early and settings.opens_at:
        raise SignUpNotOpen(opens_at=settings.opens_at.isoformat(timespec="minutes"))
    closed = {
        SignUpState.hidden: EventNotPublished,
        SignUpState.ended: SignUpEnded,
        SignUpState.over: EventIsOver,
        SignUpState.called_off: EventCalledOff,
    }
    if state in closed:
        raise closed[state]


def sign_up_publicly(session: Session, event: Event, person: Person, *, now: Clock = utc_now) -> Outcome:
    """Sign up one person (see `sign_up_together`)."""
    [found] = sign_up_together(session, event, settings_of(session, event.id), [person], now=now)
    return found


def sign_up_together(
    session: Session,
    event: Event,
    settings: EventSettings,
    people: Sequence[Person],
    *,
    now: Clock = utc_now,
) -> Sequence[Outcome]:
    """Sign people up in their order; each answer is what a new address gets then, whoever is registered already.

    Raises a Conflict while sign-up is not open.
    """
    must_be_open(event, settings, now())
    entries = _enter(session, event, settings, people, now())
    _welcome(session, event, entries)
    for entry in entries:
        if isinstance(entry.problem, AlreadyRegistered):
            owner = session.get_one(Registration, entry.problem.registration_id)
            _notify_owner(session, event, owner, now())
        elif entry.problem is not None:
            notices.report_attempt(session, event, entry.person.email, now())
    return [entry.outcome for entry in entries]


def sign_up_as_organiser(
    session: Session, event: Event, person: Person, *, now: Clock = utc_now
) -> Registration:
    """Sign somebody up by hand, in a draft too and after the deadlines, but past nobody who waits.

    Raises AlreadyRegistered, AddressFull or RefTaken.
    """
    if event.state == EventState.cancelled:
        raise EventCalledOff
    [entry] = _enter(session, event, settings_of(session, event.id), [person], now())
    if entry.registration is None:
        raise entry.problem or Conflict
    _welcome(session, event, [entry])
    return session.get_one(Registration, entry.registration.id)


@dataclass(frozen=True)
class Entry:
    """What became of one sign-up."""

    person: Person
    outcome: Outcome
    """What a new address gets at that moment."""
    registration: Registration | None = None
    """Not part of the session: objects of the session cost six times as much to write."""
    place_in_list: int = 0
    problem: Conflict | None = None


def _enter(
    session: Session, event: Event, settings: EventSettings, people: Sequence[Person], now: datetime
) -> Sequence[Entry]:
    """Give places and positions in the order of `people`, under one lock of the event's counter."""
    held = places.hold(session, event.id)
    if held is None:
        raise SettingsNotFound
    namesakes = Namesakes(session, event.id, people)
    entries, rows = [], []
    for person in people:
        try:
            keys = namesakes.keys_of(person, limit=settings.places_per_address)
        except Conflict as problem:
            entries.append(Entry(person, outcome(held.places), problem=problem))
            continue
        taken = held.take()
        row = _row(event, person, keys, taken, now)
        namesakes.add(row["id"], keys, person.ref)
        rows.append(row)
        entries.append(Entry(person, taken.outcome, Registration(**row), taken.place_in_list))
    insert_rows(session, Registration, rows)
    places.keep(session, event.id, held)
    return entries


def _row(event: Event, person: Person, keys: Keys, taken: Taken, now: datetime) -> dict[str, Any]:
    return {
        **vars(person),
        **vars(keys),
        "answers": dict(person.answers),
        "id": new_id(),
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "status": taken.outcome,
        "position": taken.position,
        "promoted": False,
        "registered_at": now,
        "confirmed_at": now if taken.outcome == "confirmed" else None,
        "link_version": 1,
        "version": 1,
    }


def keys_of(session: Session, event: Event, person: Person, *, current: Registration) -> Keys:
    """The keys of a registration that changes. The caller holds the event's counter.

    Raises AlreadyRegistered, AddressFull and RefTaken.
    """
    limit = settings_of(session, event.id).places_per_address
    return Namesakes(session, event.id, [person]).keys_of(person, limit=limit, current=current)


def _welcome(session: Session, event: Event, entries: Sequence[Entry]) -> None:
    """Certificates mails the ticket to those with a place; those who wait hear from us."""
    entered = [(entry.registration, entry.place_in_list) for entry in entries if entry.registration]
    tell(session, RegistrationConfirmed, *[person for person, _ in entered if person.status == "confirmed"])
    for registration, place in entered:
        log.info("registration.entered", event_id=str(event.id), status=registration.status)
        if registration.status == "waiting":
            letter = letters.waiting(event, registration, place=place, link=link_of(registration))
            mails.send(session, event, registration, letter, reason=str(registration.id))


def place_in_list(session: Session, registration: Registration) -> int | None:
    """From 1 on; None for somebody who does not wait."""
    if registration.status != "waiting":
        return None
    before = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.status == "waiting",
        Registration.position <= registration.position,
    )
    return session.scalar(before)


def _notify_owner(session: Session, event: Event, registration: Registration, now: datetime) -> None:
    if not may_notify(session, event.id, registration.address_key, f"repeated:{registration.id}", now):
        return
    letter = letters.repeated(
        event, registration, place=place_in_list(session, registration), link=link_of(registration)
    )
    mails.send(session, event, registration, letter, reason=f"{registration.id}:{now.isoformat()}")


def may_notify(
    session: Session, event_id: UUID, key: str, kind: str, now: datetime, *, pause: timedelta = NOTICE_PAUSE
) -> bool:
    """True at most once in a `pause` for an address and a kind of mail, however many ask at once."""
    row = insert(Notice).values(event_id=event_id, address_key=key, kind=kind, sent_at=now)
    claimed = row.on_conflict_do_update(
        index_elements=[Notice.event_id, Notice.address_key, Notice.kind],
        set_={"sent_at": now},
        where=Notice.sent_at <= now - pause,
    ).returning(Notice.sent_at)
    return session.scalar(claimed) is not None
