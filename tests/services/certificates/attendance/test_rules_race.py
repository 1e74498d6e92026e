"""Two organisers who set the rules at the same moment: the second hears of the first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from httpx2 import Response

from services.certificates.attendance.models import Rules
from services.certificates.attendance.schemas import RulesIn
from services.certificates.attendance.service import set_rules
from services.certificates.copies.models import Event
from services.certificates.runtime import Sessions
from tests.services.certificates.api import API, PAGES, browser, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear, rule, until_somebody_waits
from tests.support.facts import EVENT

TYPED = {"version": "1", "share_percent": "50", "open_stays": "count", "mailing_start": "after_review"}


def answer_meanwhile(ask: Callable[[], Any]) -> Response:
    """The answer to a request that comes while another transaction has set the rules and not committed."""
    with ThreadPoolExecutor(1) as pool:
        with Sessions.begin() as session:
            set_rules(session, session.get_one(Event, EVENT), RulesIn(number_prefix="FIRST"))
            asked = pool.submit(ask)
            until_somebody_waits()
        answer: Response = asked.result(timeout=10)
    return answer


def test_a_change_between_comparing_and_setting_is_not_overwritten(few: ModelEvent) -> None:
    hear(few.published())
    rule()
    etag = program().get(f"{API}/rules").headers["etag"]
    answer = answer_meanwhile(
        lambda: program().put(f"{API}/rules", json={"number_prefix": "SECOND"}, headers={"If-Match": etag})
    )
    assert (answer.status_code, every(Rules)[0].number_prefix) == (412, "FIRST")


def test_two_first_rules_at_the_same_moment_are_no_error(few: ModelEvent) -> None:
    hear(few.published())
    answer = answer_meanwhile(lambda: program().put(f"{API}/rules", json={"number_prefix": "SECOND"}))
    assert (answer.status_code, every(Rules)[0].number_prefix) == (428, "FIRST")


def test_a_form_does_not_overwrite_what_changes_while_it_is_sent(few: ModelEvent) -> None:
    hear(few.published())
    rule()
    answer = answer_meanwhile(lambda: browser().post(PAGES, data=TYPED))
    assert (answer.status_code, every(Rules)[0].number_prefix) == (412, "FIRST")
