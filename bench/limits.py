"""The limits that we are measured against; they lie beside the project, in `../shared/limits`."""

import os
import re
import subprocess
from pathlib import Path

import psycopg

from deploy.local.files import ROOT
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SUPERUSER, Postgres

FOLDER = ROOT.parent / "shared" / "limits"
DATABASE = "pgbench"
CLIENTS = 8


class LimitMissing(Exception):
    """A limit cannot be measured here."""


def folder(name: str) -> Path:
    found = FOLDER / name
    if not found.is_dir():
        raise LimitMissing(f"{found.relative_to(ROOT.parent)} is missing: ours is printed alone.")
    return found


class PgBench:
    """One statement for each registration, on the cluster that our sign-ups use too."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._script = folder("registration") / "c_cte.sql"
        self._program = server.binaries / "pgbench"
        if not self._program.exists():
            raise LimitMissing("pgbench is missing beside the embedded PostgreSQL: ours is printed alone.")
        self._create(folder("registration") / "schema.sql")

    def _create(self, schema: Path) -> None:
        with psycopg.connect(self._server.superuser_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            connection.execute(f"CREATE DATABASE {DATABASE}")
        address = self._server.superuser_url.rpartition("/")[0]
        with psycopg.connect(f"{address}/{DATABASE}", autocommit=True) as connection:
            for statement in schema.read_bytes().split(b";\n"):
                if statement.strip():
                    connection.execute(statement)

    def rate(self, seconds: int) -> float:
        """Registrations a second."""
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [
                *(str(self._program), "-n", "-M", "prepared", "-f", str(self._script)),
                *("-c", str(CLIENTS), "-j", "2", "-T", str(seconds)),
                *("-h", LOOPBACK, "-p", str(self._server.port), "-U", SUPERUSER, DATABASE),
            ],
            env={**os.environ, "PGPASSWORD": self._server.passwords[SUPERUSER]},
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        if found is None:
            raise LimitMissing(f"pgbench failed: {done.stderr[-500:]}")
        return float(found.group(1))
