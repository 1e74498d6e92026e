"""Servers that live as long as the process that started them, for tests and single commands."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.parent import ended_with_parent
from deploy.local.ports import Ports
from deploy.local.postgres import Postgres, settle


@contextmanager
def throwaway_postgres() -> Iterator[Postgres]:
    """A PostgreSQL with roles and schemas, but no tables."""
    folder = Path(tempfile.mkdtemp(prefix="treffpunkt-postgres-"))
    server = settle(folder, Ports.free().postgres, is_durable=False)
    try:
        server.create()
        process = start_postgres(server, folder / "log")
        try:
            server.wait_until_ready()
            server.bootstrap()
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait()
    finally:
        for place in {server.place, folder}:
            shutil.rmtree(place, ignore_errors=True)


def start_postgres(server: Postgres, log: Path) -> subprocess.Popen[bytes]:
    if server.account is None:
        return start(server.command(), log)
    return start(server.command(), log, user=server.account.pw_uid, group=server.account.pw_gid)


def start(
    command: list[str], log: Path, *, user: int | None = None, group: int | None = None
) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(
            command,
            cwd="/",
            stdout=file,
            stderr=file,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            preexec_fn=ended_with_parent(signal.SIGQUIT),
        )
