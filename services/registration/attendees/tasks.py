from sqlalchemy.orm import Session

from services.registration.attendees import service
from shared.contracts.certificates import ConfirmationIssued
from shared.kit.tasks import consumes


@consumes(ConfirmationIssued)
def on_confirmation_issued(session: Session, message: ConfirmationIssued) -> None:
    service.keep_confirmation(session, message)
