"""Sending what this service has queued."""

from functools import cache

from services.certificates.runtime import Sessions, settings
from shared.kit.mail import SmtpSettings, send_due
from shared.kit.tasks import periodic


@periodic("certificates.send_mails")
def send_mails() -> None:
    send_due(Sessions, _smtp())


@cache
def _smtp() -> SmtpSettings:
    return SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        mail_from=settings.mail_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
    )
