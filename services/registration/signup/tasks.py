from sqlalchemy.orm import Session

from services.registration.signup import events
from shared.contracts.agenda import (
    EventCancelled,
    EventChanged,
    EventFacts,
    EventPublished,
    ProgrammeReleased,
)
from shared.kit.tasks import consumes


@consumes(EventChanged, EventPublished, EventCancelled)
def on_event(session: Session, message: EventFacts) -> None:
    events.keep_event(session, message)


@consumes(ProgrammeReleased)
def on_programme_released(session: Session, message: ProgrammeReleased) -> None:
    events.keep_programme(session, message)
