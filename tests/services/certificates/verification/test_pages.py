from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code
from services.certificates.runtime import Sessions
from tests.services.certificates.api import API, program, public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, rule, work
from tests.support.papers import texts


def an_issued_one(few: ModelEvent) -> Confirmation:
    hear(*few.messages())
    rule()
    work()
    return next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))


def test_everybody_sees_that_a_confirmation_is_genuine(few: ModelEvent) -> None:
    confirmation = an_issued_one(few)
    for address in (f"/certificates/v/{shown_code(confirmation.code)}", f"/v/{confirmation.code.lower()}"):
        page = public().get(address, headers={"Accept-Language": "en"})
        assert page.status_code == 200
        assert "This confirmation is genuine." in page.text
        assert confirmation.number in page.text
        assert "24 November 2022" in page.text


def test_the_public_page_shows_initials_only(few: ModelEvent) -> None:
    page = public().get(f"/v/{an_issued_one(few).code}")
    assert "L. G." in page.text
    assert "Geisel" not in page.text
    assert "Lotti" not in page.text


def test_no_search_engine_keeps_the_page(few: ModelEvent) -> None:
    answer = public().get(f"/v/{an_issued_one(few).code}")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["cache-control"] == "no-store"


def test_a_program_gets_json(few: ModelEvent) -> None:
    confirmation = an_issued_one(few)
    answer = public().get(f"/v/{confirmation.code}", headers={"Accept": "application/json"})
    assert answer.json() == answer.json() | {
        "number": confirmation.number,
        "state": "valid",
        "holder": "L. G.",
        "attended_minutes": 333,
        "programme_minutes": 345,
        "teaching_units": 7,
        "organiser": "Mittelstand-Digital Zentrum Chemnitz",
    }


def test_a_withdrawn_confirmation_says_so(few: ModelEvent) -> None:
    confirmation = an_issued_one(few)
    with Sessions.begin() as session:
        session.get_one(Confirmation, confirmation.confirmation_id).state = State.REVOKED.value
    page = public().get(f"/v/{confirmation.code}", headers={"Accept-Language": "en"})
    assert "no longer valid" in page.text
    assert "genuine" not in page.text


def test_an_unknown_code_is_answered_kindly(few: ModelEvent) -> None:
    page = public().get("/v/2222-2222-2222", headers={"Accept-Language": "de"})
    assert page.status_code == 404
    assert "Diese Bestätigung kennen wir nicht" in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"


def test_a_program_gets_a_problem_for_an_unknown_code() -> None:
    answer = public().get("/v/2222-2222-2222", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:treffpunkt:problem:confirmation-not-found"


def test_organisers_fetch_what_was_mailed(few: ModelEvent) -> None:
    confirmation = an_issued_one(few)
    found = program().get(f"{API}/confirmations").json()
    assert (found["is_closed"], found["missing"], found["waiting"]) == (True, [], 0)
    assert {each["number"] for each in found["confirmations"]} == {
        each.number for each in every(Confirmation)
    }
    pdf = program().get(f"{API}/confirmations/{confirmation.confirmation_id}/confirmation.pdf")
    assert "Lotti Geisel" in " ".join(texts(pdf.content))


def test_the_review_is_finished_by_rest(few: ModelEvent) -> None:
    hear(*few.messages())
    work()
    assert every(Confirmation) == []
    assert program().post(f"{API}/review").status_code == 200
    work()
    assert {each.registration_id for each in every(Confirmation)} == few.due()
    assert program().post(f"{API}/review").status_code == 200


def test_an_event_that_is_not_closed_cannot_be_reviewed(few: ModelEvent) -> None:
    hear(few.published())
    assert program().post(f"{API}/review").status_code == 409
