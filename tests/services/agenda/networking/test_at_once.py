"""Two organisers who ask for a plan of one session at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.networking import plans
from services.agenda.networking.schemas import PlanOrder
from services.agenda.networking.service import find_meeting
from services.agenda.runtime import Sessions
from tests.services.agenda.builders import a_principal
from tests.services.agenda.networking.conftest import SPEED
from tests.support.visitors import Api

SLUG = "ki-hub-2022"
ASKED = 3

Find = Callable[..., Event]
Outcome = tuple[int, bool] | Exception


def ask_at_once(find: Find, before_writing: Callable[[], object] = lambda: None) -> list[Outcome]:
    """The plan's number that each of them gets and whether it was asked for already, or the error of each."""
    everybody_has_read = Barrier(ASKED)

    def ask(_: int) -> Outcome:
        try:
            with Sessions.begin() as session:
                listen(session, "before_flush", lambda *_: before_writing())
                events.find(session, SLUG, a_principal())
                everybody_has_read.wait(10)
                meeting = find_meeting(session, find(session, SLUG, a_principal()), "speed")
                plan, is_known = plans.order(session, meeting, PlanOrder())
                return plan.number, is_known
        except Exception as problem:  # Whatever goes wrong in a thread is the outcome.
            return problem

    with ThreadPoolExecutor(ASKED) as pool:
        return list(pool.map(ask, range(ASKED)))


def test_one_plan_is_begun_and_the_others_are_told_of_it(people: Callable[..., list[str]]) -> None:
    people(6)
    assert sorted(ask_at_once(events.find_to_change), key=str) == [(1, False), (1, True), (1, True)]


def test_without_the_lock_of_the_event_the_others_would_fail(people: Callable[..., list[str]]) -> None:
    people(6)
    everybody_has_looked = Barrier(ASKED)
    outcomes = ask_at_once(events.find, lambda: everybody_has_looked.wait(10))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == ASKED - 1


def test_requests_at_one_moment_are_all_answered_with_the_one_plan(
    api: Api, people: Callable[..., list[str]]
) -> None:
    people(6)
    with ThreadPoolExecutor(ASKED) as pool:
        answers = list(pool.map(lambda _: api("POST", f"{SPEED}/plans", json={}), range(ASKED)))
    assert [answer.status_code for answer in answers] == [202] * ASKED
    assert sorted(answer.json()["already_asked"] for answer in answers) == [False, True, True]
