"""Which port each server of the embedded stack listens on, always on the loopback address."""

import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields

LOOPBACK = "127.0.0.1"


class PortTaken(Exception):
    """A port that the stack needs is used by another program."""


@dataclass(frozen=True)
class Ports:
    """The numbers avoid PostgreSQL's and Redis's own, which a machine may have installed already."""

    caddy: int = 8080
    registration: int = 8101
    agenda: int = 8102
    certificates: int = 8103
    postgres: int = 5433
    redis: int = 6380
    smtp: int = 8125

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Ports":
        """The defaults, each replaced by CADDY_PORT, REGISTRATION_PORT, … where that is set."""
        chosen = {field.name: environ.get(variable(field.name)) for field in fields(cls)}
        return cls(**{name: int(number) for name, number in chosen.items() if number})

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody uses now: several stacks can run beside each other."""
        with ExitStack() as held:
            sockets = [held.enter_context(hold_a_port()) for _ in fields(cls)]
            return cls(*(one.getsockname()[1] for one in sockets))

    def refuse_taken(self) -> None:
        """Name the first port that another program uses, before anything is started."""
        for name, number in asdict(self).items():
            if is_taken(number):
                raise PortTaken(
                    f"Port {number} ({name}) is used by another program. "
                    f"Choose another one: {variable(name)}={number + 1000} make run"
                )


def variable(name: str) -> str:
    return f"{name.upper()}_PORT"


def hold_a_port() -> socket.socket:
    """A bound socket that keeps its number from others until it is closed."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.bind((LOOPBACK, 0))
    return held


def is_taken(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        # Connections of a stack that has just ended linger in TIME_WAIT; they do not hinder a new server.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, number))
        except OSError:
            return True
    return False
