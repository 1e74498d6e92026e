"""Asking for a look at somebody: each fact that may change whether a confirmation is due asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.confirmations.models import DueCheck
from services.certificates.confirmations.trouble import Trouble
from services.certificates.copies.models import Attendee, Event


@dataclass(frozen=True)
class HeldUp:
    """What keeps how many people from their confirmation, and when the first of them is looked at again."""

    trouble: Trouble
    people: int
    retry_at: datetime


def ask(session: Session, organisation_id: UUID, event_id: UUID, registration_id: UUID) -> None:
    """Somebody's facts have changed."""
    _ask(session, select(literal(registration_id), literal(organisation_id), literal(event_id)))


def ask_everybody(session: Session, event: Event) -> None:
    """Something has changed that concerns everybody at this event: its rules, its closing, its review."""
    everybody = select(Attendee.registration_id, Attendee.organisation_id, Attendee.event_id)
    # In one order always, so that two such statements wait for each other instead of for ever.
    _ask(
        session,
        everybody.where(Attendee.event_id == event.event_id).order_by(Attendee.registration_id),
    )


def _ask(session: Session, people: Select[UUID, UUID, UUID]) -> None:
    names = ["registration_id", "organisation_id", "event_id"]
    row = insert(DueCheck).from_select(names, people)
    again = {"retry_at": None, "trouble": None, "problem": None}
    session.execute(row.on_conflict_do_update(index_elements=[DueCheck.registration_id], set_=again))


def postpone(session: Session, event_id: UUID, retry_at: datetime, trouble: Trouble) -> None:
    """Look at the people of an event no earlier than `retry_at`, because of this."""
    waiting = select(DueCheck.registration_id).where(
        DueCheck.event_id == event_id, DueCheck.problem.is_(None)
    )
    # In the order in which `ask_everybody` takes them, or the two would wait for each other.
    people = session.scalars(waiting.order_by(DueCheck.registration_id).with_for_update()).all()
    later = (
        update(DueCheck)
        .where(DueCheck.registration_id.in_(people))
        .values(retry_at=retry_at, trouble=trouble)
    )
    session.execute(later.execution_options(synchronize_session=False))


def held_up(session: Session, event_id: UUID) -> Sequence[HeldUp]:
    """Whose look has failed and is tried again, by what went wrong."""
    failed = (
        select(DueCheck.trouble, func.count(), func.min(DueCheck.retry_at))
        .where(DueCheck.event_id == event_id, DueCheck.problem.is_(None), DueCheck.retry_at.is_not(None))
        .group_by(DueCheck.trouble)
        .order_by(DueCheck.trouble)
    )
    return [
        HeldUp(Trouble(trouble or Trouble.OTHER), people, retry_at)
        for trouble, people, retry_at in session.execute(failed)
        if retry_at
    ]


def is_waiting(now: datetime) -> ColumnElement[bool]:
    """Whether a check is to be looked at by now."""
    return and_(DueCheck.problem.is_(None), or_(DueCheck.retry_at.is_(None), DueCheck.retry_at <= now))


def count_waiting(session: Session, event_id: UUID) -> int:
    """How many people still have to be looked at."""
    waiting = select(func.count()).select_from(DueCheck)
    return session.scalar(waiting.where(DueCheck.event_id == event_id, DueCheck.problem.is_(None))) or 0
