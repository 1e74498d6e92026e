from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from shared.contracts.messages import Message
from shared.kit import outbox
from shared.kit.database import Sessions, new_id
from shared.kit.outbox import OutboxMessage
from tests.support.facts import a_confirmed_registration, a_scan

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> outbox.Clock:
    return lambda: START + timedelta(seconds=seconds)


def publish(sessions: Sessions, *messages: Message) -> None:
    with sessions.begin() as session:
        outbox.publish(session, *messages, now=at(0))


def due_at(sessions: Sessions, seconds: float) -> list[str]:
    """Consumers of the messages due at a moment; each counts as sent then."""
    with sessions.begin() as session:
        due = outbox.take_due(session, now=at(seconds))
        for message in due:
            outbox.mark_sent(message, now=at(seconds))
        return sorted(message.consumer for message in due)


def test_a_fact_waits_for_each_of_its_consumers(sessions: Sessions) -> None:
    publish(sessions, a_confirmed_registration())
    assert due_at(sessions, 0) == ["agenda", "certificates"]


def test_a_consumer_does_not_get_what_it_does_not_need(sessions: Sessions) -> None:
    publish(sessions, a_confirmed_registration())
    with sessions.begin() as session:
        told = {message.consumer: message.envelope["data"] for message in outbox.take_due(session, now=at(0))}
    assert {"email", "link"} <= told["certificates"].keys()
    assert {"email", "link"}.isdisjoint(told["agenda"])


def test_a_fact_of_a_rolled_back_transaction_is_told_to_nobody(sessions: Sessions) -> None:
    with sessions() as session:
        outbox.publish(session, a_confirmed_registration(), now=at(0))
        session.rollback()
    assert due_at(sessions, 0) == []


def test_many_facts_are_written_at_once(sessions: Sessions) -> None:
    person = new_id()
    publish(sessions, *(a_scan(person) for _ in range(100)))
    assert len(due_at(sessions, 0)) == 200


def test_what_is_not_acknowledged_is_sent_again_with_growing_pauses(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()))
    sent = [second for second in range(0, 100, 5) if due_at(sessions, second)]
    assert sent == [0, 10, 30, 70]


def test_what_is_acknowledged_is_never_sent_again(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()))
    with sessions.begin() as session:
        for message in outbox.take_due(session, now=at(0)):
            outbox.acknowledge(session, message.consumer, [message.message_id], now=at(1))
    assert due_at(sessions, 3600) == []


def test_an_acknowledgement_of_one_consumer_leaves_the_other_waiting(sessions: Sessions) -> None:
    publish(sessions, a_confirmed_registration())
    with sessions.begin() as session:
        first = outbox.take_due(session, now=at(0))[0]
        outbox.acknowledge(session, "agenda", [first.message_id], now=at(1))
    assert due_at(sessions, 20) == ["certificates"]


def test_two_relays_never_take_the_same_message(sessions: Sessions) -> None:
    publish(sessions, a_confirmed_registration())
    with sessions.begin() as one, sessions.begin() as other:
        other.execute(text("SET LOCAL lock_timeout = '2s'"))
        first = outbox.take_due(one, limit=1, now=at(0))
        second = outbox.take_due(other, limit=10, now=at(0))
        assert {message.consumer for message in first}.isdisjoint(message.consumer for message in second)
        assert len(first) + len(second) == 2


def test_a_message_is_given_up_after_its_attempts_and_waits_for_a_person(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()))
    day = 0.0
    while not _is_exhausted(sessions, day):
        day += 3600
    assert day == 3600 * outbox.MOST_ATTEMPTS


def _is_exhausted(sessions: Sessions, seconds: float) -> bool:
    with sessions.begin() as session:
        due = outbox.take_due(session, now=at(seconds))
        for message in due:
            outbox.mark_sent(message, now=at(seconds))
        return all(message.attempts > outbox.MOST_ATTEMPTS for message in due)


def park_all(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for message in outbox.take_due(session, now=at(0)):
            outbox.record_failure(
                session, message.consumer, message.message_id, "unknown version", is_final=True, now=at(0)
            )


def test_a_parked_message_is_listed_with_its_reason_and_not_sent(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()))
    park_all(sessions)
    assert due_at(sessions, 3600) == []
    with sessions.begin() as session:
        assert {message.error for message in outbox.list_parked(session)} == {"unknown version"}


def test_a_parked_message_is_sent_again_by_command(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()))
    park_all(sessions)
    with sessions.begin() as session:
        assert outbox.resend_parked(session, now=at(100)) == 2
    assert due_at(sessions, 100) == ["agenda", "certificates"]


def test_only_the_named_parked_message_is_sent_again(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()), a_scan(new_id()))
    park_all(sessions)
    with sessions.begin() as session:
        chosen = outbox.list_parked(session)[0].message_id
        expected = sum(message.message_id == chosen for message in outbox.list_parked(session))
        assert outbox.resend_parked(session, [chosen], now=at(100)) == expected


def test_a_failure_that_may_pass_is_noted_and_tried_again(sessions: Sessions) -> None:
    publish(sessions, a_scan(new_id()))
    with sessions.begin() as session:
        for message in outbox.take_due(session, now=at(0)):
            outbox.record_failure(session, message.consumer, message.message_id, "deadlock", is_final=False)
    assert due_at(sessions, 10) == ["agenda", "certificates"]


@pytest.mark.parametrize(("age", "left"), [(timedelta(minutes=59), 2), (timedelta(minutes=61), 0)])
def test_delivered_messages_are_forgotten_after_an_hour(
    sessions: Sessions, age: timedelta, left: int
) -> None:
    publish(sessions, a_scan(new_id()))
    with sessions.begin() as session:
        for message in outbox.take_due(session, now=at(0)):
            outbox.acknowledge(session, message.consumer, [message.message_id], now=at(0))
        outbox.purge_delivered(session, now=lambda: START + age)
        assert session.query(OutboxMessage).count() == left
