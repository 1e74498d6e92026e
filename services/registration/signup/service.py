"""Signing up for an event, the waiting list, and how an event takes sign-ups."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.mailing import service as mails
from services.registration.signup import letters, places
from services.registration.signup.duplicates import address_key, person_key
from services.registration.signup.facts import link_of, tell
from services.registration.signup.models import Event, EventSettings, Notice, Registration
from services.registration.signup.person import Person
from services.registration.signup.setup import SettingsNotFound, settings_of
from services.registration.signup.waiting_list import Outcome, outcome
from services.registration.signup.window import SignUpState, Window, sign_up_state
from shared.contracts.agenda import EventState
from shared.contracts.registration import RegistrationConfirmed
from shared.errors import Conflict
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import Locale
from shared.kit.sorting import name_key

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


class AlreadyRegistered(Conflict):
    """This person is registered with this mail address already."""

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class AddressFull(Conflict):
    """With this mail address {limit} people are registered already."""


class RefTaken(Conflict):
    """Somebody else has the reference {ref}."""


def event_locale(event: Event) -> Locale:
    """The language of somebody who names none."""
    return "en" if event.default_locale == "en" else "de"


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
    """Sign somebody up; the answer is what a new address gets now, whoever is registered already.

    Raises a Conflict while sign-up is not open.
    """
    settings = settings_of(session, event.id)
    must_be_open(event, settings, now())
    try:
        registration = _enter(session, event, person, now())
    except AlreadyRegistered as problem:
        _notify_owner(session, event, problem.registration, now())
    except AddressFull:
        _notify_address(session, event, person, now())
    else:
        _welcome(session, event, registration)
        return "confirmed" if registration.status == "confirmed" else "waiting"
    return outcome(places.places_of(session, event.id))


def sign_up_as_organiser(
    session: Session, event: Event, person: Person, *, now: Clock = utc_now
) -> Registration:
    """Sign somebody up by hand, in a draft too and after the deadlines, but past nobody who waits.

    Raises AlreadyRegistered, AddressFull or RefTaken.
    """
    if event.state == EventState.cancelled:
        raise EventCalledOff
    registration = _enter(session, event, person, now())
    _welcome(session, event, registration)
    return registration


def _enter(session: Session, event: Event, person: Person, now: datetime) -> Registration:
    taken = places.take(session, event.id)
    if taken is None:
        raise SettingsNotFound
    try:
        keys = keys_of(session, event, person)
    except Conflict:
        # Whoever is refused gives the place back at once, and the mail about it still goes.
        places.untake(session, event.id, taken)
        raise
    registration = Registration(
        **_columns(person),
        **asdict(keys),
        organisation_id=event.organisation_id,
        event_id=event.id,
        status=taken.outcome,
        position=taken.position,
        registered_at=now,
        confirmed_at=now if taken.outcome == "confirmed" else None,
    )
    session.add(registration)
    session.flush()
    return registration


def _columns(person: Person) -> dict[str, object]:
    return {**asdict(person), "answers": dict(person.answers)}


@dataclass(frozen=True)
class Keys:
    """By what the database orders and recognises somebody."""

    sort_key: str
    person_key: str
    address_key: str
    address_slot: int


def keys_of(session: Session, event: Event, person: Person, *, current: Registration | None = None) -> Keys:
    """The keys of a new registration, or of the `current` one that changes. The caller holds the counter:
    under its lock nobody else signs up, so what is not there now will not be.

    Raises AlreadyRegistered, AddressFull and RefTaken.
    """
    sort_key = name_key(person.last_name, person.first_name)
    this_person = person_key(person.first_name, person.last_name, person.email)
    same_address = address_key(person.email)
    current_id = current.id if current else None
    others = _others_with(session, event.id, same_address, current_id)
    for other in others:
        if other.person_key == this_person:
            raise AlreadyRegistered(other)
    _must_be_free(session, event.id, person.ref, current_id)
    if current is not None and current.address_key == same_address:
        return Keys(sort_key, this_person, same_address, current.address_slot)
    limit = settings_of(session, event.id).places_per_address
    slot = free_slot({other.address_slot for other in others}, limit)
    return Keys(sort_key, this_person, same_address, slot)


def _others_with(
    session: Session, event_id: UUID, same_address: str, but: UUID | None
) -> Sequence[Registration]:
    active = select(Registration).where(
        Registration.event_id == event_id,
        Registration.address_key == same_address,
        Registration.status != "cancelled",
    )
    return [other for other in session.scalars(active) if other.id != but]


def free_slot(used: set[int], limit: int) -> int:
    """The smallest number from 1 to `limit` that nobody has. Raises AddressFull."""
    for slot in range(1, limit + 1):
        if slot not in used:
            return slot
    raise AddressFull(limit=limit)


def _must_be_free(session: Session, event_id: UUID, ref: str | None, but: UUID | None) -> None:
    if ref is None:
        return
    same = select(Registration.id).where(
        Registration.event_id == event_id, Registration.ref == ref, Registration.status != "cancelled"
    )
    if session.scalar(same) not in {None, but}:
        raise RefTaken(ref=ref)


def _welcome(session: Session, event: Event, registration: Registration) -> None:
    """Certificates mails the ticket to those with a place; those who wait hear from us."""
    log.info("registration.entered", event_id=str(event.id), status=registration.status)
    if registration.status == "confirmed":
        tell(session, RegistrationConfirmed, registration)
        return
    place = place_in_list(session, registration)
    letter = letters.waiting(event, registration, place=place or 1, link=link_of(registration))
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


def _notify_address(session: Session, event: Event, person: Person, now: datetime) -> None:
    key = address_key(person.email)
    if not may_notify(session, event.id, key, "address-full", now):
        return
    anyone = select(Registration).where(
        Registration.event_id == event.id, Registration.address_key == key, Registration.status != "cancelled"
    )
    owner = session.scalars(anyone.order_by(Registration.address_slot).limit(1)).one()
    limit = settings_of(session, event.id).places_per_address
    mails.send(
        session,
        event,
        owner,
        letters.address_full(event, owner, limit=limit),
        reason=f"{key}:{now.isoformat()}",
    )


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
