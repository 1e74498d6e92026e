"""The containers of docker-compose.yml under podman, as the play and the trial see them."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.containers.podman import Podman, PodmanFailed
from deploy.local.files import ROOT

PROJECT = "treffpunkt-trial"
# One for each image; the others take what these have built.
BUILT = (
    *("registration-web", "agenda-web", "certificates-web"),
    *("secrets", "caddy", "mail", "postgres", "redis"),
)
# These end when they are done.
ONCE = {"secrets", "roles", "registration-migrate", "agenda-migrate", "certificates-migrate"}
# What the others write to.
NEEDED = {"postgres", "redis", "mail"}
# The networks of a build are the machine's, and its processes ordinary ones: that also works inside a container.
BUILD_OPTIONS = "--isolation=chroot --network=host"


@dataclass(frozen=True)
class Addresses:
    public: str


@dataclass(frozen=True)
class Containers:
    """`tools` is the folder of podman-compose; Caddy answers on `port` of the loopback address."""

    podman: Podman
    tools: Path
    port: int

    @property
    def urls(self) -> Addresses:
        return Addresses(f"http://localhost:{self.port}")

    @property
    def mailbox(self) -> Path:
        return self.volume("mailbox")

    def volume(self, name: str) -> Path:
        """Where the machine keeps the volume."""
        return Path(
            self.podman("volume", "inspect", "--format", "{{.Mountpoint}}", f"{PROJECT}_{name}").strip()
        )

    def run(self, *arguments: str, feed: str | None = None) -> str:
        """The command `treffpunkt` in registration's container."""
        return self.inside("registration-web", "treffpunkt", *arguments, feed=feed)

    def inside(self, service: str, *command: str, feed: str | None = None) -> str:
        return self.podman("exec", "--interactive", self.containers()[service], *command, feed=feed)

    def sql(self, statement: str) -> list[list[str]]:
        """Rows of text, as PostgreSQL's superuser; the statement may end in a command of psql."""
        psql = ["psql", "--host=/tmp", "--dbname=treffpunkt", "--no-align", "--tuples-only", "--quiet"]
        found = self.inside("postgres", *psql, "--set=ON_ERROR_STOP=1", feed=statement)
        return [line.split("|") for line in found.splitlines()]

    def memory(self) -> dict[str, str]:
        """What each running container takes, and of how much."""
        stats = ["stats", "--no-stream", "--format", "{{.MemUsage}}"]
        return {
            service: self.podman(*stats, container).strip()
            for service, container in sorted(self.containers().items())
        }

    def build(self) -> None:
        """One after the other: at once each would make the stages that they share for itself."""
        for service in BUILT:
            self.compose("build", service, before=[f"--podman-build-args={BUILD_OPTIONS}"])

    def up(self) -> float:
        """Create and start everything; returns the seconds until all are healthy."""
        return self._timed("up", "--detach", "--no-build")

    def start(self) -> float:
        return self._timed("start")

    def _timed(self, *command: str) -> float:
        start = time.monotonic()
        self.compose(*command)
        self.wait_until_healthy()
        return time.monotonic() - start

    def stop(self) -> dict[str, int]:
        """SIGTERM to all, as docker-compose.yml says; returns the exit code of each that was running.

        Docker's Compose stops last what others depend on; podman-compose would stop all at once.
        """
        running = self.containers()
        self.compose("stop", *sorted(running.keys() - NEEDED))
        self.compose("stop", *sorted(running.keys() & NEEDED))
        found = self.podman.inspect(*running.values())
        codes = {one["Id"]: int(one["State"]["ExitCode"]) for one in found}
        return {service: codes[container] for service, container in running.items()}

    def remove(self, *, with_volumes: bool = False) -> None:
        """Remove the containers and networks, and only if asked what they have kept."""
        self.compose("down", *(["--volumes"] if with_volumes else []))

    def compose(self, *arguments: str, before: list[str] | None = None) -> str:
        files = ["--file", str(ROOT / "docker-compose.yml"), "--env-file", str(self._settings())]
        project = ["--in-pod", "false", "--project-name", PROJECT, "--profile", "trial"]
        options = ["--podman-path", str(self.podman.for_compose), *(before or [])]
        command = [str(self.tools / "podman-compose"), *project, *files, *options, *arguments]
        return self.podman.command(command)

    def _settings(self) -> Path:
        path = self.podman.place / "trial.env"
        settings = {"PUBLIC_URL": self.urls.public, "HTTP_PORT": self.port, "HTTPS_PORT": self.port + 1}
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
        return path

    def containers(self) -> dict[str, str]:
        """The id of each running container, by its service."""
        return {service_of(one): one["Id"] for one in self._inspect() if one["State"]["Running"]}

    def _inspect(self) -> list[dict[str, Any]]:
        wanted = f"--filter=label=io.podman.compose.project={PROJECT}"
        return self.podman.inspect(*self.podman("ps", "--all", "--no-trunc", "--quiet", wanted).split())

    def wait_until_healthy(self, seconds: float = 240) -> None:
        """Make every container's own check until all of them succeed; raises PodmanFailed after `seconds`.

        podman leaves making the checks to systemd's timers, which a machine without systemd has not.
        """
        deadline = time.monotonic() + seconds
        while sick := [one for one in self._inspect() if not self._is_well(one)]:
            if time.monotonic() > deadline:
                logs = [self.podman("logs", "--tail", "20", one["Id"]) for one in sick]
                raise PodmanFailed(f"Not healthy: {[service_of(one) for one in sick]}\n" + "\n".join(logs))
            time.sleep(0.5)

    def _is_well(self, container: dict[str, Any]) -> bool:
        if not container["State"]["Running"]:
            return service_of(container) in ONCE and container["State"]["ExitCode"] == 0
        check = ["podman", "healthcheck", "run", container["Id"]]
        return service_of(container) in ONCE or self.podman.attempt(check).returncode == 0


def service_of(container: dict[str, Any]) -> str:
    return str(container["Config"]["Labels"]["com.docker.compose.service"])
