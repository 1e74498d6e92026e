import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.registration.attendees import service as attendees
from services.registration.attendees.queries import find_row
from services.registration.checkin import closing, corrections, service
from services.registration.checkin.models import Correction, RejectedScan, Scan
from services.registration.runtime import RegistrationSettings, Sessions, engine
from services.registration.runtime import settings as runtime_settings
from services.registration.signup import events
from services.registration.signup.models import Event, Registration
from shared.contracts import ticket_code
from shared.contracts.agenda import EventClosed, EventState
from shared.contracts.certificates import TicketIssued
from shared.contracts.registration import AttendanceClosed, AttendanceCorrected, ScanRecorded
from shared.errors import Invalid
from shared.kit.access import Role
from shared.kit.database import new_id
from tests.services.registration.builders import (
    ORGANISATION,
    a_principal,
    a_registration,
    an_open_event,
    event_facts,
    told,
)
from tests.support.servers import Database

NOW = datetime(2022, 11, 24, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
MODEL_EVENT = Path(__file__).parents[4] / "deploy/local/model-event"


def clock() -> datetime:
    return NOW


def a_ticket(session: Session, registration: Registration, short_code: str = "BCDFGHJK") -> str:
    """Certificates issued a ticket; returns its code."""
    service.keep_ticket(
        session,
        TicketIssued(
            organisation_id=ORGANISATION,
            sequence=1,
            ticket_id=new_id(),
            event_id=registration.event_id,
            registration_id=registration.id,
            short_code=short_code,
            public_key=PUBLIC_KEY,
        ),
    )
    return ticket_code.sign(registration.event_id, registration.id, KEY)


def a_scan(direction: str = "in", minute: int = 0, **pointer: str) -> dict[str, Any]:
    at = datetime(2022, 11, 24, 8, minute, tzinfo=UTC)
    return {"scanned_at": at.isoformat(), "direction": direction, **(pointer or {"ref": "P1"})}


def record(session: Session, event: Event, *batch: object, role: Role = Role.organiser) -> list[str]:
    """The results, each as `result`, `result:reason` or `result:flag`."""
    results = service.record_scans(session, event, batch, a_principal(role), now=clock)
    return [":".join(filter(None, (result.result, result.reason, result.flag))) for result in results]


@pytest.fixture
def event(session: Session) -> Event:
    return an_open_event(session)


@pytest.fixture
def anna(session: Session, event: Event) -> Registration:
    return a_registration(session, event, ref="P1")


def test_a_scan_by_ticket_short_code_or_reference_means_the_same_person(
    session: Session, event: Event, anna: Registration
) -> None:
    code = a_ticket(session, anna)
    batch = [a_scan(minute=1, ticket=code), a_scan(minute=2, short_code="bcdf-ghjk"), a_scan(minute=3)]
    assert record(session, event, *batch) == ["accepted"] * 3
    people = {message["registration_id"] for message in told(session, ScanRecorded)}
    assert people == {str(anna.id)}
    assert [message["means"] for message in told(session, ScanRecorded)] == ["ticket", "short_code", "ref"]


def test_the_same_person_instant_and_direction_is_one_scan(
    session: Session, event: Event, anna: Registration
) -> None:
    code = a_ticket(session, anna)
    same = [a_scan(), a_scan(ticket=code), {**a_scan(), "scanned_at": "2022-11-24T09:00:00+01:00"}]
    assert record(session, event, *same, a_scan("out")) == ["accepted", "duplicate", "duplicate", "accepted"]
    assert record(session, event, *same) == ["duplicate"] * 3
    assert len(told(session, ScanRecorded)) == 2


def test_the_database_itself_refuses_the_same_scan_twice(
    session: Session, event: Event, anna: Registration
) -> None:
    record(session, event, a_scan())
    [known] = service.list_scans(session, anna.id)
    columns = {column.key: getattr(known, column.key) for column in Scan.__table__.columns}
    session.add(Scan(**columns | {"id": new_id()}))
    with pytest.raises(IntegrityError, match="uq_scans_person_instant_direction"):
        session.flush()


def test_bad_scans_are_rejected_one_by_one_among_good_ones(
    session: Session, event: Event, anna: Registration
) -> None:
    code = a_ticket(session, anna)
    forged = ticket_code.sign(event.id, anna.id, Ed25519PrivateKey.generate())
    foreign = ticket_code.sign(new_id(), anna.id, KEY)
    future = {"scanned_at": (NOW + timedelta(minutes=6)).isoformat(), "direction": "in", "ref": "P1"}
    batch = [
        a_scan(ticket=code),
        a_scan(ticket=forged),
        a_scan(ticket=foreign),
        a_scan(ticket="EVT1:nonsense"),
        a_scan(short_code="ZZZZ-ZZZZ"),
        a_scan(short_code="no"),
        a_scan(ref="P99"),
        future,
        {"direction": "in"},
        "scan",
        a_scan("out", minute=30, ticket=code),
    ]
    assert record(session, event, *batch) == [
        "accepted",
        "rejected:forged_ticket",
        "rejected:other_event",
        "rejected:forged_ticket",
        "rejected:unknown_code",
        "rejected:unknown_code",
        "rejected:unknown_code",
        "rejected:future",
        "rejected:malformed",
        "rejected:malformed",
        "accepted",
    ]


def test_a_genuine_ticket_is_taken_before_the_message_that_it_was_issued(
    session: Session, event: Event, anna: Registration
) -> None:
    ours = load_pem_private_key(runtime_settings.ticket_private_key, password=None)
    assert isinstance(ours, Ed25519PrivateKey)
    code = ticket_code.sign(event.id, anna.id, ours)
    nobodys = ticket_code.sign(event.id, new_id(), ours)
    forged = ticket_code.sign(event.id, anna.id, Ed25519PrivateKey.generate())
    batch = [a_scan(ticket=code), a_scan(ticket=nobodys), a_scan(ticket=forged)]
    assert record(session, event, *batch) == ["accepted", "rejected:unknown_code", "rejected:forged_ticket"]


def test_a_machine_without_the_key_believes_those_that_were_told() -> None:
    assert RegistrationSettings(secrets_dir=Path("nowhere")).ticket_public_key is None


def test_rejected_scans_are_kept_once_without_what_they_said(
    session: Session, event: Event, anna: Registration
) -> None:
    for _ in range(2):
        record(session, event, a_scan(ref="P99"))
    [kept] = session.scalars(select(RejectedScan)).all()
    assert kept.reason == "unknown_code"
    assert "P99" not in kept.content_hash


def test_a_scan_of_a_cancelled_ticket_is_kept_and_flagged(
    session: Session, event: Event, anna: Registration
) -> None:
    code = a_ticket(session, anna)
    attendees.cancel(session, event, anna.id)
    assert record(session, event, a_scan(ticket=code)) == ["accepted:cancelled"]
    assert told(session, ScanRecorded)[0]["flag"] == "cancelled"
    assert not find_row(session, anna.id).has_arrived


def test_of_two_with_one_reference_the_one_with_a_place_is_meant(
    session: Session, event: Event, anna: Registration
) -> None:
    attendees.cancel(session, event, anna.id)
    again = a_registration(session, event, ref="P1")
    assert record(session, event, a_scan()) == ["accepted"]
    assert told(session, ScanRecorded)[0]["registration_id"] == str(again.id)


def test_somebody_who_waits_cannot_come_in(session: Session) -> None:
    event = an_open_event(session, capacity=0, slug="full")
    a_registration(session, event, ref="P1")
    assert record(session, event, a_scan()) == ["rejected:unknown_code"]


def test_the_door_may_send_codes_but_no_references(
    session: Session, event: Event, anna: Registration
) -> None:
    a_ticket(session, anna)
    batch = [a_scan(), a_scan(short_code="BCDFGHJK")]
    assert record(session, event, *batch, role=Role.door) == ["rejected:ref_not_allowed", "accepted"]


def test_a_short_code_of_another_event_is_unknown(session: Session, event: Event, anna: Registration) -> None:
    a_ticket(session, anna)
    other = an_open_event(session, slug="other")
    assert record(session, other, a_scan(short_code="BCDFGHJK")) == ["rejected:unknown_code"]


def test_the_model_events_door_log_is_taken_whole(session: Session, event: Event) -> None:
    for number in range(1, 61):
        a_registration(session, event, number, ref=f"P{number:02}")
    with (MODEL_EVENT / "door-log.csv").open(encoding="utf-8", newline="") as file:
        log = list(csv.DictReader(file))
    results = _record_the_day_after(session, event, log)
    assert len(log) == 109
    assert results.count("accepted") + results.count("duplicate") == 109
    arrived = select(func.count(Scan.registration_id.distinct())).where(Scan.direction == "in")
    assert session.scalar(arrived) == 55


def _record_the_day_after(session: Session, event: Event, log: list[Any]) -> list[str]:
    results = service.record_scans(session, event, log, a_principal(), now=lambda: NOW + timedelta(days=1))
    return [result.result for result in results]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_repetition_and_split_of_batches_keeps_the_same_scans(
    database: Database, data: st.DataObject
) -> None:
    scans = [
        a_scan(direction, minute, ref=ref)
        for ref in ("P1", "P2")
        for minute in (1, 2)
        for direction in ("in", "out")
    ]
    sent = data.draw(st.permutations(scans + data.draw(st.lists(st.sampled_from(scans), max_size=8))))
    cut = data.draw(st.integers(0, len(sent)))
    with Sessions() as session:
        event = an_open_event(session)
        for number in (1, 2):
            a_registration(session, event, number, ref=f"P{number}")
        results = record(session, event, *sent[:cut]) + record(session, event, *sent[cut:])
        assert results.count("accepted") == len(scans) == len(told(session, ScanRecorded))
        assert results.count("duplicate") == len(sent) - len(scans)
        session.rollback()


def test_scans_are_written_in_one_order_so_that_two_devices_never_wait_for_each_other(
    session: Session, event: Event
) -> None:
    """Two transactions that insert the same keys in different orders end in a deadlock."""
    for number in range(5):
        a_registration(session, event, number, ref=f"P{number}")
    batch = [a_scan(minute=minute, ref=f"P{number}") for minute in (9, 3, 5) for number in (4, 0, 2, 1, 3)]
    record(session, event, *batch)
    written = session.scalars(select(Scan).order_by(Scan.id)).all()
    keys = [(scan.registration_id, scan.scanned_at, scan.direction) for scan in written]
    assert len(keys) == 15
    assert keys == sorted(keys)


def test_a_batch_of_a_hundred_takes_eight_statements(session: Session, event: Event) -> None:
    letters = ticket_code.SHORT_CODE_LETTERS
    people = [a_registration(session, event, number) for number in range(50)]
    codes = [
        a_ticket(session, person, "BCDFGH" + letters[n // 20] + letters[n % 20])
        for n, person in enumerate(people)
    ]
    batch = [a_scan(minute=minute, ticket=code) for code in codes for minute in (0, 1)]
    with counted_statements() as statements:
        assert record(session, event, *batch) == ["accepted"] * 100
    assert len(statements) <= 8


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*seen: Any) -> None:
        statements.append(seen[2])

    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    yield statements
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)


def test_a_person_is_marked_present_by_the_desk(session: Session, event: Event, anna: Registration) -> None:
    principal = a_principal()
    assert service.mark_present(session, event, anna, principal, now=clock)
    assert not service.mark_present(session, event, anna, principal, now=clock)
    [scan] = service.list_scans(session, anna.id)
    assert (scan.means, scan.direction, scan.author) == ("desk", "in", "orga@example.org")
    assert find_row(session, anna.id).has_arrived


def test_nobody_without_a_place_is_marked_present(session: Session) -> None:
    event = an_open_event(session, capacity=0)
    waiting = a_registration(session, event)
    with pytest.raises(service.NobodyThere):
        service.mark_present(session, event, waiting, a_principal())


def test_a_stay_is_added_with_reason_and_author(session: Session, event: Event, anna: Registration) -> None:
    entered, left = NOW - timedelta(hours=3), NOW - timedelta(hours=1)
    corrections.add_stay(
        session, anna, a_principal(), entered_at=entered, left_at=left, reason=" Scanner  broken ", now=clock
    )
    [message] = told(session, AttendanceCorrected)
    assert (message["kind"], message["reason"], message["author"]) == (
        "add_stay",
        "Scanner broken",
        "orga@example.org",
    )
    assert find_row(session, anna.id).has_arrived


@pytest.mark.parametrize(
    ("hours", "reason", "fields"),
    [
        ((1, 3), "x", ["left_at"]),
        ((0, -1), "x", ["left_at"]),
        ((3, 1), " ", ["reason"]),
        ((1, 3), "", ["left_at", "reason"]),
    ],
)
def test_a_stay_that_cannot_be_is_refused(
    session: Session, event: Event, anna: Registration, hours: tuple[int, int], reason: str, fields: list[str]
) -> None:
    entered, left = (NOW - timedelta(hours=hour) for hour in hours)
    with pytest.raises(Invalid) as problem:
        corrections.add_stay(
            session, anna, a_principal(), entered_at=entered, left_at=left, reason=reason, now=clock
        )
    assert [error.field for error in problem.value.errors] == fields
    assert session.scalar(select(func.count()).select_from(Correction)) == 0


def test_a_struck_scan_stays_and_is_struck_once(session: Session, event: Event, anna: Registration) -> None:
    record(session, event, a_scan())
    [scan] = service.list_scans(session, anna.id)
    corrections.strike_scan(session, anna, scan.id, a_principal(), reason="Wrong person")
    assert told(session, AttendanceCorrected)[0]["scan_id"] == str(scan.id)
    assert not find_row(session, anna.id).has_arrived
    with pytest.raises(corrections.ScanStruckAlready):
        corrections.strike_scan(session, anna, scan.id, a_principal(), reason="Again")


def test_a_scan_of_somebody_else_cannot_be_struck(session: Session, event: Event, anna: Registration) -> None:
    other = a_registration(session, event, 2, ref="P2")
    record(session, event, a_scan(ref="P2"))
    [scan] = service.list_scans(session, other.id)
    with pytest.raises(corrections.ScanNotFound):
        corrections.strike_scan(session, anna, scan.id, a_principal(), reason="x")


def test_closing_counts_what_the_others_must_have(session: Session, event: Event, anna: Registration) -> None:
    leaver, _ = a_registration(session, event, 2), a_registration(session, event, 3)
    attendees.cancel(session, event, leaver.id)
    record(session, event, a_scan(), a_scan("out", 9), a_scan(ref="P99"))
    stay = {"entered_at": NOW - timedelta(hours=2), "left_at": NOW, "reason": "x"}
    corrections.add_stay(session, anna, a_principal(), **stay, now=clock)
    facts = event_facts(event_id=event.id, sequence=7, state=EventState.closed)
    closed = EventClosed(**facts, release=1, closed_at=NOW)
    events.keep_event(session, closed)
    closing.close_attendance(session, closed)
    [message] = told(session, AttendanceClosed)
    counts = {name: message[name] for name in ("registrations", "scans", "corrections", "erased", "sequence")}
    assert counts == {"registrations": 3, "scans": 2, "corrections": 1, "erased": 0, "sequence": 7}


def test_a_device_that_holds_scans_is_named_until_it_holds_none(
    session: Session, event: Event, anna: Registration
) -> None:
    facts = event_facts(event_id=event.id, sequence=7, state=EventState.closed)
    closing.hear_of_device(session, event, "Main entrance", 2, now=clock)
    assert told(session, AttendanceClosed) == []
    closing.close_attendance(session, EventClosed(**facts, release=1, closed_at=NOW))
    closing.hear_of_device(session, event, "Main entrance", 2, now=clock)
    record(session, event, a_scan())
    closing.hear_of_device(session, event, "Main entrance", 0, now=clock)
    messages = told(session, AttendanceClosed)
    assert [
        (message["sequence"], message["scans"], [device["held"] for device in message["devices"]])
        for message in messages
    ] == [(7, 0, [2]), (8, 1, [])]


def test_an_older_ticket_message_changes_nothing(session: Session, event: Event, anna: Registration) -> None:
    facts = {
        "organisation_id": ORGANISATION,
        "ticket_id": new_id(),
        "event_id": event.id,
        "registration_id": anna.id,
    }
    for sequence, code in ((2, "BBBBBBBB"), (1, "CCCCCCCC")):
        service.keep_ticket(
            session, TicketIssued(**facts, sequence=sequence, short_code=code, public_key=PUBLIC_KEY)
        )
    assert record(session, event, a_scan(short_code="BBBB-BBBB"), a_scan(short_code="CCCC-CCCC")) == [
        "accepted",
        "rejected:unknown_code",
    ]
