"""What this service hears: each fact is kept, and whoever it concerns is looked at again."""

from sqlalchemy.orm import Session

from services.certificates.confirmations.checks import ask, ask_everybody
from services.certificates.copies import service
from services.certificates.copies.models import Attendee, Event
from services.certificates.tickets.service import look_at_tickets_of, try_ticket
from services.certificates.ways.service import tell_newcomer
from shared.contracts.agenda import (
    EventCancelled,
    EventChanged,
    EventClosed,
    EventFacts,
    EventPublished,
    ProgrammeReleased,
)
from shared.contracts.registration import (
    AttendanceClosed,
    AttendanceCorrected,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationFacts,
    ScanRecorded,
)
from shared.kit.tasks import consumes


@consumes(EventChanged, EventPublished, EventCancelled)
def on_event(session: Session, message: EventFacts) -> None:
    if service.copy_event(session, message):
        look_at_tickets_of(session, message.event_id)


@consumes(EventClosed)
def on_event_closed(session: Session, message: EventClosed) -> None:
    on_event(session, message)
    service.copy_closing(session, message)
    ask_everybody(session, session.get_one(Event, message.event_id))


@consumes(ProgrammeReleased)
def on_programme_released(session: Session, message: ProgrammeReleased) -> None:
    service.copy_release(session, message)


@consumes(RegistrationConfirmed, RegistrationChanged, RegistrationCancelled)
def on_registration(session: Session, message: RegistrationFacts) -> None:
    event = service.hold_event(session, message.event_id)
    was_here = service.is_confirmed(session, message.registration_id)
    if not service.copy_attendee(session, message):
        return
    ask(session, message.organisation_id, message.event_id, message.registration_id)
    try_ticket(session, message.registration_id)
    attendee = session.get_one(Attendee, message.registration_id)
    if event is not None and attendee.is_confirmed and not was_here:
        tell_newcomer(session, event, attendee)


@consumes(ScanRecorded)
def on_scan_recorded(session: Session, message: ScanRecorded) -> None:
    if service.copy_scan(session, message):
        ask(session, message.organisation_id, message.event_id, message.registration_id)


@consumes(AttendanceCorrected)
def on_attendance_corrected(session: Session, message: AttendanceCorrected) -> None:
    if service.copy_correction(session, message):
        ask(session, message.organisation_id, message.event_id, message.registration_id)


@consumes(AttendanceClosed)
def on_attendance_closed(session: Session, message: AttendanceClosed) -> None:
    service.copy_totals(session, message)
