"""What the play knows of the system under it: the embedded stack, or containers."""

from pathlib import Path
from typing import Protocol


class Addresses(Protocol):
    @property
    def public(self) -> str: ...


class System(Protocol):
    """`mailbox` holds each mail that was sent as a file `*.eml`; `run` is the command `treffpunkt`."""

    @property
    def urls(self) -> Addresses: ...

    @property
    def mailbox(self) -> Path: ...

    def run(self, *arguments: str, feed: str | None = None) -> str: ...
