import pytest
from redis import Redis

from services.registration.accounts.throttle import (
    MOST_FAILURES_OF_A_MACHINE,
    MOST_FAILURES_OF_AN_ADDRESS,
    MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE,
    Throttle,
    TooManySignIns,
)
from shared.kit.redis_client import connect


@pytest.fixture
def throttle(redis_url: str) -> Throttle:
    return Throttle(Redis.from_url(redis_url))


def fail(throttle: Throttle, *attempts: tuple[str, str]) -> None:
    for address, machine in attempts:
        throttle.check(address, machine)
        throttle.note_failure(address, machine)


def is_refused(throttle: Throttle, address: str, machine: str) -> bool:
    try:
        throttle.check(address, machine)
    except TooManySignIns:
        return True
    return False


def test_an_address_is_refused_where_it_was_tried_too_often_and_nowhere_else(throttle: Throttle) -> None:
    fail(throttle, *[("anna", "203.0.113.1")] * MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE)
    assert is_refused(throttle, "anna", "203.0.113.1")
    assert not is_refused(throttle, "anna", "203.0.113.2")
    assert not is_refused(throttle, "ben", "203.0.113.1")


def test_a_machine_that_tries_many_addresses_is_refused(throttle: Throttle) -> None:
    fail(throttle, *((f"person{number}", "203.0.113.1") for number in range(MOST_FAILURES_OF_A_MACHINE)))
    assert is_refused(throttle, "anna", "203.0.113.1")
    assert not is_refused(throttle, "anna", "203.0.113.2")


def test_an_address_that_many_machines_try_is_refused_at_last(throttle: Throttle) -> None:
    fail(throttle, *(("anna", f"machine {number}") for number in range(MOST_FAILURES_OF_AN_ADDRESS)))
    assert is_refused(throttle, "anna", "203.0.113.1")


def test_another_address_of_the_same_ipv6_network_is_the_same_machine(throttle: Throttle) -> None:
    attempts = [
        ("anna", f"2001:db8::{number:x}") for number in range(MOST_FAILURES_OF_AN_ADDRESS_AT_A_MACHINE)
    ]
    fail(throttle, *attempts)
    assert is_refused(throttle, "anna", "2001:db8::ffff")
    assert not is_refused(throttle, "anna", "2001:db8:0:1::1")


def test_without_redis_people_can_still_sign_in() -> None:
    unreachable = connect("redis://127.0.0.1:1/0")
    fail(Throttle(unreachable), *[("anna", "203.0.113.1")] * 11)
