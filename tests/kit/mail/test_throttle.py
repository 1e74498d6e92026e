import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from shared.kit.mail import limit_speed


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


def test_a_second_mail_waits_for_its_turn(redis: Redis) -> None:
    throttle = limit_speed(redis, "mail.example.org", per_second=10)
    assert throttle is not None
    assert throttle() == 0
    waiting = throttle()
    assert 0 < waiting <= 0.1
    time.sleep(waiting)
    assert throttle() == 0


def test_each_host_has_its_own_speed(redis: Redis) -> None:
    for host in ("one.example.org", "two.example.org"):
        throttle = limit_speed(redis, host, per_second=0.1)
        assert throttle is not None
        assert throttle() == 0


def test_many_processes_together_keep_the_speed(redis: Redis) -> None:
    """Sixteen ask at once: one may send."""
    throttles = [limit_speed(redis, "mail.example.org", per_second=0.5) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda throttle: throttle() if throttle else None, throttles))
    assert waits.count(0) == 1


def test_no_limit_asks_nobody(redis: Redis) -> None:
    assert limit_speed(redis, "mail.example.org", per_second=0) is None
