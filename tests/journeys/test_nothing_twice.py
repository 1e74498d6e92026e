"""After the event: what arrives late counts, and what arrives again changes nothing."""

import random
import time
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from deploy.local.play import data
from deploy.local.play.demo import Demo
from deploy.local.play.door import Door
from deploy.local.play.http import wait_for
from shared.kit.messaging import make_client
from shared.kit.settings import SERVICES

# Attended 169 minutes of 345 by the scans of the day: not enough for a confirmation.
CAME_AFTER_LUNCH = "P31"


def confirmation_mails(demo: Demo) -> int:
    return demo.spool.by_kind().get("confirmation", 0)


def ask(demo: Demo, service: str, query: str) -> list[Any]:
    engine = create_engine(demo.stack.env[f"{service.upper()}_DATABASE_URL"])
    with engine.connect() as connection:
        rows = list(connection.execute(text(query)))
    engine.dispose()
    return rows


def unacknowledged(demo: Demo) -> int:
    counts = (
        ask(demo, service, "SELECT count(*) FROM outbox WHERE acknowledged_at IS NULL")[0][0]
        for service in SERVICES
    )
    return sum(counts)


def wait_until_quiet(demo: Demo) -> None:
    """Every message acknowledged, every mail sent, and nothing new for a while."""
    wait_for("empty outboxes", lambda: unacknowledged(demo) == 0, seconds=90)
    before = -1
    while (now := len(demo.spool.all())) != before:
        before = now
        time.sleep(3)


@pytest.fixture(autouse=True)
def quiet(demo: Demo) -> None:
    wait_until_quiet(demo)


def test_every_outbox_is_empty_after_the_event(demo: Demo) -> None:
    assert unacknowledged(demo) == 0


def test_closing_twice_mails_nobody_again(demo: Demo) -> None:
    before = demo.spool.by_kind()
    demo.organiser.close()
    wait_until_quiet(demo)
    assert demo.spool.by_kind() == before


def test_replaying_every_message_three_times_sends_nothing_twice(demo: Demo) -> None:
    before = demo.spool.by_kind()
    numbers = ask(demo, "certificates", "SELECT count(*) FROM confirmations")
    envelopes = [
        (row.name, row.consumer, row.envelope)
        for service in SERVICES
        for row in ask(demo, service, "SELECT name, consumer, envelope FROM outbox")
    ] * 3
    random.Random(3).shuffle(envelopes)
    broker = make_client(demo.stack.env["REDIS_URL"])
    for name, consumer, envelope in envelopes:
        broker.send_task(name, [envelope], queue=consumer)
    wait_until_quiet(demo)
    assert len(envelopes) > 1000
    assert demo.spool.by_kind() == before
    assert ask(demo, "certificates", "SELECT count(*) FROM confirmations") == numbers


def test_a_restart_sends_nothing_twice(demo: Demo) -> None:
    before = demo.spool.by_kind()
    demo.stack.stop()
    demo.stack.start()
    wait_until_quiet(demo)
    assert demo.spool.by_kind() == before


def test_a_late_scan_makes_one_more_person_due_and_mails_that_one(demo: Demo) -> None:
    before = confirmation_mails(demo)
    late = next(person for person in data.participants() if person.ref == CAME_AFTER_LUNCH)
    door = Door(demo.stack.urls.public, demo.organiser.token(demo.stack), demo.organiser.slug)
    starts, ends = data.programme()["event"]["starts_at"], data.programme()["event"]["ends_at"]
    scans = [
        {"scanned_at": starts, "direction": "in", "ref": late.ref},
        {"scanned_at": ends, "direction": "out", "ref": late.ref},
    ]
    assert {result["result"] for result in door.send(scans)} <= {"accepted", "duplicate"}
    wait_for("one more confirmation", lambda: confirmation_mails(demo) > before)
    wait_until_quiet(demo)
    assert confirmation_mails(demo) == before + 1
    assert len(demo.spool.to(late.email, kind="confirmation")) == 1
