"""A worker that is there before the migrations: a real Celery worker beside a schema of yesterday."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from redis import Redis

from deploy.local.files import ROOT
from shared.kit import migrations
from shared.kit.database import make_engine
from shared.kit.messaging import make_client
from tests.support.servers import Database
from tests.support.waiting import wait_until

QUEUE = "agenda"


@pytest.fixture
def superuser(database: Database) -> psycopg.Connection:
    return database.superuser


@contextmanager
def yesterdays_schema(superuser: psycopg.Connection) -> Iterator[None]:
    """The agenda's schema as its last release but one had left it."""
    [(newest,)] = superuser.execute("SELECT version_num FROM agenda.alembic_version").fetchall()
    superuser.execute("UPDATE agenda.alembic_version SET version_num = '0000'")
    try:
        yield
    finally:
        superuser.execute("UPDATE agenda.alembic_version SET version_num = %s", [newest])


@contextmanager
def a_worker(log: Path) -> Iterator[None]:
    command = ["celery", "-A", "services.agenda.worker", "worker", "-Q", QUEUE, "--concurrency", "1"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", *command, "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def test_a_worker_takes_nothing_before_the_migrations_have_run(
    superuser: psycopg.Connection, redis_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    broker: Celery = make_client(redis_url)
    broker.send_task("agenda.purge_messages", queue=QUEUE)
    with Redis.from_url(redis_url) as redis, a_worker(log):
        with yesterdays_schema(superuser):
            with_sentence = "`treffpunkt migrate` has not run for this version"
            wait_until(lambda: with_sentence in log.read_text(), seconds=30)
            assert redis.llen(QUEUE) == 1
        # The control: at head it takes what has waited.
        wait_until(lambda: redis.llen(QUEUE) == 0, seconds=30)


def test_without_a_database_it_waits_too(
    superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EnoughWaited(Exception):
        """The test has seen it."""

    def give_up(_: float) -> None:
        raise EnoughWaited

    monkeypatch.setattr(migrations.time, "sleep", give_up)
    with pytest.raises(EnoughWaited):
        migrations.wait_until_at_head("agenda", make_engine("postgresql+psycopg://agenda@127.0.0.1:1/none"))


def test_a_schema_that_is_at_head_keeps_nobody_waiting(database: Database) -> None:
    migrations.wait_until_at_head("agenda", make_engine(database.url("agenda")), pause=float("inf"))
