"""Sending what this service has queued."""

from services.registration.runtime import Sessions, settings
from shared.kit.mail import sender_of
from shared.kit.tasks import periodic

send = sender_of(Sessions, settings)


@periodic("registration.send_mails")
def send_mails() -> None:
    send()
