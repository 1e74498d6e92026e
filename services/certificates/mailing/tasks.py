"""Sending what this service has queued."""

from services.certificates.runtime import Sessions, settings
from shared.kit.clock import utc_now
from shared.kit.mail import purge, sender_of
from shared.kit.tasks import periodic

send = sender_of(Sessions, settings)


@periodic("certificates.send_mails")
def send_mails() -> None:
    send()


@periodic("certificates.forget_expired")
def forget_expired() -> None:
    """Drop the content of mails that never arrived and that nobody sent again."""
    with Sessions.begin() as session:
        purge(session, utc_now())
