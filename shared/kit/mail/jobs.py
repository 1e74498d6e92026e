"""The periodic job of a service that sends mails."""

from collections.abc import Callable

import redis

from shared.kit.database import Sessions
from shared.kit.mail.sender import send_due
from shared.kit.mail.smtp import SmtpSettings
from shared.kit.mail.throttle import limit_speed
from shared.kit.settings import Settings


def sender_of(sessions: Sessions, settings: Settings) -> Callable[[], None]:
    """A function that sends what a service has queued: over its server, and no faster than it may."""
    smtp = SmtpSettings.of(settings)
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    throttle = limit_speed(client, settings.smtp_host, settings.mail_per_second)

    def send() -> None:
        send_due(sessions, smtp, throttle=throttle)

    return send
