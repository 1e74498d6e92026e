"""Real servers for all tests, and the rule that CI skips nothing.

The services read their settings when they are imported, and importing happens while tests are collected: so the
environment is set here, at once, and the servers start when the first test needs them.
"""

import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from aiosmtpd.controller import Controller

from deploy.local.bootstrap import SERVICES
from deploy.local.mail_sink import Sink
from deploy.local.ports import LOOPBACK
from deploy.local.stack import Stack
from tests.support.mailbox import Mailbox
from tests.support.servers import Database, Servers, empty_redis, use_environment
from tests.support.sharing import RUNNING, STACKS, SideBySide, group_of

SERVERS = Servers()
use_environment(SERVERS)
SERVERS.make_files()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SideBySide:
    return SideBySide(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A second process that starts the same product would cost a minute, and be noticed by nobody."""
    for item in items:
        for name in RUNNING:
            if name in getattr(item, "fixturenames", ()) and group_of(item.nodeid) != name:
                raise pytest.UsageError(
                    f"{item.nodeid} needs `{name}`: name its place in tests/support/sharing.py."
                )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """After the last test that needs it a running product stops: it would cost the others a tenth of a processor."""
    yield
    group = group_of(item.nodeid)
    if group in STACKS and (nextitem is None or group_of(nextitem.nodeid) != group):
        STACKS.pop(group).stop()


def pytest_unconfigure() -> None:
    SERVERS.end()


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """PostgreSQL with the three schemas, migrated."""
    SERVERS.start_postgres()
    database = Database(SERVERS)
    yield database
    database.close()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis of this test session."""
    SERVERS.start_redis()
    return SERVERS.broker.url


@pytest.fixture(autouse=True)
def clean_database(request: pytest.FixtureRequest) -> None:
    """Each test begins with empty tables and an empty Redis, as far as it can touch them."""
    if "database" in request.fixturenames or might_use_a_service(request):
        request.getfixturevalue("database").clean()
    if "redis_url" in request.fixturenames:
        empty_redis(request.getfixturevalue("redis_url"))


def might_use_a_service(request: pytest.FixtureRequest) -> bool:
    """Pure tests start no server: as long as no service is imported, none can be used."""
    folders = (Path(__file__).parent / "services", Path(__file__).parent / "kit")
    is_imported = any(f"services.{service}.runtime" in sys.modules for service in SERVICES)
    return is_imported and any(request.path.is_relative_to(folder) for folder in folders)


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Mailbox]:
    """An SMTP server at the address in the services' settings."""
    mailbox = Mailbox(SERVERS.var / "mailbox")
    mailbox.folder.mkdir()
    port = SERVERS.release_port("smtp")
    server = Controller(Sink(mailbox.folder), hostname=LOOPBACK, port=port, enable_SMTPUTF8=True)
    server.start()
    yield mailbox
    server.stop()


@pytest.fixture
def mailbox(smtp_server: Mailbox) -> Mailbox:
    """The mails that this test has sent through SMTP."""
    smtp_server.empty()
    return smtp_server


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole running product, for tests that look at it from outside; its data stay for all of them."""
    stack = Stack(Path(tempfile.mkdtemp(prefix="treffpunkt-stack-")))
    try:
        with stack:
            STACKS["stack"] = stack
            yield stack
    finally:
        stack.erase()


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def nothing_may_be_skipped() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return refuse_skip(report)


def refuse_skip(report: Report) -> Report:
    """In CI a skipped test has failed: what it needs is missing there."""
    is_expected_failure = hasattr(report, "wasxfail")
    if nothing_may_be_skipped() and report.skipped and not is_expected_failure:
        report.outcome = "failed"
        report.longrepr = f"CI skips nothing, but: {report.longrepr}"
    return report
