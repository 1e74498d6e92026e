"""podman with configuration and storage of its own below one folder: whatever the machine runs besides is not touched."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

# The first limit is what a container may open; a machine that is a container itself may not raise it.
CONTAINERS_CONF = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "netavark"
"""
STORAGE_CONF = """[storage]
driver = "overlay"
graphroot = "{place}/storage"
runroot = "{place}/run"
"""
# podman 4.3 cannot start a container whose requirements have requirements; podman-compose waits for them by itself.
WITHOUT_REQUIREMENTS = """#!/bin/sh
for argument; do
    shift
    case $argument in --requires=*) ;; *) set -- "$@" "$argument" ;; esac
done
exec podman "$@"
"""
# Building takes longest: some minutes where every package has to be fetched.
PATIENCE_SECONDS = 1200


class PodmanFailed(Exception):
    """A command of podman failed; the message is what it printed."""


@dataclass(frozen=True)
class Podman:
    place: Path

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The variables under which podman and podman-compose keep to `place`."""
        self.place.mkdir(parents=True, exist_ok=True)
        engine, storage = self.place / "containers.conf", self.place / "storage.conf"
        engine.write_text(CONTAINERS_CONF, encoding="utf-8")
        storage.write_text(STORAGE_CONF.format(place=self.place), encoding="utf-8")
        own = {"CONTAINERS_CONF": str(engine), "CONTAINERS_STORAGE_CONF": str(storage)}
        return {**os.environ, **own}

    @cached_property
    def for_compose(self) -> Path:
        """The command that podman-compose is to use for podman."""
        self.place.mkdir(parents=True, exist_ok=True)
        wrapper = self.place / "podman"
        wrapper.write_text(WITHOUT_REQUIREMENTS, encoding="utf-8")
        wrapper.chmod(0o755)
        return wrapper

    def __call__(self, *arguments: str, feed: str | None = None) -> str:
        return self.command(["podman", *arguments], feed=feed)

    def command(self, command: Sequence[str], *, feed: str | None = None) -> str:
        """Run a command that uses podman; returns what it printed."""
        done = self.attempt(command, feed=feed)
        if done.returncode:
            raise PodmanFailed(f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout

    def attempt(self, command: Sequence[str], *, feed: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment,
            input=feed,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )

    def inspect(self, *names: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("inspect", *names)) if names else []
        return found
