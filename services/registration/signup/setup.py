"""How an event takes sign-ups: its settings and its capacity."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.signup import places
from services.registration.signup.events import EventNotFound, with_key
from services.registration.signup.models import Event, EventSettings, PlaceCounter
from services.registration.signup.promotion import promote
from services.registration.signup.schemas import Settings, SignUpForm
from services.registration.signup.waiting_list import BelowTaken, Places, resize
from shared.contracts.agenda import EventState
from shared.errors import Conflict, NotFound, NotReady
from shared.kit.clock import Clock, utc_now


class SettingsNotFound(NotFound):
    """Sign-up for this event is not set up yet."""


class EventOnItsWay(NotReady):
    """This event has not arrived here yet. Please try again in a moment."""


class CapacityBelowTaken(Conflict):
    """Places taken already: {taken}. The capacity cannot be smaller."""


def find_settings(session: Session, event_id: UUID) -> EventSettings | None:
    return session.get(EventSettings, event_id)


def settings_of(session: Session, event_id: UUID) -> EventSettings:
    settings = find_settings(session, event_id)
    if settings is None:
        raise SettingsNotFound
    return settings


def public_event_with_settings(session: Session, key: str) -> tuple[Event, EventSettings]:
    """Both by one statement, as the desk needs them. Raises EventNotFound, for a draft too, and SettingsNotFound."""
    both = with_key(key).add_columns(EventSettings)
    found = session.execute(both.outerjoin(EventSettings, EventSettings.event_id == Event.id)).first()
    if found is None or found[0].state == EventState.draft:
        raise EventNotFound
    if found[1] is None:
        raise SettingsNotFound
    return found[0], found[1]


def form_of(settings: EventSettings) -> SignUpForm:
    """What the event's form asks."""
    return SignUpForm(categories=settings.categories, questions=settings.questions)


def describe(session: Session, settings: EventSettings) -> Settings:
    """The settings as the API takes and gives them."""
    return Settings(
        capacity=places.places_of(session, settings.event_id).capacity,
        categories=settings.categories,
        questions=settings.questions,
        opens_at=settings.opens_at,
        closes_at=settings.closes_at,
        cancel_until=settings.cancel_until,
        places_per_address=settings.places_per_address,
        retention_days=settings.retention_days,
    )


def lock_event(session: Session, event: Event) -> None:
    """Two people who change the settings of one event do so one after the other."""
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))


def change_settings(session: Session, event: Event, new: Settings, *, now: Clock = utc_now) -> EventSettings:
    """Set how an event takes sign-ups; places that become free go to those who wait, in order.

    Raises CapacityBelowTaken where people would lose a place.
    """
    settings = find_settings(session, event.id) or EventSettings(
        event_id=event.id, organisation_id=event.organisation_id, version=0
    )
    facts = new.model_dump(mode="json")
    settings.categories, settings.questions = facts["categories"], facts["questions"]
    settings.opens_at, settings.closes_at = new.opens_at, new.closes_at
    settings.cancel_until, settings.retention_days = new.cancel_until, new.retention_days
    settings.places_per_address = new.places_per_address
    settings.version += 1
    session.add(settings)
    session.flush()
    _resize(session, event, new.capacity, now())
    return settings


def _resize(session: Session, event: Event, capacity: int, now: datetime) -> None:
    counter = places.lock(session, event.id)
    if counter is None:
        session.add(PlaceCounter(event_id=event.id, organisation_id=event.organisation_id, capacity=capacity))
        session.flush()
        return
    try:
        new, promoted = resize(Places(counter.capacity, counter.taken, counter.waiting), capacity)
    except BelowTaken as problem:
        raise CapacityBelowTaken(taken=counter.taken, capacity=capacity) from problem
    counter.capacity, counter.taken, counter.waiting = new.capacity, new.taken, new.waiting
    session.flush()
    promote(session, event.id, promoted, now)
