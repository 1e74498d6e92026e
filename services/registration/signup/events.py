"""Our copy of the agenda's events: kept from its messages, found by id or slug."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.signup.models import Event, ReleasedProgramme
from shared.contracts.agenda import EventFacts, EventState, ProgrammeReleased
from shared.errors import FieldError, Invalid, NotFound
from shared.kit.access import Principal, Right
from shared.kit.i18n import N_


class EventNotFound(NotFound):
    """There is no such event."""


def keep_event(session: Session, message: EventFacts) -> None:
    """Store what the agenda says of an event, unless something newer is here."""
    facts = {
        "organisation_id": message.organisation_id,
        "slug": message.slug,
        "state": message.state.value,
        "title": message.title,
        "starts_at": message.starts_at,
        "ends_at": message.ends_at,
        "timezone": message.timezone,
        "venue": message.venue.model_dump(),
        "organiser": message.organiser,
        "contact_email": message.contact_email,
        "default_locale": message.default_locale,
        "sequence": message.sequence,
    }
    row = insert(Event).values(id=message.event_id, **facts)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Event.id], set_=facts, where=Event.sequence < row.excluded.sequence
        )
    )


def keep_programme(session: Session, message: ProgrammeReleased) -> None:
    facts = {"organisation_id": message.organisation_id, "sequence": message.sequence}
    row = insert(ReleasedProgramme).values(event_id=message.event_id, **facts)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[ReleasedProgramme.event_id],
            set_=facts,
            where=ReleasedProgramme.sequence < row.excluded.sequence,
        )
    )


def has_programme(session: Session, event_id: UUID) -> bool:
    return session.get(ReleasedProgramme, event_id) is not None


def find_event(session: Session, key: str) -> Event | None:
    """The event with this id or slug."""
    event_id = as_id(key)
    return session.get(Event, event_id) if event_id else session.scalars(with_key(key)).first()


def with_key(key: str) -> Select[Event]:
    """The event with this id or slug, as a query."""
    event_id = as_id(key)
    if event_id is not None:
        return select(Event).where(Event.id == event_id)
    # PostgreSQL has no text with NUL.
    slug = key if "\0" not in key else None
    # Two events share a slug only until the message arrives that one gave it up. The newer one (ids are
    # UUIDv7) took it then; their sequences count different things.
    return select(Event).where(Event.slug == slug).order_by(Event.id.desc()).limit(1)


def as_id(key: str) -> UUID | None:
    """The id that is written there; None where it is none."""
    try:
        return UUID(key)
    except ValueError:
        return None


def public_event(session: Session, key: str) -> Event:
    """An event that everybody may see. Raises EventNotFound, for a draft too."""
    event = find_event(session, key)
    if event is None or event.state == EventState.draft:
        raise EventNotFound
    return event


def event_for(session: Session, key: str, principal: Principal, right: Right) -> Event:
    """An event of an organisation in which this right is held.

    Raises EventNotFound for an unknown one and for another tenant's, Forbidden for a missing right.
    """
    event = find_event(session, key)
    if event is None or event.organisation_id not in principal.roles:
        raise EventNotFound
    principal.must(right, event.organisation_id)
    return event


def events_for(
    session: Session, principal: Principal, *, after: Sequence[str] | None = None, limit: int = 50
) -> Sequence[Event]:
    """Events of the principal's organisations, the latest first; one more than `limit`, where there is one.

    `after` is a cursor's key (see `cursor_key`). Raises Invalid for one that is none.
    """
    own = select(Event).where(Event.organisation_id.in_(list(principal.roles)))
    if after is not None:
        last = _last_of_page(session, principal, after)
        own = own.where(tuple_(Event.starts_at, Event.id) < tuple_(last.starts_at, last.id))
    return session.scalars(own.order_by(Event.starts_at.desc(), Event.id.desc()).limit(limit + 1)).all()


def cursor_key(event: Event) -> tuple[str]:
    return (str(event.id),)


def _last_of_page(session: Session, principal: Principal, after: Sequence[str]) -> Event:
    event_id = as_id(str(after[0])) if after else None
    last = session.get(Event, event_id) if event_id else None
    if last is None or last.organisation_id not in principal.roles:
        raise Invalid([FieldError("cursor", N_("This is no cursor of a page."))])
    return last
