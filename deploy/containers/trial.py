"""`make containers`: builds the images, plays the model event through them from outside, and stops them twice.

Once while the confirmations are under way, once at the end, when the containers are also removed and made anew:
nothing may be lost. What was seen is printed.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.containers import needs
from deploy.containers.podman import Podman, PodmanFailed
from deploy.containers.snapshot import Snapshot
from deploy.containers.system import BUILT, Containers
from deploy.local.files import ROOT
from deploy.local.play.demo import Demo
from deploy.local.play.http import PlayFailed
from deploy.local.ports import hold_a_port
from deploy.local.stack import StackFailed

PLACE = ROOT / "var" / "containers"
# What a process says that ended by itself, or by the signal's own effect; 137 would be SIGKILL after the grace.
GRACEFUL = {0, 143}


class Interrupted(Demo):
    """The play, with everything stopped and started again while the confirmations are under way."""

    def __init__(self, system: Containers, folder: Path, interrupt: Callable[[], None]) -> None:
        super().__init__(system, folder, tell=lambda stage: print(f"  {stage}", flush=True))
        self._interrupt = interrupt

    def close(self) -> None:
        self.organiser.close()
        self._interrupt()
        super().close()


def main() -> int:
    try:
        needs.refuse_unfit_machine()
        podman = Podman(PLACE)
        with hold_a_port() as held:
            port = held.getsockname()[1]
        Trial(Containers(podman, needs.install_tools(PLACE), port)).run()
    except (needs.NotHere, PodmanFailed, StackFailed) as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return 0


class Trial:
    def __init__(self, system: Containers) -> None:
        self.system = system
        self.seconds: dict[str, float] = {}

    def run(self) -> None:
        self.lint()
        print("Building the images; without a cache that takes some minutes …", flush=True)
        with self._timed("build"):
            needs.make_base_image(self.system.podman)
            self.system.build()
        try:
            self.play()
        finally:
            self.system.remove(with_volumes=True)
        self.tell()

    def lint(self) -> None:
        files = sorted(str(path) for path in (ROOT / "deploy" / "images").glob("*.Dockerfile"))
        config = str(ROOT / "deploy" / "images" / "hadolint.yaml")
        self.system.podman.command([str(self.system.tools / "hadolint"), "--config", config, *files])

    def play(self) -> None:
        print("Starting …", flush=True)
        self.seconds["first start"] = self.system.up()
        play = Interrupted(self.system, PLACE / "results", self.interrupt)
        with self._timed("play"):
            self.summary = play.play()
        before = Snapshot.of(self.system)
        self.memory = self.system.memory()
        self.stop()
        self.system.remove()
        self.seconds["start of new containers"] = self.system.up()
        after = Snapshot.of(self.system)
        after.must_equal(before)
        self.kept = after
        self.stop()

    def interrupt(self) -> None:
        self.stop()
        self.seconds["start after a stop"] = self.system.start()

    def stop(self) -> None:
        """Raises PlayFailed where something had to be killed."""
        with self._timed("stop"):
            codes = self.system.stop()
        if killed := {name: code for name, code in codes.items() if code not in GRACEFUL}:
            raise PlayFailed(f"did not end when told: {killed}")
        print(f"  stopped: {len(codes)} containers, exit codes {sorted(set(codes.values()))}", flush=True)

    def tell(self) -> None:
        print("\nImages, MB")
        for service in BUILT:
            name = IMAGES.get(service, service)
            size = self.system.podman("image", "inspect", "--format", "{{.Size}}", f"treffpunkt-{name}")
            print(f"  {name:<26} {int(size) / 1e6:>6.0f}")
        print("Memory after the play, of what it may take")
        for service, used in self.memory.items():
            print(f"  {service:<26} {used}")
        print("Seconds")
        for what, seconds in self.seconds.items():
            print(f"  {what:<26} {seconds:>6.0f}")
        print(f"Played: {counts(self.summary)}")
        print(
            f"The same before and after: {self.kept.rows} rows in {len(self.kept.tables)} tables, "
            f"{len(self.kept.documents)} papers, {len(self.kept.mails)} mails, {len(self.kept.keys)} secrets."
        )
        print(f"Images and their cache stay in {PLACE}; remove that folder to be rid of them.")

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - start


# The image that a service of BUILT builds, where it has another name.
IMAGES = {
    "registration-web": "registration",
    "agenda-web": "agenda",
    "certificates-web": "certificates",
    "secrets": "prepare",
}


def counts(summary: dict[str, Any]) -> str:
    names = ("registered", "badges", "checked_in", "open_stays", "confirmations")
    return ", ".join(f"{name.replace('_', ' ')} {summary[name]}" for name in names)


if __name__ == "__main__":
    sys.exit(main())
