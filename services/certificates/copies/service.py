"""Keeping the copies: facts may arrive in any order and more than once, and the newest state stays."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.copies.models import (
    AttendanceTotals,
    Attendee,
    Correction,
    Event,
    ProgrammeRelease,
    Scan,
)
from services.certificates.database import Base
from shared.contracts.agenda import EventClosed, EventFacts, ProgrammeReleased
from shared.contracts.registration import (
    AttendanceClosed,
    AttendanceCorrected,
    RegistrationFacts,
    ScanRecorded,
)
from shared.errors import FieldError, Invalid, NotFound
from shared.kit.clock import utc_now
from shared.kit.i18n import N_
from shared.kit.sorting import name_key

BY_NAME = (Attendee.sort_key, Attendee.registration_id)


class EventNotFound(NotFound):
    """There is no such event."""


def find_event(session: Session, key: str, organisations: Collection[UUID]) -> Event:
    """The event with this id or slug, if one of these organisations owns it. Raises EventNotFound."""
    event = look_up_event(session, key, organisations)
    if event is None:
        raise EventNotFound
    return event


def look_up_event(session: Session, key: str, organisations: Collection[UUID] | None = None) -> Event | None:
    """The newest event with this id or slug, whoever owns it (or that one of these organisations owns).

    Raises EventNotFound for a key that no event can have.
    """
    events = select(Event).where(_is_named(key))
    if organisations is not None:
        events = events.where(Event.organisation_id.in_(organisations))
    # Ids sort by time (UUIDv7).
    return session.scalars(events.order_by(Event.event_id.desc())).first()


def _is_named(key: str) -> ColumnElement[bool]:
    # PostgreSQL would refuse a NUL with an error that is nobody's fault but the visitor's.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", key):
        raise EventNotFound
    try:
        return Event.event_id == UUID(key)
    except ValueError:
        return Event.slug == key


def hold_event(session: Session, event_id: UUID) -> Event | None:
    """The event, locked against changes until the transaction ends; None where it has not arrived.

    Whoever changes both takes the event first and its people after: the other order would let two
    transactions wait for each other. Without the lock an event that is being stored at this moment would
    neither be seen here nor see what is made here.
    """
    return session.get(Event, event_id, with_for_update={"read": True}, populate_existing=True)


def copy_event(session: Session, facts: EventFacts) -> bool:
    """Keep an event's state; True if it was newer than what was known."""
    values = {
        **facts.model_dump(include=_EVENT_FIELDS),
        "state": facts.state.value,
        "venue": facts.venue.model_dump(),
    }
    row = insert(Event).values(**values, calendar_version=0, closed_sequence=0)
    newer: dict[str, Any] = {name: row.excluded[name] for name in values}
    newer["calendar_version"] = case(
        (_tells_something_else(row), Event.calendar_version + 1), else_=Event.calendar_version
    )
    return _keep_newer(session, Event, row, newer)


_EVENT_FIELDS = {
    "event_id",
    "organisation_id",
    "sequence",
    "slug",
    "title",
    "starts_at",
    "ends_at",
    "timezone",
    "organiser",
    "contact_email",
    "default_locale",
}


def _tells_something_else(row: Any) -> Any:
    told = ("starts_at", "ends_at", "timezone", "venue", "title")
    return or_(*(getattr(Event, name) != row.excluded[name] for name in told))


def copy_closing(session: Session, closed: EventClosed) -> None:
    """Keep when an event was closed and which release counts, even if a later change came first."""
    newer = update(Event).where(Event.event_id == closed.event_id, Event.closed_sequence < closed.sequence)
    session.execute(
        newer.values(
            closed_sequence=closed.sequence, closed_release=closed.release, closed_at=closed.closed_at
        )
    )


def copy_release(session: Session, released: ProgrammeReleased) -> None:
    """Keep a release of the programme."""
    _add(
        session,
        ProgrammeRelease,
        {
            "event_id": released.event_id,
            "release": released.sequence,
            "organisation_id": released.organisation_id,
            "released_at": released.released_at,
            "sessions": [each.model_dump(mode="json") for each in released.sessions],
        },
    )


def is_confirmed(session: Session, registration_id: UUID) -> bool:
    attendee = session.get(Attendee, registration_id)
    return attendee is not None and attendee.is_confirmed


def copy_attendee(session: Session, facts: RegistrationFacts) -> bool:
    """Keep a registration's state, and note that the ticket needs a look; True if it was newer."""
    values = {
        **facts.model_dump(include=_ATTENDEE_FIELDS),
        "status": facts.status.value,
        "sort_key": name_key(facts.last_name, facts.first_name),
        "ticket_due_at": utc_now(),
        "ticket_failures": 0,
    }
    row = insert(Attendee).values(**values)
    return _keep_newer(session, Attendee, row, {name: row.excluded[name] for name in values})


_ATTENDEE_FIELDS = {
    "registration_id",
    "organisation_id",
    "event_id",
    "sequence",
    "ref",
    "first_name",
    "last_name",
    "email",
    "organisation",
    "category",
    "locale",
    "registered_at",
    "promoted",
    "link",
}


def copy_scan(session: Session, scan: ScanRecorded) -> bool:
    """Add a scan to the set; True if it was not in it."""
    return _add(session, Scan, {**scan.model_dump(exclude={"sequence"}), "direction": scan.direction.value})


def copy_correction(session: Session, correction: AttendanceCorrected) -> bool:
    """Add a correction to the set; True if it was not in it."""
    return _add(
        session, Correction, {**correction.model_dump(exclude={"sequence"}), "kind": correction.kind.value}
    )


def copy_totals(session: Session, closed: AttendanceClosed) -> bool:
    """Keep how much there is to wait for; True if it was newer."""
    values = {
        **closed.model_dump(exclude={"erased", "devices"}),
        "devices": [each.model_dump(mode="json") for each in closed.devices],
    }
    row = insert(AttendanceTotals).values(**values)
    return _keep_newer(session, AttendanceTotals, row, {name: row.excluded[name] for name in values})


def _keep_newer(session: Session, model: type[Base], row: Any, newer: Mapping[str, Any]) -> bool:
    table = model.__table__
    statement = row.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_=dict(newer),
        where=table.c.sequence < row.excluded.sequence,
    )
    is_new = session.scalar(statement.returning(*table.primary_key)) is not None
    # The statement went past the session's objects.
    session.expire_all()
    return is_new


def _add(session: Session, model: type[Base], values: Mapping[str, Any]) -> bool:
    row = insert(model).values(**values).on_conflict_do_nothing()
    return session.scalar(row.returning(*model.__table__.primary_key)) is not None


def released_sessions(session: Session, event: Event) -> list[dict[str, Any]]:
    """The sessions that count: of the release that the closing named, or of the newest there is."""
    releases = select(ProgrammeRelease).where(ProgrammeRelease.event_id == event.event_id)
    if event.closed_release is not None:
        releases = releases.where(ProgrammeRelease.release == event.closed_release)
    newest = session.scalars(releases.order_by(ProgrammeRelease.release.desc())).first()
    return list(newest.sessions) if newest else []


def list_attendees(
    session: Session, event_id: UUID, registration_ids: Collection[UUID] | None = None
) -> Sequence[Attendee]:
    """Who has a place (or of these, whoever has one), by name."""
    query = _with_a_place(event_id)
    if registration_ids is not None:
        query = query.where(Attendee.registration_id.in_(registration_ids))
    return session.scalars(query).all()


def list_some_attendees(
    session: Session, event_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Attendee]:
    """Who has a place and comes after this person, by name; one more than `limit`, if there is a next page.

    Raises Invalid for a person whom the event never had.
    """
    query = _with_a_place(event_id).limit(limit + 1)
    if after is not None:
        last = session.get(Attendee, after)
        if last is None or last.event_id != event_id:
            raise Invalid([FieldError("cursor", N_("This is no cursor of a page."))])
        query = query.where(tuple_(*BY_NAME) > tuple_(literal(last.sort_key), literal(last.registration_id)))
    return session.scalars(query).all()


def _with_a_place(event_id: UUID) -> Select[Attendee]:
    return (
        select(Attendee)
        .where(Attendee.event_id == event_id, Attendee.status == "confirmed")
        .order_by(*BY_NAME)
    )
