"""Supervisor keeps the local programs and starts again what dies, as systemd or Kubernetes would."""

import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from deploy.local.files import last_lines, write_private
from deploy.local.parent import ended_with_parent
from deploy.local.programs import GROUPS, Program

# Linux and BSD take about a hundred bytes for the path of a socket.
LONGEST_SOCKET_PATH = 100


class ProgramFailed(Exception):
    """A program of the stack does not stay up."""


class Supervisor:
    """One supervisord for the programs of one `var`; it listens on a socket that only its owner can use."""

    def __init__(self, var: Path, programs: Sequence[Program], *, as_root: bool) -> None:
        self._var = var
        self._programs = programs
        self._as_root = as_root
        self._socket = var / "run" / "supervisor.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> int:
        """Start supervisord, without any program yet, in a session of its own; its pid is returned.

        The session keeps Ctrl-C from it: whoever started the stack ends it in good order.
        """
        if len(str(self._socket)) > LONGEST_SOCKET_PATH:
            self._socket = Path(tempfile.mkdtemp(prefix="treffpunkt-")) / "supervisor.sock"
        # A supervisord that was killed leaves its socket, behind which nobody answers.
        self._socket.unlink(missing_ok=True)
        configuration = self._var / "run" / "supervisord.conf"
        write_private(configuration, render(self._programs, self._var, self._socket, as_root=self._as_root))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            # Were we killed, supervisord would still end its programs in good order.
            preexec_fn=ended_with_parent(signal.SIGTERM),
        )
        self._wait_until_it_answers()
        return self._process.pid

    def _wait_until_it_answers(self, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not self._answers():
            if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                raise ProgramFailed(f"supervisord: {last_lines(self._var / 'log' / 'supervisord.log')}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        # The socket is a file before anybody listens behind it.
        with suppress(OSError):
            return bool(self._rpc().getState())
        return False

    def stop(self, seconds: float = 90) -> None:
        """End all programs, the data's last, and supervisord itself."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(seconds)
        self._process = None
        if self._socket.parent != self._var / "run":
            self._socket.unlink(missing_ok=True)
            self._socket.parent.rmdir()

    def start_program(self, name: str) -> None:
        """Start a program, or do nothing where it runs; whether it is ready is another question."""
        try:
            self._rpc().startProcess(self._full_name(name), False)  # noqa: FBT003 - XML-RPC knows no names
        except Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def stop_program(self, name: str) -> None:
        """Stop a program and wait for its end; supervisor does not start it again."""
        self._rpc().stopProcess(self._full_name(name), True)  # noqa: FBT003 - XML-RPC knows no names

    def states(self) -> dict[str, tuple[str, int]]:
        """State and pid (0: none) of each program."""
        rows: list[dict[str, Any]] = self._rpc().getAllProcessInfo()
        return {row["name"]: (row["statename"], row["pid"]) for row in rows}

    def refuse_failed(self) -> None:
        """Raise with the last lines of its log where a program has been given up or keeps dying."""
        for name, (state, _) in self.states().items():
            if state in ("BACKOFF", "FATAL"):
                log = self._var / "log" / f"{name}.log"
                raise ProgramFailed(f"{name} does not stay up:\n{last_lines(log)}")

    def _full_name(self, name: str) -> str:
        return next(program.full_name for program in self._programs if program.name == name)

    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return ServerProxy("http://supervisor", transport).supervisor


def render(programs: Sequence[Program], var: Path, socket: Path, *, as_root: bool) -> str:
    """The configuration file. A percent sign is doubled, because supervisor expands it."""
    sections = [
        section(
            "supervisord",
            nodaemon="true",
            logfile=var / "log" / "supervisord.log",
            pidfile=var / "run" / "supervisord.pid",
            childlogdir=var / "log",
            **({"user": "root"} if as_root else {}),
        ),
        section("unix_http_server", file=socket, chmod="0700"),
        section(
            "rpcinterface:supervisor",
            **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *(render_program(program, var) for program in programs),
        *render_groups(programs),
    ]
    return "\n".join(sections)


def render_program(program: Program, var: Path) -> str:
    return section(
        f"program:{program.name}",
        command=shlex.join([*with_environment(program.environment), *program.command]),
        directory=program.folder,
        autostart="false",
        autorestart="true",
        startretries=20,
        stopsignal=program.stop_signal,
        stopwaitsecs=program.stop_seconds,
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=var / "log" / f"{program.name}.log",
        stdout_logfile_maxbytes="20MB",
        stdout_logfile_backups=2,
        **({"user": program.user} if program.user else {}),
    )


def with_environment(environment: Mapping[str, str]) -> list[str]:
    """Supervisor's own setting for this strips quotes that belong to a value; `env` takes each as it is."""
    return (
        ["/usr/bin/env", *(f"{name}={value}" for name, value in environment.items())] if environment else []
    )


def render_groups(programs: Sequence[Program]) -> list[str]:
    """At the end the group with the highest priority stops first, all its programs at once, then the next."""
    members = {group: [p.name for p in programs if p.group == group] for group in GROUPS}
    return [
        section(f"group:{group}", programs=",".join(members[group]), priority=priority)
        for priority, group in enumerate(reversed(GROUPS), start=1)
        if members[group]
    ]


def section(title: str, **settings: object) -> str:
    lines = (f"{name} = {str(value).replace('%', '%%')}" for name, value in settings.items())
    return "\n".join([f"[{title}]", *lines, ""])
