"""One running stack for many small events, and the means to break it: by process, by port, by file."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from redis import Redis

from deploy.local.bootstrap import DATABASE, SERVICES
from deploy.local.files import ROOT
from deploy.local.play.http import Visitor, wait_for
from deploy.local.play.mails import Spool
from deploy.local.stack import Stack
from shared.kit.messaging import make_client
from tests.faults.guards import EVERYTHING, IN_THE_DATABASE, OFF, WORKERS
from tests.faults.rig import end_with_children
from tests.faults.small_event import Client, SmallEvent

EMAIL, ORGANISATION = "mira.beispiel@example.org", "Beispielverein"
VERSION = re.compile(r"\.v\d+$")
# So many processes of a worker take tasks at once.
CHILDREN = 2
# All programs together need some seconds of a processor each, and a machine may have other work.
RESTART_SECONDS = 240


class PatientStack(Stack):
    """Gives its services the time that a busy machine needs."""

    def wait_until_ready(self, seconds: float = RESTART_SECONDS) -> None:
        super().wait_until_ready(seconds)


class World:
    """The stack under test. Everything that is broken is broken from outside, but for what `rig` says."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="treffpunkt-faults-"))
        self.folder.chmod(0o711)
        self.orders = self.folder / "rig"
        self.orders.mkdir()
        self._without = ""
        self._order_off("")
        paths = [str(Path(__file__).parent / "rigging"), str(ROOT), os.environ.get("PYTHONPATH", "")]
        self.stack = PatientStack(
            self.folder / "var",
            worker_processes=CHILDREN,
            environment={"PYTHONPATH": os.pathsep.join(filter(None, paths)), "FAULTS_RIG": str(self.orders)},
        )

    def start(self) -> None:
        self.stack.start()
        self._pids = self.stack.pids
        self.spool = Spool(self.stack.mailbox)
        self._sign_in()

    def _sign_in(self) -> None:
        password = uuid4().hex
        self.stack.run(
            "organiser", "add", EMAIL, "--organisation", ORGANISATION, "--password-stdin", feed=password
        )
        asked = {"email": EMAIL, "password": password}
        answer = Visitor(self.stack.urls.public).post("/registration/api/v1/tokens", status=201, json=asked)
        self._token = str(answer.json()["token"])

    def begin_anew(self, *, without: str = "") -> None:
        """Forget all events, also broken ones: empty tables, an empty Redis, an empty spool.

        `without` names a guard (see `guards.py`) that is off from now on; without it, all are on again.
        """
        self.withdraw_orders()
        self._switch_off(without)
        self._empty()
        self.heal()
        for mail in self.stack.mailbox.glob("*.eml"):
            mail.unlink()
        self._sign_in()

    def _switch_off(self, guard: str) -> None:
        """Whoever is killed for it needs a second to begin again: meanwhile nobody writes."""
        if guard and guard == self._without:
            return
        self._order_off(guard)
        self._set_database(IN_THE_DATABASE.get(guard, {}))
        programs = {name for each in (guard, self._without) if each in OFF for name in OFF[each].programs}
        pids = self.stack.pids
        for name in programs or EVERYTHING:
            if name in pids:
                end_with_children(pids[name])
        self._without = guard

    def _order_off(self, guard: str) -> None:
        names = [guard] if guard in OFF else []
        (self.orders / "off.json").write_text(json.dumps(names), encoding="utf-8")

    def _empty(self) -> None:
        tables = self.ask(
            "SELECT schemaname || '.' || tablename FROM pg_tables"
            " WHERE schemaname = ANY(%s) AND tablename <> 'alembic_version'",
            list(SERVICES),
        )
        self.ask_nothing(f"TRUNCATE {', '.join(name for (name,) in tables)} RESTART IDENTITY CASCADE")
        with Redis.from_url(self.stack.env["REDIS_URL"]) as redis:
            redis.flushall()

    def end(self) -> None:
        with suppress(FileNotFoundError):
            self.stack.stop()
            self.stack.erase()
        shutil.rmtree(self.folder, ignore_errors=True)

    def event(self) -> SmallEvent:
        event = SmallEvent(Client(self.stack.urls.public, self._token))
        event.set_up()
        return event

    def ask(self, query: str, *values: Any) -> Sequence[Any]:
        """What the superuser sees; the schema stands before each table."""
        with psycopg.connect(self.stack.postgres.superuser_url, dbname=DATABASE, connect_timeout=5) as one:
            return one.execute(query, values).fetchall()

    def waiting_messages(self, service: str) -> list[str]:
        """The names of the messages in a service's queue: they end in a version, other tasks do not."""
        with Redis.from_url(self.stack.env["REDIS_URL"]) as redis:
            names = [json.loads(task)["headers"]["task"] for task in redis.lrange(service, 0, -1)]
        return [name for name in names if VERSION.search(name)]

    def ask_nothing(self, statement: str) -> None:
        with psycopg.connect(self.stack.postgres.superuser_url, dbname=DATABASE, autocommit=True) as one:
            one.execute(statement)

    def _set_database(self, settings: Mapping[str, str]) -> None:
        """Change settings of the server, as its superuser; those of an earlier call are taken back."""
        self.ask_nothing("ALTER SYSTEM RESET ALL")
        for name, value in settings.items():
            self.ask_nothing(f"ALTER SYSTEM SET {name} = {value}")
        self.ask_nothing("SELECT pg_reload_conf()")

    # --- ends of processes ---

    def pid(self, program: str) -> int:
        return self.stack.pids[program]

    def kill(self, program: str) -> None:
        """End a program with -9, with all that it has started; the supervisor starts it again."""
        end_with_children(self.pid(program))

    def kill_parent(self, program: str) -> None:
        os.kill(self.pid(program), 9)

    def kill_child(self, program: str) -> None:
        for child in psutil.Process(self.pid(program)).children():
            child.kill()

    def kill_and_await(self, program: str) -> None:
        """End a program with -9 and wait until supervisor has started another one in its place.

        One that was killed within its first second is given up for a moment (BACKOFF), and then started again.
        """
        killed = self.pid(program)
        self.kill(program)
        wait_for(program, lambda: self.stack.pids.get(program, killed) != killed, seconds=RESTART_SECONDS)

    def order_end(
        self, program: str, point: str, nth: int, *, moving: Sequence[str] = (), of_postgres: bool = False
    ) -> None:
        """Have a program's process end itself with -9 `before_commit` or `after_commit`, at its nth one from now.

        `moving` counts those alone that move on messages or mails (see `guards`); `of_postgres` has it end the database instead.
        """
        order = self.orders / f"{program}.json"
        unfinished = order.with_suffix(".part")
        victim = self.pid("postgres") if of_postgres else None
        facts = {"point": point, "nth": nth, "moving": moving, "victim": victim}
        unfinished.write_text(json.dumps(facts), encoding="utf-8")
        unfinished.rename(order)

    def await_end(self, program: str, *, seconds: float = 30.0) -> None:
        """Wait for an ordered end: much moves only after a play. Raises PlayFailed when it has not come: nothing broke."""
        order = self.orders / f"{program}.json"
        wait_for(f"the ordered end of {program}", lambda: not order.exists(), seconds=seconds)

    def withdraw_orders(self) -> None:
        for name in EVERYTHING:
            (self.orders / f"{name}.json").unlink(missing_ok=True)

    # --- programs beside those of the stack ---

    @contextmanager
    def another(self, module: str) -> Iterator[None]:
        """A second relay or beat, until the block ends."""
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, **self.stack.env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def stopped(self, program: str) -> Iterator[None]:
        self.stack.supervisor.stop_program(program)
        try:
            yield
        finally:
            self.stack.supervisor.start_program(program)

    @contextmanager
    def frozen(self, *programs: str) -> Iterator[None]:
        """Processes that stand still (SIGSTOP), as on a machine that swaps."""
        parents = [psutil.Process(self.pid(program)) for program in programs]
        processes = [one for parent in parents for one in (parent, *parent.children(recursive=True))]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def heal(self) -> None:
        """Everything runs again, and every worker that had to start anew answers.

        One that only lost its connections has to find them again by itself: that is part of what is judged.
        """
        self.withdraw_orders()
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                self.stack.wait_until_ready()
                self.stack.wait_for("the workers", self._do_new_workers_answer, RESTART_SECONDS)
                self._pids = self.stack.pids
                return
            except Exception:  # A program that was killed twice in a row is in BACKOFF for a moment.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _do_new_workers_answer(self) -> bool:
        pids = self.stack.pids
        new = {name for name in WORKERS if pids.get(name) != self._pids.get(name)}
        return not new or new <= self._answering_workers()

    def _answering_workers(self) -> set[str]:
        with make_client(self.stack.env["REDIS_URL"]) as broker:
            answers = broker.control.ping(timeout=1)
        return {f"{node.partition('@')[0]}-worker" for answer in answers for node in answer}


@contextmanager
def a_world() -> Iterator[World]:
    world = World()
    try:
        world.start()
        yield world
    finally:
        world.end()
