"""Failed sign-ins are counted in Redis, so that guessing takes years and keeps nobody out.

What counts first is an address at one machine: whoever guesses there does not lock out its owner elsewhere.
"""

import hashlib
import ipaddress
from datetime import timedelta

import redis
import structlog

from shared.errors import TooManyRequests

log = structlog.get_logger()

# Somebody who mistypes needs three or four attempts; a list of common passwords has thousands.
MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE = 10
# A conference's whole team may sit behind one machine's address.
MOST_FAILURES_OF_A_MACHINE = 100
# Against many machines at once. It takes fifty of them to keep an owner out, and at this pace the hundred
# thousand commonest passwords, most of them shorter than ours may be, take two days.
MOST_FAILURES_OF_AN_ADDRESS = 500
LIMITS = (MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE, MOST_FAILURES_OF_A_MACHINE, MOST_FAILURES_OF_AN_ADDRESS)
WINDOW = timedelta(minutes=15)


class TooManySignIns(TooManyRequests):
    """Too many failed attempts. Please wait a quarter of an hour."""


class Throttle:
    """Refuses, while Redis answers; without Redis people can still sign in."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def check(self, address_key: str, machine: str) -> None:
        """Raises TooManySignIns after too many recent failures of this address here, or of either anywhere."""
        counts = self._counts(_keys(address_key, machine))
        if any(count >= limit for count, limit in zip(counts, LIMITS, strict=True)):
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

    def _counts(self, keys: tuple[str, ...]) -> list[int]:
        try:
            return [int(value or 0) for value in self._client.mget(keys)]
        except redis.RedisError as problem:
            log.warning("sign_in.not_throttled", reason=type(problem).__name__)
            return [0] * len(keys)


def _keys(address_key: str, machine: str) -> tuple[str, ...]:
    """In the order of LIMITS."""
    address, network = _hashed(address_key), _hashed(_network_of(machine))
    return f"sign-in:both:{address}:{network}", f"sign-in:machine:{network}", f"sign-in:address:{address}"


def _network_of(machine: str) -> str:
    """Of an IPv6 address its first half: the second one is each machine's own to choose (RFC 4291, 2.5.4)."""
    try:
        address = ipaddress.ip_address(machine)
    except ValueError:
        return machine
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else machine


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
