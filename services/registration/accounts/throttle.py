"""Failed sign-ins are counted in Redis, by address and by machine, so that guessing takes years."""

import hashlib
from datetime import timedelta

import redis
import structlog

from shared.errors import TooManyRequests

log = structlog.get_logger()

# Somebody who mistypes needs three or four attempts; a list of common passwords has thousands.
MOST_FAILURES_OF_AN_ADDRESS = 10
# A conference's whole team may sit behind one address.
MOST_FAILURES_OF_A_MACHINE = 100
WINDOW = timedelta(minutes=15)


class TooManySignIns(TooManyRequests):
    """Too many failed attempts. Please wait a quarter of an hour."""


class Throttle:
    """Refuses, while Redis answers; without Redis people can still sign in."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def check(self, address_key: str, machine: str) -> None:
        """Raises TooManySignIns for an address or a machine with too many recent failures."""
        counts = self._counts(_keys(address_key, machine))
        limits = (MOST_FAILURES_OF_AN_ADDRESS, MOST_FAILURES_OF_A_MACHINE)
        if any(count >= limit for count, limit in zip(counts, limits, strict=True)):
            raise TooManySignIns(retry_after=int(WINDOW.total_seconds()))

    def note_failure(self, address_key: str, machine: str) -> None:
        try:
            pipeline = self._client.pipeline()
            for key in _keys(address_key, machine):
                pipeline.incr(key)
                pipeline.expire(key, WINDOW, nx=True)
            pipeline.execute()
        except redis.RedisError as problem:
            log.warning("sign_in.not_throttled", reason=type(problem).__name__)

    def _counts(self, keys: tuple[str, str]) -> list[int]:
        try:
            return [int(value or 0) for value in self._client.mget(keys)]
        except redis.RedisError as problem:
            log.warning("sign_in.not_throttled", reason=type(problem).__name__)
            return [0, 0]


def _keys(address_key: str, machine: str) -> tuple[str, str]:
    hashed = hashlib.sha256(machine.encode()).hexdigest()[:32]
    return f"sign-in:address:{address_key}", f"sign-in:machine:{hashed}"
