"""Two organisers change one registration at once: the one who read it first hears of it and loses nothing."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy.orm import Session

from services.registration.attendees import service
from services.registration.runtime import Sessions
from services.registration.signup.models import Event, Registration
from tests.services.registration.builders import a_registration, an_open_event, registrations
from tests.support.servers import Database
from tests.support.visitors import Api
from tests.support.waiting import wait_until


@pytest.fixture
def event(session: Session) -> Event:
    event = an_open_event(session)
    session.commit()
    return event


@pytest.fixture
def anna(session: Session, event: Event) -> Registration:
    anna = a_registration(session, event)
    session.commit()
    return anna


def change_while_another_changes(
    api: Api, database: Database, event: Event, anna: Registration, headers: Mapping[str, str]
) -> Response:
    """A request that arrives while a first change of the reference and organisation is not committed yet."""
    path = f"/events/{event.id}/registrations/{anna.id}"
    first_change = {"ref": "P1", "organisation": "First"}

    def second() -> Response:
        return api("PATCH", path, json={"organisation": "Second"}, headers=headers)

    with ThreadPoolExecutor(1) as pool, Sessions.begin() as session:
        locked = service.lock_registration(session, event, anna.id)
        service.change_as_organiser(session, event, locked, first_change, locale="en")
        answer = pool.submit(second)
        wait_until(lambda: is_somebody_waiting(database))
        session.commit()
        return answer.result(20)


def is_somebody_waiting(database: Database) -> bool:
    return database.superuser.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None


def etag_of(api: Api, event: Event, anna: Registration) -> str:
    return api("GET", f"/events/{event.id}/registrations/{anna.id}").headers["ETag"]


def stored(session: Session, event: Event) -> tuple[str | None, str]:
    [anna] = registrations(session, event)
    return anna.ref, anna.organisation


def test_a_change_of_what_another_changes_at_this_moment_is_stale(
    api: Api, database: Database, event: Event, anna: Registration, session: Session
) -> None:
    headers = {"If-Match": etag_of(api, event, anna)}
    answer = change_while_another_changes(api, database, event, anna, headers)
    assert answer.status_code == 412
    assert stored(session, event) == ("P1", "First")


def test_without_the_lock_the_first_change_would_be_lost(
    api: Api,
    database: Database,
    event: Event,
    anna: Registration,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The positive control: the same request, but first comparing and then locking."""
    headers = {"If-Match": etag_of(api, event, anna)}
    lock = service.lock_registration

    def lock_only_for_the_first(session: Session, *of: Any) -> Registration:
        monkeypatch.setattr(service, "lock_registration", service.find_registration)
        return lock(session, *of)

    monkeypatch.setattr(service, "lock_registration", lock_only_for_the_first)
    answer = change_while_another_changes(api, database, event, anna, headers)
    assert answer.status_code == 200
    assert stored(session, event)[1] == "Second"


def test_fields_that_nobody_named_stay_as_the_other_change_left_them(
    api: Api, database: Database, event: Event, anna: Registration, session: Session
) -> None:
    answer = change_while_another_changes(api, database, event, anna, {"If-Match": "*"})
    assert (answer.status_code, answer.json()["ref"]) == (200, "P1")
    assert stored(session, event) == ("P1", "Second")
