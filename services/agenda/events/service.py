"""Events: created as drafts, published, closed or cancelled; each change is told to the others."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.agenda.clock import instant_of, wall_time
from services.agenda.database import taken_as
from services.agenda.events.models import Event
from services.agenda.events.schemas import EventFacts, NewEvent
from services.agenda.programme.links import programme_url
from services.agenda.programme.models import ProgrammeSession
from services.agenda.runtime import settings
from services.agenda.text import address_part
from shared.contracts import agenda as contracts
from shared.contracts.agenda import EventState
from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from shared.kit.access import Principal, Right
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id
from shared.kit.i18n import N_
from shared.kit.outbox import publish as tell

# A term of weekly lectures fits; a mistyped year does not.
LONGEST = timedelta(days=366)


class SlugTaken(Conflict):
    """Another event has this address already. Please choose another one."""


class SlugIsPublic(Conflict):
    """The address of a published event stays as it is, since people have it."""


class EventIsOver(Conflict):
    """This event is closed or cancelled. Nothing about it can be changed any more."""


class EventNotPublished(Conflict):
    """This event is not published yet."""


class EventNotOver(Conflict):
    """This event has not ended yet. Please confirm that you want to close it early."""


class OrganisationUnclear(Invalid):
    """Please say for which organisation this event is."""


def create(session: Session, facts: NewEvent, caller: Principal, *, now: Clock = utc_now) -> Event:
    """A draft. Raises Invalid for facts that contradict each other and SlugTaken."""
    _check(facts)
    event = Event(
        id=new_id(), organisation_id=organisation_of(facts, caller), version=1, release=0, created_at=now()
    )
    event.state = EventState.draft
    _set(event, facts)
    with taken_as(session, {"uq_events_slug": SlugTaken()}):
        session.add(event)
    _tell_change(session, event)
    return event


def organisation_of(facts: NewEvent, caller: Principal) -> UUID:
    """The named organisation, or the only one in which the caller may write."""
    own = caller.organisations(Right.write)
    if not own:
        raise Forbidden
    if facts.organisation_id is None and len(own) == 1:
        return own[0]
    if facts.organisation_id not in own:
        raise OrganisationUnclear([FieldError("organisation_id", OrganisationUnclear.sentence())])
    return facts.organisation_id


def list_own(
    session: Session, caller: Principal, *, before: UUID | None = None, limit: int = 50
) -> Sequence[Event]:
    """Events of the caller's organisations, the newest first; one row more than `limit` if there is one."""
    rows = select(Event).where(Event.organisation_id.in_(caller.organisations(Right.read)))
    if before is not None:
        rows = rows.where(Event.id < before)
    return session.scalars(rows.order_by(Event.id.desc()).limit(limit + 1)).all()


def find(session: Session, ref: str, caller: Principal, right: Right = Right.read) -> Event:
    """The event by id or slug. Raises NotFound also for another tenant's, Forbidden without the right."""
    event = session.scalar(select(Event).where(_named(address_part(ref))))
    if event is None:
        raise NotFound
    caller.must(right, event.organisation_id)
    return event


def find_to_change(session: Session, ref: str, caller: Principal) -> Event:
    """Like `find`, and nobody else changes the event or its programme until the transaction ends."""
    event = find(session, ref, caller, Right.write)
    # The row is read again under its lock: who waited for it must see what the other one wrote.
    session.refresh(event, with_for_update=True)
    return event


def find_public(session: Session, slug: str) -> Event:
    """The event that everybody may see. Raises NotFound for drafts."""
    event = session.scalar(select(Event).where(Event.slug == address_part(slug)))
    if event is None or not event.is_public:
        raise NotFound
    return event


def _named(ref: str) -> ColumnElement[bool]:
    try:
        return Event.id == UUID(ref)
    except ValueError:
        return Event.slug == ref


def change(session: Session, event: Event, facts: EventFacts) -> Event:
    """Replace the event's facts. A new time zone moves the sessions: they keep their clock times."""
    must_be_open(event)
    _check(facts)
    if facts.slug != event.slug and event.is_public:
        raise SlugIsPublic
    has_moved = facts.timezone != event.timezone
    with taken_as(session, {"uq_events_slug": SlugTaken()}):
        _set(event, facts)
        event.version += 1
    if has_moved:
        _keep_clock_times(session, event)
    _tell_change(session, event)
    return event


def must_be_open(event: Event) -> None:
    """Raises EventIsOver for a closed or cancelled event."""
    if event.is_over:
        raise EventIsOver


def publish(session: Session, event: Event) -> Event:
    """Make a draft public; publishing twice changes nothing."""
    must_be_open(event)
    if event.state is EventState.draft:
        _turn(event, EventState.published)
        tell(session, contracts.EventPublished.model_validate(facts_of(event)))
    return event


def cancel(session: Session, event: Event) -> Event:
    """The event will not take place; cancelling twice changes nothing. Raises EventIsOver if closed."""
    if event.state is not EventState.cancelled:
        must_be_open(event)
        _turn(event, EventState.cancelled)
        tell(session, contracts.EventCancelled.model_validate(facts_of(event)))
    return event


def close(session: Session, event: Event, *, early: bool = False, now: Clock = utc_now) -> Event:
    """The event is over, attendance may be counted; closing twice changes nothing.

    Raises EventNotPublished, EventNotOver before its end unless `early`, EventIsOver if cancelled.
    """
    if event.state is EventState.closed:
        return event
    must_be_open(event)
    if event.state is EventState.draft:
        raise EventNotPublished
    if now() < event.ends_at and not early:
        raise EventNotOver
    _turn(event, EventState.closed)
    event.closed_at = now()
    latest = {"release": event.release or None, "closed_at": event.closed_at}
    tell(session, contracts.EventClosed.model_validate(facts_of(event) | latest))
    return event


def facts_of(event: Event) -> dict[str, object]:
    """The event's whole state as its messages carry it."""
    return {
        "organisation_id": event.organisation_id,
        "sequence": event.version,
        "event_id": event.id,
        "slug": event.slug,
        "state": event.state,
        "title": event.title,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "timezone": event.timezone,
        "venue": event.venue,
        "organiser": event.organiser,
        "contact_email": event.contact_email,
        "default_locale": event.default_locale,
        "programme_url": programme_url(settings.public_url, event.slug),
    }


def _check(facts: EventFacts) -> None:
    problems = []
    if facts.ends_at <= facts.starts_at:
        problems.append(FieldError("ends_at", N_("The event must end after it starts.")))
    if facts.ends_at - facts.starts_at > LONGEST:
        problems.append(FieldError("ends_at", N_("An event lasts a year at most.")))
    if facts.locale not in facts.title:
        problems.append(FieldError("default_locale", N_("There is no title in this language.")))
    if problems:
        raise Invalid(problems)


def _set(event: Event, facts: EventFacts) -> None:
    event.slug = facts.slug
    event.title = {str(locale): text for locale, text in facts.title.items()}
    event.timezone = facts.timezone
    event.starts_at, event.ends_at = facts.starts_at, facts.ends_at
    event.starts_wall = wall_time(facts.starts_at, facts.timezone)
    event.ends_wall = wall_time(facts.ends_at, facts.timezone)
    event.venue_name, event.venue_city = facts.venue.name, facts.venue.city
    event.venue_country = facts.venue.country
    event.organiser, event.contact_email = facts.organiser, facts.contact_email
    event.default_locale = facts.locale


def _turn(event: Event, state: EventState) -> None:
    event.state = state
    event.version += 1


def _tell_change(session: Session, event: Event) -> None:
    tell(session, contracts.EventChanged.model_validate(facts_of(event)))


def _keep_clock_times(session: Session, event: Event) -> None:
    for row in session.scalars(select(ProgrammeSession).where(ProgrammeSession.event_id == event.id)):
        row.starts_at = instant_of(row.starts_wall, event.timezone)
        row.ends_at = row.starts_at + timedelta(minutes=row.minutes)
        row.version += 1
