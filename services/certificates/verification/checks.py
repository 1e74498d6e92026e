"""Asking for a look at somebody: each fact that may change whether a confirmation is due asks."""

from uuid import UUID

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.certificates.copies.models import Attendee, Event
from services.certificates.verification.models import DueCheck
from shared.kit.clock import utc_now


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
    wanted = people.add_columns(literal(utc_now()), null())
    names = ["registration_id", "organisation_id", "event_id", "asked_at", "problem"]
    row = insert(DueCheck).from_select(names, wanted)
    again = {"asked_at": row.excluded.asked_at, "problem": None}
    session.execute(row.on_conflict_do_update(index_elements=[DueCheck.registration_id], set_=again))


def count_waiting(session: Session, event_id: UUID) -> int:
    """How many people still have to be looked at."""
    waiting = select(func.count()).select_from(DueCheck)
    return session.scalar(waiting.where(DueCheck.event_id == event_id, DueCheck.problem.is_(None))) or 0
