import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from redis import AuthenticationError, Redis

from deploy.local import throwaway
from deploy.local.broker import Broker
from deploy.local.ports import LOOPBACK, Ports


@contextmanager
def running(broker: Broker) -> Iterator[psutil.Process]:
    broker.create()
    process = throwaway.start(broker.command(), broker.place / "log")
    try:
        broker.wait_until_ready()
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    return Broker(tmp_path / "with a space", Ports.free().redis)


def test_a_waiting_task_is_there_after_the_server_was_killed(broker: Broker) -> None:
    with running(broker) as process, Redis.from_url(broker.url) as client:
        client.lpush("certificates", "task")
        process.kill()
        process.wait()
    with running(broker), Redis.from_url(broker.url) as client:
        assert client.lrange("certificates", 0, -1) == [b"task"]


def test_a_full_memory_drops_no_task(broker: Broker) -> None:
    with running(broker), Redis.from_url(broker.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_nobody_gets_in_without_the_password(broker: Broker) -> None:
    with (
        running(broker),
        Redis(host=LOOPBACK, port=broker.port) as client,
        pytest.raises(AuthenticationError),
    ):
        client.ping()


def test_only_the_owner_reads_the_password(broker: Broker) -> None:
    broker.create()
    assert [file.stat().st_mode & 0o077 for file in broker.place.iterdir()] == [0, 0]


def test_the_server_listens_on_the_loopback_alone(broker: Broker) -> None:
    with running(broker) as process:
        listening = [one for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
        assert {connection.laddr for connection in listening} == {(LOOPBACK, broker.port)}
