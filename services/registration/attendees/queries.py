"""Reading registrations: the organiser's list and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from services.registration.attendees.models import Confirmation
from services.registration.checkin.models import Correction, Scan, Ticket
from services.registration.signup.events import as_id
from services.registration.signup.models import PlaceCounter, Registration
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

SORT_KEY = (Registration.sort_key, Registration.id)

Filter = Literal["", "confirmed", "waiting", "cancelled", "arrived", "missing"]


@dataclass(frozen=True)
class Row:
    """A registration with what the list also shows."""

    registration: Registration
    has_arrived: bool
    place_in_list: int | None


@dataclass(frozen=True)
class Numbers:
    """An event at a glance."""

    capacity: int = 0
    confirmed: int = 0
    waiting: int = 0
    cancelled: int = 0
    arrived: int = 0


def list_registrations(
    session: Session,
    event_id: UUID,
    *,
    search: str = "",
    status: Filter = "",
    after: Sequence[str] | None = None,
    limit: int = 50,
) -> Sequence[Row]:
    """By last and first name; one row more than `limit`, so that the caller sees whether there is a next page.

    `after` is a cursor's key (see `cursor_key`). Raises Invalid for one that is none.
    """
    rows = (
        _rows()
        .where(Registration.event_id == event_id, *_matches(search), *_has_status(status))
        .order_by(*SORT_KEY)
        .limit(limit + 1)
    )
    if after is not None:
        rows = rows.where(tuple_(*SORT_KEY) > tuple_(*_sort_values(session, event_id, after)))
    return [Row(*row) for row in session.execute(rows)]


def find_row(session: Session, registration_id: UUID) -> Row:
    return Row(*session.execute(_rows().where(Registration.id == registration_id)).one())


def cursor_key(row: Row) -> tuple[str]:
    """The id alone: a cursor stands in addresses and logs, where no name belongs."""
    return (str(row.registration.id),)


def _sort_values(session: Session, event_id: UUID, after: Sequence[str]) -> Sequence[Any]:
    last_id = as_id(str(after[0])) if after else None
    last = select(*SORT_KEY).where(Registration.event_id == event_id, Registration.id == last_id)
    values = session.execute(last).one_or_none()
    if values is None:
        raise Invalid([FieldError("cursor", N_("This is no cursor of a page."))])
    return values


def _rows() -> Select[Registration, bool, int | None]:
    return select(Registration, has_arrived(), _place_in_list())


def has_arrived() -> ColumnElement[bool]:
    """Whether somebody was there: a scan that was not struck, or a stay that was added."""
    struck = exists().where(Correction.scan_id == Scan.id)
    scanned = exists().where(
        Scan.registration_id == Registration.id, Scan.direction == "in", Scan.flag.is_(None), ~struck
    )
    added = exists().where(Correction.registration_id == Registration.id, Correction.kind == "add_stay")
    return or_(scanned, added)


def _place_in_list() -> ColumnElement[int | None]:
    other = aliased(Registration)
    before = (
        select(func.count())
        .where(
            other.event_id == Registration.event_id,
            other.status == "waiting",
            other.position <= Registration.position,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    return case((Registration.status == "waiting", before), else_=None)


def _matches(search: str) -> list[ColumnElement[bool]]:
    """Each word has to stand somewhere in the name, address, organisation or reference."""
    text = func.concat_ws(
        " ",
        Registration.first_name,
        Registration.last_name,
        Registration.email,
        Registration.organisation,
        Registration.ref,
    )
    return [text.icontains(word, autoescape=True) for word in search.replace("\0", " ").split()[:10]]


def _has_status(status: Filter) -> list[ColumnElement[bool]]:
    if status == "arrived":
        return [has_arrived()]
    if status == "missing":
        return [and_(Registration.status == "confirmed", ~has_arrived())]
    return [Registration.status == status] if status else []


def numbers_of(session: Session, event_ids: Sequence[UUID]) -> dict[UUID, Numbers]:
    """The numbers of several events at once; an event without settings has capacity 0."""
    capacities = select(PlaceCounter.event_id, PlaceCounter.capacity).where(
        PlaceCounter.event_id.in_(event_ids)
    )
    by_event = {event_id: {"capacity": capacity} for event_id, capacity in session.execute(capacities)}
    counts = (
        select(Registration.event_id, Registration.status, func.count(), func.count().filter(has_arrived()))
        .where(Registration.event_id.in_(event_ids))
        .group_by(Registration.event_id, Registration.status)
    )
    for event_id, status, count, arrived in session.execute(counts):
        numbers = by_event.setdefault(event_id, {})
        numbers[status] = count
        numbers["arrived"] = numbers.get("arrived", 0) + arrived
    return {event_id: Numbers(**by_event.get(event_id, {})) for event_id in event_ids}


def short_code_of(session: Session, registration_id: UUID) -> str | None:
    newest = select(Ticket.short_code).where(Ticket.registration_id == registration_id)
    return session.scalars(newest.order_by(Ticket.sequence.desc()).limit(1)).first()


def confirmation_of(session: Session, registration_id: UUID) -> Confirmation | None:
    newest = select(Confirmation).where(Confirmation.registration_id == registration_id)
    return session.scalars(newest.order_by(Confirmation.issued_at.desc()).limit(1)).first()
