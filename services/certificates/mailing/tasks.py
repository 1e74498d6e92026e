"""Sending what this service has queued."""

from functools import cache

import redis

from services.certificates.runtime import Sessions, settings
from shared.kit.clock import utc_now
from shared.kit.mail import SmtpSettings, Throttle, limit_speed, purge, send_due
from shared.kit.tasks import periodic


@periodic("certificates.send_mails")
def send_mails() -> None:
    send_due(Sessions, _smtp(), throttle=_throttle())


@periodic("certificates.forget_expired")
def forget_expired() -> None:
    """Drop the content of mails that never arrived and that nobody sent again."""
    with Sessions.begin() as session:
        purge(session, utc_now())


@cache
def _smtp() -> SmtpSettings:
    return SmtpSettings.of(settings)


@cache
def _throttle() -> Throttle | None:
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    return limit_speed(client, settings.smtp_host, settings.mail_per_second)
