from functools import cache

import redis

from services.registration.runtime import Sessions, settings
from shared.kit.mail.sender import send_due
from shared.kit.mail.smtp import SmtpSettings
from shared.kit.mail.throttle import Throttle, limit_speed
from shared.kit.tasks import periodic


@periodic("registration.send_mails")
def send_mails() -> None:
    send_due(Sessions, _smtp(), throttle=_throttle())


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


@cache
def _throttle() -> Throttle | None:
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    return limit_speed(client, settings.smtp_host, settings.mail_per_second)
