"""A message that its consumer cannot take comes to rest at its producer, on the running product."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, select
from sqlalchemy.orm import Session

from deploy.local.stack import Stack
from shared.kit import outbox
from shared.kit.clock import utc_now
from shared.kit.outbox import OutboxMessage
from tests.support.facts import a_confirmed_registration
from tests.support.waiting import wait_until

Change = Callable[[OutboxMessage], None]


@pytest.fixture
def registration(stack: Stack) -> Iterator[Engine]:
    """The producer's database; what is told here is gone afterwards, for others look at the same system."""
    engine = create_engine(stack.env["REGISTRATION_DATABASE_URL"])
    yield engine
    with Session(engine) as session, session.begin():
        session.execute(delete(OutboxMessage).where(OutboxMessage.acknowledged_at.is_(None)))
    engine.dispose()


def told(engine: Engine, change: Change) -> OutboxMessage:
    """A confirmed registration on its way to certificates, changed before anybody has seen it."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        fact = a_confirmed_registration()
        outbox.publish(session, fact)
        to_agenda, to_certificates = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.subject == fact.subject)
            .order_by(OutboxMessage.consumer)
        )
        session.delete(to_agenda)
        change(to_certificates)
        return to_certificates


def now_of(engine: Engine, message: OutboxMessage) -> OutboxMessage:
    with Session(engine) as session:
        return session.get_one(OutboxMessage, (message.message_id, message.consumer))


def rename(message: OutboxMessage, name: str) -> None:
    message.name, message.envelope = name, {**message.envelope, "type": name}


def with_data(message: OutboxMessage, **data: Any) -> None:
    message.envelope = {**message.envelope, "data": {**message.envelope["data"], **data}}


def test_a_version_that_the_consumer_does_not_know_is_parked_and_can_be_sent_again(
    registration: Engine,
) -> None:
    message = told(registration, lambda row: rename(row, "registration.registration_confirmed.v9"))
    wait_until(lambda: now_of(registration, message).parked_at is not None)
    assert now_of(registration, message).error == "unknown name or version"
    with Session(registration) as session, session.begin():
        known = session.get_one(OutboxMessage, (message.message_id, message.consumer))
        rename(known, "registration.registration_confirmed.v1")
        assert outbox.resend_parked(session, [message.message_id]) == 1
    wait_until(lambda: now_of(registration, message).acknowledged_at is not None)


def test_a_message_that_cannot_be_read_is_parked_without_what_it_says_of_people(registration: Engine) -> None:
    message = told(registration, lambda row: with_data(row, event_id="no id", link=None))
    wait_until(lambda: now_of(registration, message).parked_at is not None)
    error = now_of(registration, message).error or ""
    assert error == "unreadable: event_id uuid_parsing, link string_type"


def test_a_message_that_fails_is_tried_again_and_parked_when_its_attempts_are_used_up(
    registration: Engine,
) -> None:
    # More than a bigint holds: it can be read, and no table takes it.
    message = told(registration, lambda row: with_data(row, sequence=2**70))
    wait_until(lambda: now_of(registration, message).error is not None)
    failed = now_of(registration, message)
    assert failed.parked_at is None
    assert "Lisbeth" not in (failed.error or "")
    with Session(registration) as session, session.begin():
        last = session.get_one(OutboxMessage, (message.message_id, message.consumer))
        last.attempts, last.due_at = outbox.MOST_ATTEMPTS, utc_now()
    wait_until(lambda: now_of(registration, message).parked_at is not None)
