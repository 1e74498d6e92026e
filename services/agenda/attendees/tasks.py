"""What registration tells about people."""

from sqlalchemy.orm import Session

from services.agenda.attendees import service
from shared.contracts.registration import (
    AttendanceCorrected,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationFacts,
    ScanRecorded,
)
from shared.kit.tasks import consumes


@consumes(RegistrationCancelled, RegistrationChanged, RegistrationConfirmed)
def on_registration(session: Session, message: RegistrationFacts) -> None:
    service.note(session, message)


@consumes(ScanRecorded)
def on_scan_recorded(session: Session, message: ScanRecorded) -> None:
    service.note_scan(session, message)


@consumes(AttendanceCorrected)
def on_attendance_corrected(session: Session, message: AttendanceCorrected) -> None:
    service.note_correction(session, message)
