"""Several of the public in one transaction: what each of them gets, and what the others do not notice."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from services.registration.runtime import engine
from services.registration.signup import desk, places
from services.registration.signup.desk import Applicant
from services.registration.signup.models import Event
from services.registration.signup.places import Held
from services.registration.signup.waiting_list import Places
from shared.contracts.registration import RegistrationConfirmed
from shared.errors import Invalid
from shared.kit import idempotency
from shared.kit.idempotency import Answer, KeyUsedForSomethingElse, RequestInFlight, RequestKey
from tests.services.registration.builders import an_open_event, mails, registrations, told
from tests.support.servers import Database

ROUNDS, TOGETHER = 6, 8


@pytest.fixture
def event(session: Session) -> Event:
    event = an_open_event(session, capacity=3)
    session.commit()
    return event


def an_applicant(number: int, *, key: str | None = None, body: bytes = b"", **fields: str) -> Applicant:
    person = {"first_name": "Anna", "last_name": f"Muster{number}", "email": f"anna.{number}@example.org"}
    known_by = RequestKey(key.encode() * 8, body) if key else None
    return Applicant(
        "ki-hub-2022", person | fields, "de", known_by, lambda outcome: Answer(202, body=outcome.encode())
    )


def outcomes(answers: Sequence[Answer | Exception]) -> list[str]:
    return [
        answer.body.decode() if isinstance(answer, Answer) else type(answer).__name__ for answer in answers
    ]


def test_places_are_given_in_the_order_of_arrival(event: Event, session: Session) -> None:
    answers = desk.serve([an_applicant(number) for number in range(5)])
    assert outcomes(answers) == ["confirmed"] * 3 + ["waiting"] * 2
    people = registrations(session, event)
    assert [person.last_name for person in people] == [f"Muster{number}" for number in range(5)]
    assert mails(session) == [("waiting", "anna.3@example.org"), ("waiting", "anna.4@example.org")]
    assert len(told(session, RegistrationConfirmed)) == 3


def test_a_bad_field_is_its_owners_alone(event: Event, session: Session) -> None:
    answers = desk.serve([an_applicant(1), an_applicant(2, email="nobody"), an_applicant(3)])
    assert outcomes(answers) == ["confirmed", "Invalid", "confirmed"]
    assert isinstance(answers[1], Invalid)
    assert len(registrations(session, event)) == 2


def test_the_same_person_twice_is_entered_once_and_hears_the_same(event: Event, session: Session) -> None:
    assert outcomes(desk.serve([an_applicant(1), an_applicant(1)])) == ["confirmed"] * 2
    assert places.places_of(session, event.id) == Places(capacity=3, taken=1)
    assert mails(session) == [("repeated", "anna.1@example.org")]


def test_an_address_gets_no_more_places_than_its_limit(session: Session) -> None:
    event = an_open_event(session, capacity=9, places_per_address=2)
    session.commit()
    desk.serve([an_applicant(number, email="one@example.org") for number in range(4)])
    assert [person.address_slot for person in registrations(session, event)] == [1, 2]
    assert mails(session) == [("address-full", "one@example.org")]


def test_of_equal_requests_one_is_worked_on_and_later_ones_are_told_the_same(
    event: Event, session: Session
) -> None:
    twice = [an_applicant(1, key="a"), an_applicant(1, key="a")]
    assert outcomes(desk.serve(twice)) == ["confirmed", RequestInFlight.__name__]
    [again, other] = desk.serve([an_applicant(1, key="a"), an_applicant(2, key="b")])
    assert isinstance(again, Answer)
    assert again.headers["idempotency-replayed"] == "true"
    assert outcomes([again, other]) == ["confirmed", "confirmed"]
    assert len(registrations(session, event)) == 2
    changed = desk.serve([an_applicant(1, key="a", body=b"other")])
    assert outcomes(changed) == [KeyUsedForSomethingElse.__name__]


def test_an_answer_is_repeated_after_the_event_was_closed(event: Event, session: Session) -> None:
    desk.serve([an_applicant(1, key="a")])
    session.get_one(Event, event.id).state = "closed"
    session.commit()
    assert outcomes(desk.serve([an_applicant(1, key="a"), an_applicant(2)])) == ["confirmed", "EventIsOver"]


def test_whose_request_is_being_answered_elsewhere_is_told_so(event: Event, session: Session) -> None:
    idempotency.find_answer(session, RequestKey(b"a" * 8, b""))
    assert outcomes(desk.serve([an_applicant(1, key="a"), an_applicant(2)])) == [
        RequestInFlight.__name__,
        "confirmed",
    ]


def test_nobody_gets_an_answer_whose_commit_failed(
    event: Event, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("the server is gone"))

    monkeypatch.setattr(SessionTransaction, "commit", fail)
    assert outcomes(desk.serve([an_applicant(1), an_applicant(2)])) == ["OperationalError"] * 2
    monkeypatch.undo()
    assert registrations(session, event) == []


def test_a_database_that_was_restarted_costs_nobody_an_answer(event: Event, database: Database) -> None:
    desk.serve([an_applicant(1)])
    database.superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'registration'"
    )
    assert outcomes(desk.serve([an_applicant(2)])) == ["confirmed"]


def test_several_take_no_more_statements_than_one(event: Event) -> None:
    statements: list[str] = []
    listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    desk.serve([an_applicant(0, key="0")])
    alone = len(statements)
    desk.serve([an_applicant(number, key=str(number)) for number in range(1, 3)])
    assert len(statements) == 2 * alone <= 22


def rush() -> list[str]:
    """What people hear who come in several processes at once, a group in each."""
    gate = threading.Barrier(ROUNDS)

    def come(number: int) -> list[str]:
        group = [an_applicant(TOGETHER * number + place) for place in range(TOGETHER)]
        gate.wait()
        return outcomes(desk.serve(group))

    with ThreadPoolExecutor(ROUNDS) as processes:
        return [outcome for heard in processes.map(come, range(ROUNDS)) for outcome in heard]


def test_groups_at_the_same_moment_get_no_more_places_than_there_are(event: Event, session: Session) -> None:
    assert sorted(rush()) == ["confirmed"] * 3 + ["waiting"] * (ROUNDS * TOGETHER - 3)
    positions = [person.position for person in registrations(session, event)]
    assert positions == list(range(1, ROUNDS * TOGETHER + 1))


def test_without_the_counters_lock_groups_get_places_that_others_have(
    event: Event, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of the test above."""
    looked = threading.Barrier(ROUNDS)

    def only_look(session: Session, event_id: UUID) -> Held:
        seen = Held(places.places_of(session, event_id), last_position=0)
        looked.wait()
        return seen

    monkeypatch.setattr(places, "hold", only_look)
    assert rush().count("confirmed") == 3 * ROUNDS
