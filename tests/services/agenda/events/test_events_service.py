import threading
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.agenda.clock import instant_of, wall_time
from services.agenda.events import service
from services.agenda.events.models import Event
from services.agenda.events.schemas import NewEvent
from services.agenda.programme import releases
from services.agenda.programme import service as programme
from services.agenda.programme.schemas import SessionFacts
from services.agenda.runtime import Sessions
from shared.errors import NotFound
from shared.kit.access import Principal
from tests.services.agenda.builders import OTHER_ORGANISATION, a_principal, event_facts, session_facts

Find = Callable[[Session, str, Principal], Event]


def a_draft(slug: str = "ki-hub-2022") -> UUID:
    """A committed draft with a session."""
    with Sessions.begin() as session:
        event = service.create(session, NewEvent.model_validate(event_facts(slug=slug)), a_principal())
        programme.add_session(session, event, SessionFacts.model_validate(session_facts()))
        return event.id


def test_a_stranger_cannot_tell_a_foreign_event_from_none(session: Session) -> None:
    event_id = a_draft()
    for ref in (str(event_id), "ki-hub-2022", "no-such-event"):
        with pytest.raises(NotFound):
            service.find(session, ref, a_principal(organisation=OTHER_ORGANISATION))


def test_the_end_of_the_event_is_what_closing_waits_for(session: Session) -> None:
    a_draft()
    event = service.publish(session, service.find_to_change(session, "ki-hub-2022", a_principal()))
    with pytest.raises(service.EventNotOver):
        service.close(session, event, now=lambda: datetime(2022, 11, 24, 15, 14, tzinfo=UTC))
    service.close(session, event, now=lambda: datetime(2022, 11, 24, 15, 15, tzinfo=UTC))
    assert event.closed_at == datetime(2022, 11, 24, 15, 15, tzinfo=UTC)


def release_at_once(find: Find, count: int = 6) -> list[int | Exception]:
    """Numbers that as many organisers get who release at one moment, or the error of each."""
    a_draft()
    everybody_has_read = threading.Barrier(count)
    outcomes: list[int | Exception] = []

    def release() -> None:
        try:
            with Sessions.begin() as session:
                caller = a_principal()
                service.find(session, "ki-hub-2022", caller)
                everybody_has_read.wait(10)
                outcomes.append(
                    releases.release(session, find(session, "ki-hub-2022", caller), caller).number
                )
        except Exception as problem:  # Whatever goes wrong in a thread is the outcome.
            outcomes.append(problem)

    threads = [threading.Thread(target=release) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.mark.usefixtures("database")
def test_releases_at_one_moment_get_numbers_of_their_own() -> None:
    assert sorted(map(str, release_at_once(service.find_to_change))) == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.usefixtures("database")
def test_without_the_lock_releases_at_one_moment_would_collide() -> None:
    outcomes = release_at_once(service.find)
    assert any(isinstance(outcome, Exception) for outcome in outcomes)


def test_a_clock_time_that_happens_twice_is_the_first_one() -> None:
    wall = datetime.fromisoformat("2026-10-25T02:30")
    assert instant_of(wall, "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_clock_time_that_is_left_out_is_the_one_after_the_change() -> None:
    wall = datetime.fromisoformat("2026-03-29T02:30")
    instant = instant_of(wall, "Europe/Berlin")
    assert wall_time(instant, "Europe/Berlin").isoformat() == "2026-03-29T03:30:00"
