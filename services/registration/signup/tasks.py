from sqlalchemy.orm import Session

from services.registration.runtime import Sessions
from services.registration.signup import events, notices
from shared.contracts.agenda import (
    EventCancelled,
    EventChanged,
    EventFacts,
    EventPublished,
    ProgrammeReleased,
)
from shared.kit.clock import utc_now
from shared.kit.tasks import consumes, periodic


@consumes(EventChanged, EventPublished, EventCancelled)
def on_event(session: Session, message: EventFacts) -> None:
    events.keep_event(session, message)


@consumes(ProgrammeReleased)
def on_programme_released(session: Session, message: ProgrammeReleased) -> None:
    events.keep_programme(session, message)


@periodic("registration.tell_of_attempts")
def tell_of_attempts() -> None:
    with Sessions.begin() as session:
        notices.tell_untold(session, utc_now())
