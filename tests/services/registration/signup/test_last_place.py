"""The race for the last place, with real threads and connections; and the proof that the test can fail."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.attendees import service as attendees
from services.registration.runtime import Sessions
from services.registration.signup import events, places, service
from services.registration.signup.models import Registration
from services.registration.signup.places import Held
from services.registration.signup.waiting_list import Outcome, Places
from tests.services.registration.builders import a_person, a_registration, an_open_event, registrations
from tests.support.servers import Database

RUNNERS = 12


@pytest.fixture
def one_place_left(database: Database) -> UUID:
    with Sessions.begin() as session:
        event = an_open_event(session, capacity=3)
        for number in (101, 102):
            a_registration(session, event, number)
    return event.id


def at_once(run: Callable[[int], object]) -> list[object]:
    """Call `run` in twelve threads that all start at the same moment."""
    gate = threading.Barrier(RUNNERS)

    def wait_and_run(number: int) -> object:
        gate.wait()
        return run(number)

    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(wait_and_run, range(RUNNERS)))


def sign_up(event_id: UUID, number: int) -> Outcome:
    with Sessions.begin() as session:
        event = events.find_event(session, str(event_id))
        assert event is not None
        return service.sign_up_publicly(session, event, a_person(number))


def test_of_twelve_who_want_the_last_place_one_gets_it_and_eleven_wait(one_place_left: UUID) -> None:
    outcomes = at_once(lambda number: sign_up(one_place_left, number))
    assert sorted(map(str, outcomes)) == ["confirmed"] + ["waiting"] * (RUNNERS - 1)
    with Sessions() as session:
        assert places.places_of(session, one_place_left) == Places(capacity=3, taken=3, waiting=RUNNERS - 1)


def test_without_the_guard_the_last_place_is_sold_more_than_once(
    one_place_left: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: the same sign-up, but first looking and then taking."""
    looked = threading.Barrier(RUNNERS)

    def only_look(session: Session, event_id: UUID) -> Held:
        seen = Held(places.places_of(session, event_id), last_position=2)
        looked.wait()
        return seen

    monkeypatch.setattr(places, "hold", only_look)
    outcomes = at_once(lambda number: sign_up(one_place_left, number))
    assert outcomes == ["confirmed"] * RUNNERS
    with Sessions() as session:
        with_place = select(func.count()).where(Registration.status == "confirmed")
        assert session.scalar(with_place) == 2 + RUNNERS


def test_one_person_who_clicks_twelve_times_has_one_registration(one_place_left: UUID) -> None:
    at_once(lambda _: sign_up(one_place_left, 1))
    with Sessions() as session:
        mine = select(Registration).where(Registration.email == "anna.muster.1@example.org")
        assert [row.status for row in session.scalars(mine)] == ["confirmed"]
        assert places.places_of(session, one_place_left) == Places(capacity=3, taken=3)


def test_an_address_gets_no_more_places_than_its_limit_however_many_ask_at_once(database: Database) -> None:
    with Sessions.begin() as session:
        event = an_open_event(session, places_per_address=3)

    def sign_up_colleague(number: int) -> Outcome:
        with Sessions.begin() as session:
            person = a_person(1, first_name=f"Person{number}")
            return service.sign_up_publicly(session, event, person)

    assert at_once(sign_up_colleague) == ["confirmed"] * RUNNERS
    with Sessions() as session:
        assert sorted(row.address_slot for row in registrations(session, event)) == [1, 2, 3]


def test_who_cancels_and_who_signs_up_at_the_same_moment_never_meet_a_deadlock(database: Database) -> None:
    with Sessions.begin() as session:
        event = an_open_event(session, capacity=RUNNERS // 2)
        holders = [a_registration(session, event, 100 + number) for number in range(RUNNERS)]

    def cancel_or_sign_up(number: int) -> None:
        if number % 2:
            sign_up(event.id, number)
            return
        with Sessions.begin() as session:
            attendees.cancel(session, event, holders[number].id)

    at_once(cancel_or_sign_up)
    with Sessions() as session:
        rows = registrations(session, event)
        counted = Places(
            RUNNERS // 2,
            sum(row.status == "confirmed" for row in rows),
            sum(row.status == "waiting" for row in rows),
        )
        assert places.places_of(session, event.id) == counted
        with_place = [row.position for row in rows if row.status == "confirmed"]
        still_waiting = [row.position for row in rows if row.status == "waiting"]
        assert max(with_place) < min(still_waiting)
