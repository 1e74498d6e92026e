"""The relay: sends what the outboxes hold, and acknowledges what the inboxes hold.

`python -m shared.kit.relay` runs one thread for each service's database. It wakes when a
transaction notifies, and sweeps each second because a notification may be lost. Any number of
relays may run: they lock the rows that they take.
"""

import signal
import threading
from collections import defaultdict
from collections.abc import Sequence

import psycopg
import structlog
from celery import Celery
from sqlalchemy.orm import Session

from shared.kit import inbox, outbox
from shared.kit.clock import utc_now
from shared.kit.database import Sessions, make_engine, make_sessions
from shared.kit.heartbeat import Heartbeat
from shared.kit.inbox import InboxMessage
from shared.kit.messaging import make_client
from shared.kit.outbox import OutboxMessage
from shared.kit.settings import SERVICES, Settings
from shared.kit.telemetry import configure_logging

log = structlog.get_logger()

SWEEP_SECONDS = 1.0
# After a broken connection: long enough not to burn the processor, short enough not to be noticed.
PAUSE_SECONDS = 1.0
# Between two passes of a stream: each message that a consumer has taken rings once, and a pass for one
# acknowledgement costs as much as a pass for fifty. A message after a rest still leaves at once.
GATHER_SECONDS = 0.05


def send_outbox(session: Session, broker: Celery) -> int:
    """Send the due messages of one service in the caller's transaction; returns how many were due.

    A broker that is away raises, the transaction rolls back and no attempt is counted.
    """
    due = outbox.take_due(session)
    for message in due:
        if outbox.is_exhausted(message):
            outbox.park(message)
            log.error("message.parked", name=message.name, id=str(message.message_id))
        else:
            _send(broker, message)
            outbox.mark_sent(message)
    return len(due)


def _send(broker: Celery, message: OutboxMessage) -> None:
    broker.send_task(message.name, [message.envelope], queue=message.consumer, retry=False)


def send_acknowledgements(session: Session, broker: Celery, *, consumer: str) -> int:
    """Acknowledge received messages to their producers, many in one task; returns how many."""
    received = inbox.take_unacknowledged(session)
    for producer, messages in _by_producer(received).items():
        ids = [str(message.message_id) for message in messages]
        broker.send_task(f"{producer}.acknowledge", [consumer, ids], queue=producer, retry=False)
    for message in received:
        message.acknowledged_at = utc_now()
    return len(received)


def _by_producer(messages: Sequence[InboxMessage]) -> dict[str, list[InboxMessage]]:
    groups: dict[str, list[InboxMessage]] = defaultdict(list)
    for message in messages:
        groups[message.producer].append(message)
    return groups


def relay_once(sessions: Sessions, broker: Celery, *, service: str) -> int:
    """One pass over a service's outbox and inbox; returns how many rows it moved."""
    with sessions.begin() as session:
        sent = send_outbox(session, broker)
    with sessions.begin() as session:
        acknowledged = send_acknowledgements(session, broker, consumer=service)
    return sent + acknowledged


def run_service(service: str, settings: Settings, stop: threading.Event) -> None:
    """Relay one service's messages until `stop` is set; survives the loss of database and broker."""
    url = settings.database_url(service)
    sessions = make_sessions(make_engine(url, pool_size=1))
    broker = make_client(settings.redis_url)
    heartbeat = Heartbeat(settings.heartbeat_dir, f"relay-{service}")
    while not stop.is_set():
        try:
            with _listen(url, service) as bell:
                while not stop.is_set():
                    if relay_once(sessions, broker, service=service):
                        stop.wait(GATHER_SECONDS)
                    else:
                        _wait_for_ring(bell)
                    heartbeat.touch()
        except Exception as problem:
            log.warning("relay.paused", service=service, reason=type(problem).__name__)
            stop.wait(PAUSE_SECONDS)


def _listen(url: str, service: str) -> psycopg.Connection:
    bell = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)
    bell.execute(f"LISTEN relay_{service}")
    return bell


def _wait_for_ring(bell: psycopg.Connection) -> None:
    for _ in bell.notifies(timeout=SWEEP_SECONDS, stop_after=1):
        pass


def main() -> None:
    """Relay for all services until SIGTERM or SIGINT."""
    settings = Settings()
    configure_logging(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [threading.Thread(target=run_service, args=(service, settings, stop)) for service in SERVICES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
