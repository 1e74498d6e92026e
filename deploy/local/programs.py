"""The programs of the embedded stack, as they would run on a server."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.local.bootstrap import SERVICES
from deploy.local.broker import Broker
from deploy.local.files import ROOT
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import Postgres

# The groups in the order in which they stop: what brings work first, so that the workers become idle and end at
# once (Celery's soft shutdown sleeps for 20 seconds where a task runs), and last what the others still write to.
FRONT, WORKERS, DATA = GROUPS = ("front", "workers", "data")


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    group: str = FRONT
    folder: Path = ROOT
    user: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 15
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.group}:{self.name}"


def postgres(server: Postgres) -> Program:
    return Program(
        name="postgres",
        command=server.command(),
        group=DATA,
        folder=Path("/"),
        user=server.account.pw_name if server.account else None,
        # The fast shutdown: open transactions are rolled back and the server ends at once.
        stop_signal="INT",
        stop_seconds=30,
    )


def redis(server: Broker) -> Program:
    return Program(name="redis", command=server.command(), group=DATA, folder=server.place)


def caddy(ports: Ports, var: Path) -> Program:
    upstreams = {
        "REGISTRATION_UPSTREAM": f"{LOOPBACK}:{ports.registration}",
        "AGENDA_UPSTREAM": f"{LOOPBACK}:{ports.agenda}",
        "CERTIFICATES_UPSTREAM": f"{LOOPBACK}:{ports.certificates}",
    }
    return Program(
        name="caddy",
        command=[
            str(caddy_binary()),
            "run",
            "--config",
            str(ROOT / "deploy/Caddyfile"),
            "--adapter",
            "caddyfile",
        ],
        environment={
            "CADDY_SITE": f"http://:{ports.caddy}",
            "CADDY_BIND": LOOPBACK,
            "CADDY_LOG": f'file "{var / "log" / "access.log"}"',
            # Caddy keeps a lock and an id in its folders; by default these are in the user's home.
            "XDG_DATA_HOME": str(var / "caddy"),
            "XDG_CONFIG_HOME": str(var / "caddy"),
            **upstreams,
        },
    )


def caddy_binary() -> Path:
    return Path(sys.executable).parent / "caddy"


def mail_sink(ports: Ports, var: Path) -> Program:
    return python(
        "mail", "deploy.local.mail_sink", "--port", str(ports.smtp), "--mailbox", str(var / "mailbox")
    )


def web(service: str, port: int, processes: int) -> Program:
    return python(
        f"{service}-web",
        *("uvicorn", f"services.{service}.main:app", "--host", LOOPBACK, "--port", str(port)),
        *("--workers", str(processes), "--timeout-graceful-shutdown", "10"),
        # A process that is still loading its modules on a busy machine is not to be taken for dead.
        *("--timeout-worker-healthcheck", "60"),
        *("--forwarded-allow-ips", LOOPBACK, "--no-access-log", "--no-server-header"),
    )


def worker(service: str, processes: int) -> Program:
    command = python(
        f"{service}-worker",
        *("celery", "-A", f"services.{service}.worker", "worker", "-Q", service, "-n", f"{service}@%h"),
        *("--concurrency", str(processes), "--loglevel", "INFO"),
        # Workers have nothing to tell each other, and at the start each would wait a second for answers.
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    # A task that still runs after the soft shutdown is given back to the queue, which takes a moment more.
    return replace(command, group=WORKERS, stop_seconds=40, environment={"REMAP_SIGTERM": "SIGQUIT"})


def python(name: str, *arguments: str) -> Program:
    return Program(name, [sys.executable, "-m", *arguments])


def all_services(ports: Ports, web_processes: int, worker_processes: int) -> list[Program]:
    ports_of = {
        "registration": ports.registration,
        "agenda": ports.agenda,
        "certificates": ports.certificates,
    }
    return [
        *(web(service, ports_of[service], web_processes) for service in SERVICES),
        *(worker(service, worker_processes) for service in SERVICES),
        python("relay", "shared.kit.relay"),
        # Celery's beat sometimes swallows the signal; it keeps nothing that killing it could lose.
        replace(python("beat", "shared.kit.beat"), stop_seconds=3),
    ]
