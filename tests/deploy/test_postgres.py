import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from deploy.local import throwaway
from deploy.local.bootstrap import SERVICES
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import Postgres, settle


@contextmanager
def running(server: Postgres, log: Path) -> Iterator[psutil.Process]:
    server.create()
    process = throwaway.start_postgres(server, log)
    try:
        server.wait_until_ready()
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with throwaway.throwaway_postgres() as server:
        yield server


def connect(server: Postgres, service: str, **changes: object) -> psycopg.Connection:
    url = server.url(service).replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True, **changes)


def test_a_committed_row_is_there_after_the_server_was_killed(folder: Path) -> None:
    server = settle(folder, Ports.free().postgres)
    with running(server, folder / "log") as process:
        server.bootstrap()
        with connect(server, "agenda") as agenda:
            agenda.execute("CREATE TABLE rooms (name text)")
            agenda.execute("INSERT INTO rooms VALUES ('Plenum')")
        process.kill()
        process.wait()
    with running(server, folder / "log"), connect(server, "agenda") as agenda:
        assert agenda.execute("SELECT name FROM rooms").fetchall() == [("Plenum",)]


def test_fsync_is_on_where_data_matter(folder: Path) -> None:
    assert "fsync=on" in settle(folder, 5433).command()


def test_a_service_finds_its_own_schema_without_naming_it(server: Postgres) -> None:
    for service in SERVICES:
        with connect(server, service) as connection:
            assert connection.execute("SELECT current_schema").fetchone() == (service,)


@pytest.mark.parametrize("reader", SERVICES)
@pytest.mark.parametrize("owner", SERVICES)
def test_no_service_reads_the_tables_of_another(server: Postgres, owner: str, reader: str) -> None:
    if reader == owner:
        return
    with connect(server, owner) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS secrets (id int)")
    with connect(server, reader) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SELECT * FROM {owner}.secrets")  # noqa: S608 - the name is one of our own three


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.shared (id int)",
        "CREATE SCHEMA another",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "SET ROLE postgres",
    ],
)
def test_a_service_can_do_nothing_outside_its_schema(server: Postgres, statement: str) -> None:
    with connect(server, "agenda") as agenda, pytest.raises(psycopg.errors.InsufficientPrivilege):
        agenda.execute(statement)


def test_a_service_reaches_no_other_database(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(server, "agenda", dbname="postgres")


def test_nobody_gets_in_without_the_right_password(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, "agenda", password="guessed")


def test_the_bootstrap_may_run_again(server: Postgres) -> None:
    with connect(server, "registration") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    server.bootstrap()
    with connect(server, "registration") as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_the_server_listens_on_the_loopback_alone(folder: Path) -> None:
    server = settle(folder, Ports.free().postgres)
    with running(server, folder / "log") as process:
        listening = process.net_connections(kind="all")
        assert {connection.laddr for connection in listening} == {(LOOPBACK, server.port)}


def test_only_the_owner_reads_the_passwords(folder: Path) -> None:
    server = settle(folder, 5433)
    assert set(server.passwords) == {"postgres", *SERVICES}
    assert (server.place / "passwords.json").stat().st_mode & 0o077 == 0


def test_the_passwords_stay_the_same_between_starts(folder: Path) -> None:
    assert settle(folder, 5433).passwords == settle(folder, 5433).passwords


def test_a_closed_folder_stays_closed_and_the_server_starts_all_the_same(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = settle(closed / "var", Ports.free().postgres, is_durable=False)
    try:
        with running(server, folder / "log"):
            assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(server.place)


def test_a_set_up_that_was_interrupted_begins_anew(folder: Path) -> None:
    server = settle(folder, Ports.free().postgres, is_durable=False)
    (server.place / "data.new").mkdir()
    (server.place / "data.new" / "PG_VERSION").write_text("18\n")
    with running(server, folder / "log"):
        assert not (server.place / "data.new").exists()


def test_text_is_lowered_by_the_rules_of_unicode_on_every_machine(server: Postgres) -> None:
    with connect(server, "agenda") as agenda:
        assert agenda.execute("SELECT lower('ÄŞÉ ΩΛ')").fetchone() == ("äşé ωλ",)
