import pytest
from celery import Celery
from kombu import Connection
from kombu.transport import redis

from shared.kit.messaging import make_client

QUEUE = "broker-test"


def holding_a_message(connection: Connection) -> redis.Channel:
    """A channel that has received a message and not acknowledged it."""
    waiting = connection.SimpleQueue(QUEUE)
    waiting.put({"text": "for somebody"})
    waiting.get(timeout=5)
    channel: redis.Channel = waiting.channel
    return channel


def give_up(connection: Connection) -> None:
    """What Celery does when Redis has gone away."""
    connection.transport.client = None


def test_a_channel_whose_connection_was_given_up_can_be_closed(redis_url: str) -> None:
    with make_client(redis_url).connection_for_read() as connection:
        channel = holding_a_message(connection)
        give_up(connection)
        channel.close()


def test_with_kombus_own_transport_a_worker_would_end(redis_url: str) -> None:
    connection = Celery(broker=redis_url, set_as_current=False).connection_for_read()
    channel = holding_a_message(connection)
    give_up(connection)
    with pytest.raises(AttributeError):
        channel.close()


def test_a_channel_that_is_closed_in_peace_gives_its_messages_back(redis_url: str) -> None:
    client = make_client(redis_url)
    with client.connection_for_read() as connection:
        holding_a_message(connection).close()
    with client.connection_for_read() as connection:
        assert connection.SimpleQueue(QUEUE).get(timeout=5).payload == {"text": "for somebody"}
