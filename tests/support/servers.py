"""The real servers of a test session: started when a test first needs them, thrown away at its end."""

import os
import shutil
import signal
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql
from redis import Redis

from deploy.local import postgres, throwaway
from deploy.local.bootstrap import DATABASE, SERVICES
from deploy.local.broker import Broker
from deploy.local.files import ROOT
from deploy.local.ports import LOOPBACK, hold_a_port
from shared.kit import migrations, secrets


class Servers:
    """Names every address at once, so that the services can read their settings before a server runs."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="treffpunkt-tests-"))
        self._held = {name: hold_a_port() for name in ("postgres", "redis", "smtp")}
        self.ports = {name: held.getsockname()[1] for name, held in self._held.items()}
        self.postgres = postgres.settle(self.var, self.ports["postgres"], is_durable=False)
        self.broker = Broker(self.var / "redis", self.ports["redis"])
        self.broker.create()
        self._processes: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        databases = {f"{service.upper()}_DATABASE_URL": self.postgres.url(service) for service in SERVICES}
        return {
            **databases,
            "REDIS_URL": self.broker.url,
            "PUBLIC_URL": "http://localhost:8080",
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(self.ports["smtp"]),
            "SMTP_TLS": "none",
            "SECRETS_DIR": str(self.var / "secrets"),
            "DOCUMENTS_DIR": str(self.var / "documents"),
            "ASSETS_DIR": str(ROOT / "node_modules"),
        }

    def make_files(self) -> None:
        secrets.make_missing(self.var / "secrets")
        (self.var / "documents").mkdir()

    def start_postgres(self) -> None:
        """A cluster with every service's role, schema and tables."""
        self.postgres.create()
        self.release_port("postgres")
        self._processes.append(throwaway.start_postgres(self.postgres, self.var / "postgres.log"))
        self.postgres.wait_until_ready()
        self.postgres.bootstrap()
        for service in SERVICES:
            migrations.upgrade(service, self.postgres.url(service))

    def start_redis(self) -> None:
        self.release_port("redis")
        self._processes.append(throwaway.start(self.broker.command(), self.var / "redis.log"))
        self.broker.wait_until_ready()

    def release_port(self, name: str) -> int:
        """Give the port that was held for a server to that server."""
        self._held[name].close()
        return self.ports[name]

    def end(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGQUIT)
        for process in self._processes:
            process.wait(30)
        for held in self._held.values():
            held.close()
        for folder in {self.postgres.place, self.var}:
            shutil.rmtree(folder, ignore_errors=True)


class Database:
    """The superuser's view of the three schemas."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def url(self, service: str) -> str:
        """SQLAlchemy's URL for a service's own role."""
        return self._servers.postgres.url(service)

    @cached_property
    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(
            self._servers.postgres.superuser_url,
            dbname=DATABASE,
            autocommit=True,
            options="-c lock_timeout=5s",
        )

    def clean(self) -> None:
        """Empty every table that has rows; a transaction that a test left open makes this fail after 5 s."""
        if filled := self._filled_tables():
            self.superuser.execute(
                sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(filled))
            )

    def _filled_tables(self) -> list[sql.Identifier]:
        asks = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(number), table)
            for number, table in enumerate(self._tables)
        ]
        rows = self.superuser.execute(sql.SQL(" UNION ALL ").join(asks)).fetchall()
        return [self._tables[number] for (number,) in rows]

    @cached_property
    def _tables(self) -> list[sql.Identifier]:
        rows = self.superuser.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname = ANY(%s) AND tablename <> 'alembic_version' ORDER BY 1, 2",
            [list(SERVICES)],
        )
        return [sql.Identifier(schema, table) for schema, table in rows]

    def close(self) -> None:
        self.superuser.close()


def empty_redis(url: str) -> None:
    with Redis.from_url(url) as client:
        client.flushall()


def use_environment(servers: Servers) -> None:
    os.environ.update(servers.environment())
