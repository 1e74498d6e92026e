"""Celery on Redis: the settings under which nothing is lost, and the way of a message to its consumer.

Measured with defaults, a killed Redis lost every queued task and a killed worker its running one;
with these settings, an AOF and `noeviction`, none.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any
from uuid import UUID

import structlog
from celery import Celery, bootsteps
from celery.signals import task_unknown, worker_init, worker_process_init
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shared.contracts.messages import Envelope, Message
from shared.kit import access, idempotency, inbox, mail, migrations, outbox
from shared.kit.clock import utc_now
from shared.kit.database import Sessions
from shared.kit.heartbeat import Heartbeat
from shared.kit.settings import Settings
from shared.kit.tasks import Handler
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# A task of ours takes seconds. Redis gives an unacknowledged task to another worker after the
# visibility timeout, so the hard limit must end it before.
HARD_LIMIT = 60
VISIBILITY_TIMEOUT = 90
HEARTBEAT_SECONDS = 5.0

SETTINGS: dict[str, Any] = {
    "broker_transport": "shared.kit.broker:Transport",
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_time_limit": HARD_LIMIT,
    "broker_transport_options": {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        # kombu 5.7 otherwise looks for tasks of dead workers only every 100 s.
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "health_check_interval": 25,
    },
    "broker_connection_retry_on_startup": True,
    # With REMAP_SIGTERM=SIGQUIT: SIGTERM lets a running task end, then requeues the rest.
    "worker_soft_shutdown_timeout": 20,
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_create_missing_queues": True,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "enable_utc": True,
}


def make_client(redis_url: str) -> Celery:
    """A Celery app that only sends: for the relay and for beat."""
    app = Celery("treffpunkt", broker=redis_url, set_as_current=False)
    app.conf.update(SETTINGS)
    return app


def make_worker(
    service: str, *, settings: Settings, engine: Engine, sessions: Sessions, modules: Iterable[ModuleType]
) -> Celery:
    """A service's Celery app, with every marked function of its task modules registered."""
    app = Celery(service, broker=settings.redis_url, set_as_current=False)
    app.conf.update(SETTINGS, task_default_queue=service)
    for function in _marked(modules):
        _register(app, service, sessions, function)
    _register_housekeeping(app, service, sessions)
    _park_unknown(app, service)
    _wait_for_migrations(app, service, engine)
    _show_life(app, Heartbeat(settings.heartbeat_dir, f"{service}-worker"))
    # A forked child must not share its parent's connections.
    worker_process_init.connect(lambda **_: engine.dispose(close=False), weak=False)
    return app


def _marked(modules: Iterable[ModuleType]) -> Iterator[Callable[..., Any]]:
    for module in modules:
        for thing in vars(module).values():
            is_its_own = getattr(thing, "__module__", None) == module.__name__
            if is_its_own and (hasattr(thing, "contracts") or hasattr(thing, "job")):
                yield thing


def _register(app: Celery, service: str, sessions: Sessions, function: Callable[..., Any]) -> None:
    if hasattr(function, "job"):
        _add(app, function.job, function)
    for contract in getattr(function, "contracts", ()):
        _add(app, contract.name, _consumer(app, service, sessions, contract, function))


def _add(app: Celery, name: str, function: Callable[..., Any]) -> None:
    # Celery's default shares a task with every app of the process, under whoever came first.
    app.task(name=name, shared=False)(function)


def _consumer(
    app: Celery, service: str, sessions: Sessions, contract: type[Message], handler: Handler[Any]
) -> Callable[[dict[str, Any]], None]:
    def consume(raw: dict[str, Any]) -> None:
        try:
            envelope = Envelope.model_validate(raw)
            message = contract.model_validate(envelope.data)
        except ValidationError as problem:
            report_failure(app, service, raw, f"unreadable: {_faults(problem)}", is_final=True)
            return
        try:
            with sessions.begin() as session:
                receive(session, envelope, message, handler)
        except Exception as problem:
            # Not raised: Celery would log the message, and the producer sends again by itself.
            report_failure(app, service, raw, " ".join(describe_error(problem).values()), is_final=False)

    return consume


def _faults(problem: ValidationError) -> str:
    """The fields and what is wrong with them, without what they hold."""
    found = problem.errors(include_input=False, include_url=False)
    return ", ".join(f"{'.'.join(map(str, fault['loc']))} {fault['type']}" for fault in found)


def receive(session: Session, envelope: Envelope, message: Message, handler: Handler[Any]) -> None:
    """Claim a message and let it take effect, in one transaction; a repetition has none."""
    if inbox.claim(session, envelope):
        handler(session, message)
        log.info("message.received", name=envelope.type, id=str(envelope.id))


def report_failure(app: Celery, service: str, raw: dict[str, Any], error: str, *, is_final: bool) -> None:
    """Tell a message's producer why it was not taken; it stays in the producer's outbox."""
    log.error("message.failed", name=raw.get("type"), id=raw.get("id"), reason=error, final=is_final)
    producer = str(raw.get("source", "")).removeprefix("/")
    if producer and raw.get("id"):
        arguments = [service, raw["id"], error[:2000], is_final]
        app.send_task(f"{producer}.record_failure", arguments, queue=producer)


def _register_housekeeping(app: Celery, service: str, sessions: Sessions) -> None:
    def acknowledge(consumer: str, message_ids: list[str]) -> None:
        with sessions.begin() as session:
            outbox.acknowledge(session, consumer, [UUID(message_id) for message_id in message_ids])

    def record_failure(consumer: str, message_id: str, error: str, is_final: bool) -> None:
        with sessions.begin() as session:
            outbox.record_failure(session, consumer, UUID(message_id), error, is_final=is_final)

    def purge_messages() -> None:
        with sessions.begin() as session:
            outbox.purge_delivered(session)
            inbox.purge(session)
            idempotency.purge(session)
            access.purge_revoked(session)
            mail.purge(session, utc_now())

    for task in (acknowledge, record_failure, purge_messages):
        _add(app, f"{service}.{task.__name__}", task)


def _wait_for_migrations(app: Celery, service: str, engine: Engine) -> None:
    """A worker takes nothing from its queue before the tables are those that it knows."""

    def on_init(sender: Any, **_: Any) -> None:
        if sender.app is app:
            migrations.wait_until_at_head(service, engine)

    worker_init.connect(on_init, weak=False)


def _park_unknown(app: Celery, service: str) -> None:
    """Celery drops a task whose name it does not know; ours goes back to be parked at its producer."""

    def on_unknown(sender: Any, message: Any, **_: Any) -> None:
        if sender.app is not app:
            return
        arguments = message.payload[0]
        if arguments and isinstance(arguments[0], dict):
            report_failure(app, service, arguments[0], "unknown name or version", is_final=True)

    task_unknown.connect(on_unknown, weak=False)
    # Celery would print the message itself, with all that it says of a person.
    logging.getLogger("celery.worker.consumer.consumer").addFilter(_is_no_unknown_task)


def _is_no_unknown_task(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Received unregistered task")


def _show_life(app: Celery, heartbeat: Heartbeat) -> None:
    """Touch a file from the worker's own loop, as long as it has its broker."""

    class Pulse(bootsteps.StartStopStep):
        # Losing the broker clears all timers; each part of the consumer is then started again.
        def start(self, parent: Any) -> None:
            self.timer = parent.timer.call_repeatedly(HEARTBEAT_SECONDS, heartbeat.touch)

        def stop(self, parent: Any) -> None:
            self.timer.cancel()

    app.steps["consumer"].add(Pulse)
