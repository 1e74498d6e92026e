"""A speed limit for one SMTP host, kept in Redis because many processes send."""

from collections.abc import Callable
from typing import cast

from redis import Redis

# Asks for leave to send one mail: 0 gives it, else the seconds to wait before asking again.
Throttle = Callable[[], float]

MICROSECONDS = 1_000_000

# The key holds the moment (by Redis' clock, in µs) from which the next mail may go. Asking and
# taking is one step, or two processes would take the same moment.
TAKE_A_TURN = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local free_from = tonumber(redis.call('GET', KEYS[1]) or '0')
if free_from > now then return free_from - now end
redis.call('SET', KEYS[1], string.format('%.0f', now + ARGV[1]), 'PX', math.ceil(ARGV[1] / 1000) + 1000)
return 0
"""


def limit_speed(redis: "Redis", host: str, per_second: float) -> Throttle | None:
    """At most `per_second` mails to `host`, evenly spaced, over all processes; 0 means no limit."""
    if per_second <= 0:
        return None
    take_a_turn = redis.register_script(TAKE_A_TURN)

    def throttle() -> float:
        waiting = take_a_turn(keys=[f"mail:turn:{host}"], args=[round(MICROSECONDS / per_second)])
        return cast(int, waiting) / MICROSECONDS

    return throttle
