import pytest

from services.certificates.attendance.models import PaperDecision
from services.certificates.confirmations.models import Confirmation
from tests.services.certificates.api import API, PAGES, browser, program
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, rule, work

REASON = "Helped at the entrance."


@pytest.fixture
def reviewed(few: ModelEvent) -> ModelEvent:
    """A closed event whose confirmations wait for a review."""
    hear(few.published())
    rule(mailing={"start": "after_review"}, hold_open_stays=True)
    hear(*few.messages()[1:])
    work()
    return few


def decide(ref: str, choice: str, reason: str = REASON) -> int:
    typed = {"registration_id": str(id_of(ref)), "paper": "attendance", "choice": choice, "reason": reason}
    return browser().post(f"{PAGES}/attendance/review/decisions", data=typed).status_code


def test_the_list_says_who_gets_what_and_why(reviewed: ModelEvent) -> None:
    page = browser().get(f"{PAGES}/attendance/review").text
    for words in ("Lotti Geisel", "attended enough", "attended too little", "was not scanned at the exit"):
        assert words in page
    held = browser().get(f"{PAGES}/attendance/review?show=held").text
    assert "Hagen Seidel" in held
    assert "Lotti Geisel" not in held


def test_who_is_taken_in_gets_one_and_who_is_taken_out_gets_none(reviewed: ModelEvent) -> None:
    assert (decide("P01", "in"), decide("P11", "out")) == (303, 303)
    assert REASON in browser().get(f"{PAGES}/attendance/review").text
    browser().post(f"{PAGES}/review")
    work()
    confirmed = {each.registration_id for each in every(Confirmation)}
    assert confirmed == (reviewed.due() | {id_of("P01")}) - {id_of("P11")}
    taken_in = next(each for each in every(Confirmation) if each.registration_id == id_of("P01"))
    assert taken_in.attended_minutes == 165


def test_a_decision_wants_a_reason(reviewed: ModelEvent) -> None:
    assert decide("P01", "in", reason=" ") == 422
    assert every(PaperDecision) == []


def test_nobody_is_taken_in_who_was_never_seen(reviewed: ModelEvent) -> None:
    assert decide("P10", "in") == 409
    assert every(PaperDecision) == []


def test_a_decision_can_be_left_to_the_rules_again(reviewed: ModelEvent) -> None:
    decide("P11", "out")
    assert decide("P11", "rules", reason="") == 303
    assert every(PaperDecision) == []


def test_a_decision_after_sending_takes_effect_at_once(reviewed: ModelEvent) -> None:
    browser().post(f"{PAGES}/review")
    work()
    wanted = {"registration_id": str(id_of("P01")), "paper": "attendance", "is_in": True, "reason": REASON}
    answer = program().post(f"{API}/decisions", json=wanted)
    assert (answer.status_code, answer.json()["reason"]) == (200, "taken_in")
    work()
    assert id_of("P01") in {each.registration_id for each in every(Confirmation)}


def test_a_paper_that_the_event_does_not_issue_is_not_found(reviewed: ModelEvent) -> None:
    wanted = {"registration_id": str(id_of("P01")), "paper": "hours", "is_in": True, "reason": REASON}
    assert program().post(f"{API}/decisions", json=wanted).status_code == 404
