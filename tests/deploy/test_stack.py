import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import psutil
import pytest
from redis import Redis

from deploy.local import leftovers, memory
from deploy.local.bootstrap import SERVICES
from deploy.local.files import ROOT
from deploy.local.ports import LOOPBACK
from deploy.local.stack import Stack, StackFailed
from tests.support.waiting import wait_until

# PSS of the whole stack at rest, in MiB: what a small server has beside its own system.
LARGEST_STACK = 1536


def processes(stack: Stack) -> list[psutil.Process]:
    programs = [psutil.Process(pid) for pid in stack.pids.values()]
    return [process for program in programs for process in (program, *program.children(recursive=True))]


def listening_addresses(process: psutil.Process) -> list[str]:
    try:
        connections = process.net_connections()
    except psutil.NoSuchProcess:
        # One of PostgreSQL's, which come and go.
        return []
    return [connection.laddr.ip for connection in connections if connection.status == psutil.CONN_LISTEN]


def test_every_program_runs(stack: Stack) -> None:
    expected = {"postgres", "redis", "caddy", "mail", "relay", "beat"}
    assert set(stack.pids) == expected | {f"{name}-{kind}" for name in SERVICES for kind in ("web", "worker")}


def test_every_server_listens_on_the_loopback_alone(stack: Stack) -> None:
    listening = [address for process in processes(stack) for address in listening_addresses(process)]
    assert set(listening) == {LOOPBACK}


def test_the_bare_address_leads_to_the_registration(stack: Stack) -> None:
    answer = httpx2.get(stack.urls.public + "/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/registration/")


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_reached_through_the_one_origin(stack: Stack, service: str) -> None:
    answer = httpx2.get(f"{stack.urls.public}/{service}/api/v1/openapi.json")
    assert (answer.status_code, "openapi" in answer.json()) == (200, True)


def test_an_address_of_no_service_is_a_problem_with_a_sentence(stack: Stack) -> None:
    answer = httpx2.get(stack.urls.public + "/wp-admin")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == "There is nothing at this address."


def test_what_no_service_could_need_is_refused_at_the_door(stack: Stack) -> None:
    try:
        status = httpx2.post(
            f"{stack.urls.public}/agenda/api/v1/events", content=b"x" * 9_000_000
        ).status_code
    except httpx2.WriteError:
        # The proxy may close the connection before all is sent.
        status = 413
    assert status == 413


def test_the_access_log_names_neither_links_nor_addresses(stack: Stack) -> None:
    httpx2.get(f"{stack.urls.public}/registration/r/an-attendees-key?mail=ada@example.org")
    log = stack.var / "log" / "access.log"
    wait_until(lambda: log.exists() and "/registration/" in log.read_text())
    assert not [word for word in ("an-attendees-key", "ada@", '"127.0.0.1"') if word in log.read_text()]


def test_a_program_that_is_killed_comes_back(stack: Stack) -> None:
    before = stack.pids["agenda-web"]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: stack.pids.get("agenda-web", before) != before)
    stack.wait_until_ready()


def test_a_service_that_is_down_is_a_problem_with_a_sentence(stack: Stack) -> None:
    stack.supervisor.stop_program("agenda-web")
    try:
        answer = httpx2.get(f"{stack.urls.public}/agenda/")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert answer.json()["status"] == 503
    finally:
        stack.supervisor.start_program("agenda-web")
        stack.wait_until_ready()


def test_the_workers_give_back_their_task_when_they_are_stopped(stack: Stack) -> None:
    for service in SERVICES:
        environment = psutil.Process(stack.pids[f"{service}-worker"]).environ()
        assert environment["REMAP_SIGTERM"] == "SIGQUIT"


def test_the_services_share_no_table_but_their_own(stack: Stack) -> None:
    urls = {stack.env[f"{service.upper()}_DATABASE_URL"] for service in SERVICES}
    assert len(urls) == len(SERVICES)


def test_the_whole_stack_fits_a_small_server(stack: Stack) -> None:
    together = sum(share.mebibytes for share in memory.shares(stack.var))
    print(f"The stack takes {together:.0f} MiB.")
    assert 100 < together <= LARGEST_STACK


def test_a_second_stack_in_the_same_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(StackFailed, match=r"running in .* already"):
        Stack(stack.var).start()


@contextmanager
def command(var: Path) -> Iterator[subprocess.Popen[str]]:
    """The command of `make run`, on ports of its own and without the services."""
    ports = {f"{name.upper()}_PORT": str(number) for name, number in vars(Stack(var).ports).items()}
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.local", "run", "--var", str(var), "--servers-only"],
        cwd=ROOT,
        env={**os.environ, **ports},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"The command ended without saying {words!r}.")


def marked(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if leftovers.mark_of(process) == mark]


def test_ctrl_c_ends_everything_and_the_data_stay(folder: Path) -> None:
    var = folder / "var"
    with command(var) as process:
        read_until(process, "Ctrl-C ends it")
        record = leftovers.read(var)
        assert record
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert (marked(record.mark), leftovers.postgres(record)) == ([], [])
    assert (var / "postgres").exists()
    Stack(var).erase()


def test_a_killed_command_takes_its_stack_along(folder: Path) -> None:
    var = folder / "var"
    with command(var) as process:
        read_until(process, "Ctrl-C ends it")
    record = leftovers.read(var)
    assert record
    wait_until(lambda: not marked(record.mark) and not leftovers.postgres(record), seconds=60)
    Stack(var).erase()


def test_what_is_left_when_supervisor_is_killed_too_is_ended_by_the_next_start(folder: Path) -> None:
    stack = Stack(folder / "var", with_services=False)
    with command(stack.var) as process:
        read_until(process, "Ctrl-C ends it")
        record = leftovers.read(stack.var)
        assert record
        os.kill(record.supervisor, signal.SIGKILL)
    assert marked(record.mark), "The control: without supervisor the programs run on."
    with stack:
        assert (marked(record.mark), stack.pids["postgres"] > 0) == ([], True)
    stack.erase()
    assert not stack.var.exists()


def test_redis_and_postgres_keep_what_they_have_when_all_is_killed_at_once(folder: Path) -> None:
    stack = Stack(folder / "var", with_services=False)
    stack.start()
    with Redis.from_url(stack.env["REDIS_URL"]) as client:
        client.set("kept", "yes")
    supervisor = leftovers.read(stack.var)
    assert supervisor
    for process in (psutil.Process(supervisor.supervisor), *processes(stack)):
        # Some end with the one that has just been killed.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    time.sleep(0.5)
    stack.stop()
    with stack, Redis.from_url(stack.env["REDIS_URL"]) as client:
        assert client.get("kept") == b"yes"
    stack.erase()
