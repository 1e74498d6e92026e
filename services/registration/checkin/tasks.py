from sqlalchemy.orm import Session

from services.registration.checkin import closing, service
from services.registration.signup import events
from shared.contracts.agenda import EventClosed
from shared.contracts.certificates import TicketIssued
from shared.kit.tasks import consumes


@consumes(EventClosed)
def on_event_closed(session: Session, message: EventClosed) -> None:
    events.keep_event(session, message)
    closing.close_attendance(session, message)


@consumes(TicketIssued)
def on_ticket_issued(session: Session, message: TicketIssued) -> None:
    service.keep_ticket(session, message)
