"""Redis for those who have somebody waiting for them."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Seconds. A Redis that answers does so within a millisecond.
PATIENCE = 2


def connect(url: str) -> redis.Redis:
    """A client that says within two seconds that Redis does not answer, instead of trying for eight.

    redis-py tries a connection that is refused again and again by default. A person who signs in, or a check
    of health, wants to know at once, and a run of mails begins again a second later. Celery connects by itself.
    """
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once)
