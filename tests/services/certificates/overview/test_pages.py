import re
from uuid import UUID

import pytest

from services.certificates.attendance.models import Rules
from services.certificates.confirmations.models import Confirmation
from services.certificates.overview import pages
from services.certificates.runs.models import DocumentRun
from services.certificates.runs.tasks import draw_documents
from shared.kit.access import Role
from tests.services.certificates.api import PAGES, browser, public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import an_added_stay, every, hear, rule, work

TYPED = {
    "version": "0",
    "share_percent": "66,5",
    "open_stays": "hold",
    "mailing_start": "after_closing",
    "mailing_delay_minutes": "30",
    "funding_reference": "01MF22004A",
    "number_prefix": "KIH",
}


def test_who_has_no_pass_is_sent_to_fetch_one(few: ModelEvent) -> None:
    hear(few.published())
    answer = public().get(PAGES)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/registration/session/renew?next={PAGES}"


def test_an_organiser_orders_badges_and_opens_them(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    ordered = browser().post(f"{PAGES}/papers/badges", data={"idempotency_key": "one"})
    assert ordered.status_code == 303
    assert "is being drawn" in browser().get(PAGES).text or "in the queue" in browser().get(PAGES).text
    draw_documents()
    page = browser().get(PAGES).text
    address = f"{PAGES}/papers/{every(DocumentRun)[0].run_id}/badges.pdf"
    assert address in page
    assert browser().get(address).content.startswith(b"%PDF")


def test_two_clicks_order_one_paper(few: ModelEvent) -> None:
    hear(few.published())
    for _ in range(2):
        browser().post(f"{PAGES}/papers/badges", data={"idempotency_key": "the same form"})
    assert len(every(DocumentRun)) == 1


def test_what_was_left_out_of_a_paper_is_said(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11"), first_name="\U00012000"))
    browser().post(f"{PAGES}/papers/sign-in-sheet")
    draw_documents()
    page = browser().get(PAGES).text
    assert "please read this before you print" in page
    assert "No font has these characters." in page


def test_rules_are_saved_by_a_form(few: ModelEvent) -> None:
    hear(few.published())
    assert browser().post(PAGES, data=TYPED).status_code == 303
    rules = every(Rules)[0]
    assert float(rules.min_share_of_programme) == 0.665
    assert (rules.count_open_stays, rules.hold_open_stays, rules.mailing_delay_minutes) == (True, True, 30)
    assert 'value="66.5"' in browser().get(PAGES).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"share_percent": "many"}, "Please give a number from 0 to 100."),
        ({"share_percent": "101"}, "Please give a number from 0 to 100."),
        ({"mailing_delay_minutes": "soon"}, "Please give whole minutes, at most 31 days."),
        ({"number_prefix": "KI-HÜB"}, "Please use at most 12 letters and digits without accents."),
    ],
)
def test_a_wrong_entry_comes_back_with_a_sentence_and_nothing_typed_is_lost(
    few: ModelEvent, change: dict[str, str], sentence: str
) -> None:
    hear(few.published())
    answer = browser().post(PAGES, data={**TYPED, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="01MF22004A"' in answer.text
    assert every(Rules) == []


def test_rules_that_somebody_else_changed_are_not_overwritten(few: ModelEvent) -> None:
    hear(few.published())
    rule()
    assert browser().post(PAGES, data=TYPED).status_code == 412


def test_the_attendance_page_shows_who_is_due_and_why(few: ModelEvent) -> None:
    hear(
        few.published(),
        few.released(),
        *map(few.confirmed, few.participants),
        *map(few.scanned, few.door_log),
    )
    page = browser().get(f"{PAGES}/attendance").text
    assert "Lotti Geisel" in page
    assert "no exit" in page
    assert "did not come" in page
    assert "Confirmations are sent after the event is closed." in page


def test_the_review_sends_the_confirmations(few: ModelEvent) -> None:
    hear(*few.messages())
    assert "Review finished: send the confirmations" in browser().get(f"{PAGES}/attendance").text
    assert browser().post(f"{PAGES}/review").status_code == 303
    work()
    page = browser().get(f"{PAGES}/attendance").text
    assert "Everybody who is due has a confirmation." in page
    for confirmation in every(Confirmation):
        assert confirmation.number in page
        address = f"{PAGES}/confirmations/{confirmation.confirmation_id}/confirmation.pdf"
        assert browser().get(address).content.startswith(b"%PDF")


def test_what_has_not_arrived_is_shown_and_after_ten_minutes_with_an_alarm(few: ModelEvent) -> None:
    hear(*few.messages()[:-2], few.closed(), few.totals(scans=len(few.door_log) + 1))
    page = browser().get(f"{PAGES}/attendance").text
    assert f"Scans: {len(few.door_log)} of {len(few.door_log) + 1} are here." in page
    assert "more than ten minutes ago" in page


def test_a_foreign_organiser_sees_no_page(few: ModelEvent) -> None:
    hear(few.published())
    for path in ("", "/attendance"):
        assert browser(organisation=UUID(int=9)).get(PAGES + path).status_code == 404


def test_a_viewer_looks_and_changes_nothing(few: ModelEvent) -> None:
    hear(few.published())
    assert browser(Role.viewer).get(PAGES).status_code == 200
    assert browser(Role.viewer).post(f"{PAGES}/papers/badges").status_code == 403
    assert browser(Role.viewer).post(PAGES, data=TYPED).status_code == 403


def test_who_is_due_and_cannot_be_printed_is_named(few: ModelEvent) -> None:
    hear(*few.messages(), few.confirmed(few.person("P11"), sequence=2, first_name="\U00012000"))
    rule()
    work()
    page = browser().get(f"{PAGES}/attendance").text
    assert "1 person is due and has no confirmation yet" in page
    assert "Everybody who is due has a confirmation." not in page


def test_a_doubted_confirmation_is_withdrawn_and_a_right_one_goes_out(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    work()
    hear(an_added_stay("P11", few))
    work()
    doubted = next(each for each in every(Confirmation) if each.doubt)
    assert f"Withdraw {doubted.number}" in browser().get(f"{PAGES}/attendance").text
    for _ in range(2):
        browser().post(f"{PAGES}/confirmations/{doubted.confirmation_id}/withdraw")
        work()
    states = {
        each.number: (each.state, each.attended_minutes)
        for each in every(Confirmation)
        if each.registration_id == id_of("P11")
    }
    assert sorted(states.values()) == [("revoked", 333), ("valid", 345)]


def test_many_people_stand_on_several_pages_with_the_totals_of_all(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROWS_ON_A_PAGE", 3)
    hear(*few.messages())
    first = browser().get(f"{PAGES}/attendance").text
    [following] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = browser().get(following).text
    names = [f"{person['first_name']} {person['last_name']}" for person in few.participants]
    assert [(name in first) + (name in second) for name in names] == [1] * 5
    assert 'rel="next"' not in second
    assert re.search(r"Registered</dt>\s*<dd[^>]*>5<", first)
    assert re.search(r"Registered</dt>\s*<dd[^>]*>5<", second)
