"""Signs of life of processes that answer no requests: each touches a file, whose age a container's check looks at."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Heartbeat:
    """Touches `NAME.heartbeat` in `folder`; does nothing without one."""

    folder: Path | None
    name: str

    def touch(self) -> None:
        if self.folder:
            (self.folder / f"{self.name}.heartbeat").touch()
