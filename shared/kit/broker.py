"""Redis as Celery's broker, with one error of kombu 5.7 kept from ending a worker."""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel that can be closed also after its connection was given up."""

    def close(self) -> None:
        """Close it; what was received and not acknowledged goes back to its queue, if there still is a connection.

        When Redis goes away during a read, Celery closes the channel a second time, without a connection: kombu
        then raises AttributeError, which ends the worker, and slowly. Redis itself gives those tasks to another
        worker after the visibility timeout, and the outbox sends their messages again before that.
        """
        if getattr(self.connection, "client", None) is None:
            self.do_restore = False
        super().close()


class Transport(redis.Transport):
    Channel: Any = Channel
