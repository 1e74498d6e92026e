"""Moving up from the waiting list."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.signup.facts import tell
from services.registration.signup.models import Registration
from shared.contracts.registration import RegistrationConfirmed


def promote(session: Session, event_id: UUID, number: int, now: datetime) -> Sequence[Registration]:
    """Give the first in the waiting list their places; the caller holds the counter and has moved it."""
    first = (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.status == "waiting")
        .order_by(Registration.position)
        .limit(number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    promoted = session.scalars(first).all() if number else []
    for registration in promoted:
        registration.status, registration.promoted, registration.confirmed_at = "confirmed", True, now
        registration.version += 1
    session.flush()
    tell(session, RegistrationConfirmed, *promoted)
    return promoted
