from datetime import UTC, datetime
from typing import cast

import pytest
from celery import Celery

from shared.contracts.messages import seal
from shared.kit import inbox, outbox
from shared.kit.database import Sessions, new_id
from shared.kit.outbox import OutboxMessage
from shared.kit.relay import relay_once, send_outbox
from tests.support.broker import FakeBroker
from tests.support.facts import a_confirmed_registration, a_ticket


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


def relay(sessions: Sessions, broker: FakeBroker) -> int:
    return relay_once(sessions, cast(Celery, broker), service="registration")


def outbox_rows(sessions: Sessions) -> list[OutboxMessage]:
    with sessions.begin() as session:
        return list(session.query(OutboxMessage).order_by(OutboxMessage.consumer))


def test_a_message_goes_to_the_queue_of_each_consumer_under_its_own_name(
    sessions: Sessions, broker: FakeBroker
) -> None:
    with sessions.begin() as session:
        outbox.publish(session, a_confirmed_registration())
    relay(sessions, broker)
    name = "registration.registration_confirmed.v1"
    assert sorted((task, queue) for task, _, queue in broker.sent) == [
        (name, "agenda"),
        (name, "certificates"),
    ]


def test_what_was_sent_waits_for_its_acknowledgement(sessions: Sessions, broker: FakeBroker) -> None:
    with sessions.begin() as session:
        outbox.publish(session, a_confirmed_registration())
    assert [relay(sessions, broker) for _ in range(3)] == [2, 0, 0]


def test_while_the_broker_is_away_no_attempt_is_counted(sessions: Sessions, broker: FakeBroker) -> None:
    with sessions.begin() as session:
        outbox.publish(session, a_confirmed_registration())
    broker.is_away = True
    with pytest.raises(ConnectionError):
        relay(sessions, broker)
    assert {row.attempts for row in outbox_rows(sessions)} == {0}
    broker.is_away = False
    assert relay(sessions, broker) == 2


def test_a_message_without_attempts_left_is_parked_and_not_sent(
    sessions: Sessions, broker: FakeBroker
) -> None:
    with sessions.begin() as session:
        outbox.publish(session, a_confirmed_registration())
        session.query(OutboxMessage).update({"attempts": outbox.MOST_ATTEMPTS})
        send_outbox(session, cast(Celery, broker))
    assert broker.sent == []
    assert all(row.parked_at for row in outbox_rows(sessions))


def test_received_messages_are_acknowledged_to_their_producer_in_one_task(
    sessions: Sessions, broker: FakeBroker
) -> None:
    envelopes = [seal(a_ticket(), message_id=new_id(), time=datetime.now(UTC)) for _ in range(3)]
    with sessions.begin() as session:
        for envelope in envelopes:
            inbox.claim(session, envelope)
    relay(sessions, broker)
    ids = sorted(str(envelope.id) for envelope in envelopes)
    [(task, [consumer, acknowledged], queue)] = broker.sent
    assert (task, consumer, queue) == ("certificates.acknowledge", "registration", "certificates")
    assert sorted(acknowledged) == ids
    assert relay(sessions, broker) == 0
