"""The whole product on one machine without Docker: databases, proxy, mail sink, services and workers.

with Stack(Path("var")) as stack:
    print(stack.urls.public)
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.error import URLError

from deploy.local import leftovers, programs
from deploy.local.bootstrap import SERVICES
from deploy.local.broker import Broker
from deploy.local.files import ROOT
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import Postgres, place_elsewhere, settle
from deploy.local.supervision import Supervisor
from shared.kit import migrations, secrets


class StackFailed(Exception):
    """The embedded stack could not be started."""


@dataclass(frozen=True)
class Urls:
    """Where the stack answers: `public` is the one origin, the others lead past the proxy."""

    public: str
    registration: str
    agenda: str
    certificates: str


class Stack:
    """One isolated stack: everything it keeps is in `var`, everything it serves on `ports` of the loopback.

    `environment` adds to or replaces the settings of the services. Without services only the servers run
    (PostgreSQL, Redis, Caddy, the mail sink), for somebody who starts the services by hand. `start` returns when every service
    answers that it is ready; `stop` keeps the data, `erase` removes them.
    """

    def __init__(
        self,
        var: Path = ROOT / "var",
        *,
        ports: Ports | None = None,
        environment: Mapping[str, str] | None = None,
        web_processes: int = 1,
        worker_processes: int = 1,
        with_services: bool = True,
    ) -> None:
        self.var = var.resolve()
        self.ports = ports or Ports.free()
        self._environment = dict(environment or {})
        self._web_processes = web_processes
        self._worker_processes = worker_processes
        self._with_services = with_services
        self._lock: IO[str] | None = None
        self._postgres: Postgres | None = None
        self._broker = Broker(self.var / "redis", self.ports.redis)
        self._supervisor: Supervisor | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def urls(self) -> Urls:
        return Urls(
            public=f"http://localhost:{self.ports.caddy}",
            registration=f"http://{LOOPBACK}:{self.ports.registration}",
            agenda=f"http://{LOOPBACK}:{self.ports.agenda}",
            certificates=f"http://{LOOPBACK}:{self.ports.certificates}",
        )

    @property
    def mailbox(self) -> Path:
        """The folder where each mail that was sent lies as a file `*.eml`, the oldest first by name."""
        return self.var / "mailbox"

    @property
    def env(self) -> dict[str, str]:
        """The services' settings as environment variables, to be added to a process's own."""
        databases = {f"{service.upper()}_DATABASE_URL": self.postgres.url(service) for service in SERVICES}
        return {
            **databases,
            "REDIS_URL": self._broker.url,
            "PUBLIC_URL": self.urls.public,
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(self.ports.smtp),
            "SMTP_TLS": "none",
            "SECRETS_DIR": str(self.var / "secrets"),
            "DOCUMENTS_DIR": str(self.var / "documents"),
            "ASSETS_DIR": str(ROOT / "node_modules"),
            **self._environment,
        }

    @property
    def pids(self) -> dict[str, int]:
        """The process of each program that runs, by its name (`registration-web`, `postgres` …)."""
        return {name: pid for name, (_, pid) in self.supervisor.states().items() if pid}

    @property
    def postgres(self) -> Postgres:
        if self._postgres is None:
            raise StackFailed("This stack was not started yet.")
        return self._postgres

    @property
    def supervisor(self) -> Supervisor:
        """Starts and stops single programs of the running stack."""
        if self._supervisor is None:
            raise StackFailed("This stack is not running.")
        return self._supervisor

    def start(self) -> None:
        """Start everything in order and wait until all services are ready."""
        try:
            self._prepare()
            self._start_data()
            self._prepare_services()
            self._start_the_rest()
        except BaseException:
            self.stop()
            raise

    def _prepare(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        for name in ("documents", "log", "mailbox", "run"):
            (self.var / name).mkdir(mode=0o700, exist_ok=True)
        self._take_lock()
        if ended := leftovers.end_leftovers(self.var):
            print(f"Ended {len(ended)} processes that an earlier run left behind.", file=sys.stderr)
        self.ports.refuse_taken()

    def _take_lock(self) -> None:
        lock = (self.var / "run" / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StackFailed(f"A stack is running in {self.var} already.") from None
        self._lock = lock

    def _start_data(self) -> None:
        self._postgres = settle(self.var, self.ports.postgres)
        self._postgres.create()
        self._broker.create()
        self._start_supervisor()
        self.supervisor.start_program("postgres")
        self.supervisor.start_program("redis")
        self._postgres.wait_until_ready()
        self._postgres.bootstrap()
        self._broker.wait_until_ready()

    def _start_supervisor(self) -> None:
        mark = leftovers.new_mark()
        self._supervisor = Supervisor(self.var, self._programs(), as_root=os.geteuid() == 0)
        pid = self._supervisor.start({**os.environ, **self.env, leftovers.MARK: mark})
        leftovers.note(self.var, leftovers.Record(mark, pid, str(self.postgres.data)))

    def _programs(self) -> list[programs.Program]:
        servers = [
            programs.postgres(self.postgres),
            programs.redis(self._broker),
            programs.caddy(self.ports, self.var),
            programs.mail_sink(self.ports, self.var),
        ]
        if not self._with_services:
            return servers
        return servers + programs.all_services(self.ports, self._web_processes, self._worker_processes)

    def _prepare_services(self) -> None:
        """Key files and tables, which are made once and not by each process."""
        secrets.make_missing(self.var / "secrets", public_url=self.urls.public)
        for service in SERVICES if self._with_services else ():
            migrations.upgrade(service, self.postgres.url(service))

    def _start_the_rest(self) -> None:
        for program in self._programs():
            self.supervisor.start_program(program.name)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Wait until each service says that it is ready, and every program runs."""
        for service in SERVICES if self._with_services else ():
            readyz = f"{getattr(self.urls, service)}/readyz"
            self.wait_for(readyz, partial(is_ready, readyz), seconds)
        self.wait_for("all programs", self._all_run, seconds)

    def _all_run(self) -> bool:
        return all(state == "RUNNING" for state, _ in self.supervisor.states().values())

    def wait_for(self, what: str, is_so: Callable[[], bool], seconds: float = 60) -> None:
        """Ask again and again until `is_so`; a program that keeps dying ends the waiting with its log."""
        deadline = time.monotonic() + seconds
        while not is_so():
            self.supervisor.refuse_failed()
            if time.monotonic() > deadline:
                raise StackFailed(f"Waited {seconds:.0f} s in vain for {what}; see {self.var / 'log'}.")
            time.sleep(0.1)

    def run(self, *arguments: str, feed: str | None = None) -> str:
        """Run the command `treffpunkt` with this stack's settings; what it printed is returned."""
        done = subprocess.run(
            [sys.executable, "-m", "shared.kit.cli", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.env},
            input=feed,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StackFailed(f"treffpunkt {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        """End all programs in order; the data stay."""
        if self._supervisor:
            self._supervisor.stop()
            self._supervisor = None
            leftovers.forget(self.var)
        if self._lock:
            self._lock.close()
            self._lock = None

    def erase(self) -> None:
        """Remove everything that this stack keeps, also what a run that was killed left; it must be stopped."""
        if self._supervisor:
            raise StackFailed("Stop the stack before you erase it.")
        leftovers.end_leftovers(self.var)
        if place := place_elsewhere(self.var):
            shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the address is our own loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
