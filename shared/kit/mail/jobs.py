"""The periodic job of a service that sends mails."""

from collections.abc import Callable

from shared.kit.database import Sessions
from shared.kit.mail.sender import send_due
from shared.kit.mail.smtp import SmtpSettings
from shared.kit.mail.throttle import limit_speed
from shared.kit.redis_client import connect
from shared.kit.settings import Settings

# Beat calls once a second and a run may take five: fewer mails would keep a fast server waiting.
MAILS_IN_A_RUN = 250


def sender_of(sessions: Sessions, settings: Settings) -> Callable[[], None]:
    """A function that sends what a service has queued: over its server, and no faster than it may."""
    smtp = SmtpSettings.of(settings)
    throttle = limit_speed(connect(settings.redis_url), settings.smtp_host, settings.mail_per_second)

    def send() -> None:
        send_due(sessions, smtp, limit=MAILS_IN_A_RUN, throttle=throttle)

    return send
