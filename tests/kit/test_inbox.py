from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from shared.contracts.messages import Envelope, Message, seal
from shared.kit import inbox
from shared.kit.database import Sessions, new_id
from shared.kit.messaging import receive
from tests.support.facts import a_ticket

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def sealed(message: Message) -> Envelope:
    return seal(message, message_id=new_id(), time=NOW)


def counting(effects: list[str]) -> Callable[[Session, Message], None]:
    return lambda _session, message: effects.append(message.name)


def deliver(sessions: Sessions, envelope: Envelope, effects: list[str]) -> None:
    with sessions.begin() as session:
        receive(session, envelope, a_ticket(), counting(effects))


def test_a_message_that_comes_three_times_takes_effect_once(sessions: Sessions) -> None:
    effects: list[str] = []
    envelope = sealed(a_ticket())
    for _ in range(3):
        deliver(sessions, envelope, effects)
    assert effects == ["certificates.ticket_issued.v1"]


def test_without_the_claim_it_would_take_effect_three_times(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "claim", lambda *_: True)
    effects: list[str] = []
    envelope = sealed(a_ticket())
    for _ in range(3):
        deliver(sessions, envelope, effects)
    assert len(effects) == 3


def test_an_effect_that_fails_leaves_no_claim_so_the_next_delivery_tries_again(sessions: Sessions) -> None:
    def fail(_session: Session, _message: Message) -> None:
        raise RuntimeError("the disk is full")

    envelope = sealed(a_ticket())
    with pytest.raises(RuntimeError), sessions.begin() as session:
        receive(session, envelope, a_ticket(), fail)
    effects: list[str] = []
    deliver(sessions, envelope, effects)
    assert len(effects) == 1


def test_a_message_that_comes_again_is_acknowledged_again(sessions: Sessions) -> None:
    envelope = sealed(a_ticket())
    deliver(sessions, envelope, [])
    with sessions.begin() as session:
        for message in inbox.take_unacknowledged(session):
            message.acknowledged_at = NOW
    deliver(sessions, envelope, [])
    with sessions.begin() as session:
        assert [message.message_id for message in inbox.take_unacknowledged(session)] == [envelope.id]


def test_a_second_delivery_waits_until_the_first_is_decided(sessions: Sessions) -> None:
    envelope = sealed(a_ticket())

    def claim_again() -> bool:
        with sessions.begin() as session:
            return inbox.claim(session, envelope)

    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as first:
            assert inbox.claim(first, envelope)
            second = pool.submit(claim_again)
            with pytest.raises(FutureTimeout):
                second.result(timeout=0.3)
        assert second.result(timeout=10) is False
