import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from services.certificates.confirmations import issuing, papers
from services.certificates.confirmations.issuing import issue_next
from services.certificates.confirmations.models import Confirmation, DueCheck
from services.certificates.confirmations.service import finish_review
from services.certificates.copies.models import Event
from services.certificates.runtime import Sessions
from services.certificates.signing.keys import NoKey
from services.certificates.signing.pades import SealExpired
from shared.contracts.messages import Message
from shared.contracts.registration import CorrectionKind, DoorDevice, RegistrationStatus
from shared.kit.database import new_id
from shared.kit.mail import Mail
from tests.services.certificates.api import API, PAGES, browser, program
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import (
    an_added_stay,
    arrive,
    count,
    envelope_of,
    every,
    hear,
    mails,
    part,
    rule,
    told,
    work,
)
from tests.support.facts import EVENT
from tests.support.paper_text import one_line
from tests.support.papers import qr_codes, texts

YEAR = datetime.now(UTC).year


def confirmed_people() -> set[Any]:
    return {confirmation.registration_id for confirmation in every(Confirmation)}


def everything_happens(model_event: ModelEvent) -> None:
    hear(model_event.published())
    rule()
    hear(*model_event.messages()[1:])
    work()


def test_exactly_the_48_of_the_model_event_get_a_confirmation_by_mail(model_event: ModelEvent) -> None:
    everything_happens(model_event)
    assert confirmed_people() == model_event.due()
    assert len(mails("confirmation")) == len(model_event.due()) == 48


@pytest.mark.parametrize("seed", range(12))
def test_the_order_in_which_facts_arrive_does_not_matter(few: ModelEvent, seed: int) -> None:
    messages: list[Message] = few.messages()
    random.Random(seed).shuffle(messages)
    hear(*messages[: len(messages) // 2])
    work()
    hear(*messages[len(messages) // 2 :])
    rule()
    work()
    assert confirmed_people() == few.due()
    assert len(mails("ticket")) == 5


def test_replaying_every_message_three_times_sends_nothing_twice(few: ModelEvent) -> None:
    everything_happens(few)
    queued, numbers = count(Mail), sorted(each.number for each in every(Confirmation))
    again = [(envelope_of(message), message) for message in few.messages()] * 3
    random.Random(1).shuffle(again)
    for envelope, message in again:
        arrive(envelope, message)
    work()
    assert count(Mail) == queued
    assert sorted(each.number for each in every(Confirmation)) == numbers


def test_numbers_run_without_a_gap(few: ModelEvent) -> None:
    everything_happens(few)
    numbers = sorted(confirmation.number for confirmation in every(Confirmation))
    assert numbers == [f"KIH-{YEAR}-{place:04d}" for place in range(1, 4)]


def test_the_paper_says_what_was_attended_and_where_that_is_proven(few: ModelEvent) -> None:
    everything_happens(few)
    mail = next(mail for mail in mails("confirmation") if "lotti.geisel" in mail["To"])
    confirmation = next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))
    assert mail["Subject"].startswith("Ihre Teilnahmebestätigung: Vernetzungstreffen")
    pdf = part(mail, "application/pdf")
    words = " ".join(texts(pdf))
    assert "Lotti Geisel" in words
    assert confirmation.number in words
    assert qr_codes(pdf) == [[f"http://localhost:8080/certificates/v/{shown(confirmation.code)}"]]
    assert confirmation.attended_minutes == 333


def shown(code: str) -> str:
    return "-".join((code[:4], code[4:8], code[8:]))


def test_registration_hears_of_each_confirmation(few: ModelEvent) -> None:
    everything_happens(few)
    heard = told("certificates.confirmation_issued.v1")
    assert {message["number"] for message in heard} == {each.number for each in every(Confirmation)}


def test_confirmations_wait_for_the_last_scan(few: ModelEvent) -> None:
    messages = few.messages()
    late = next(message for message in messages if message.aggregate == "scan")
    hear(*(message for message in messages if message is not late))
    rule()
    work()
    assert confirmed_people() == set()
    hear(late)
    work()
    assert confirmed_people() == few.due()


def test_confirmations_wait_for_a_device_until_the_organiser_goes_on_without_it(few: ModelEvent) -> None:
    device = DoorDevice(name="Main entrance", held=2, seen_at=datetime.now(UTC))
    hear(few.published())
    rule()
    hear(*few.messages()[1:-2], few.closed(closed_at=datetime.now(UTC)), few.totals(devices=(device,)))
    work()
    assert confirmed_people() == set()
    assert "Main entrance" in browser().get(f"{PAGES}/attendance").text
    assert program().post(f"{API}/go-ahead").status_code == 409
    hear(few.closed(sequence=5, closed_at=datetime.now(UTC) - timedelta(minutes=11)))
    assert program().post(f"{API}/go-ahead").status_code == 200
    work()
    assert confirmed_people() == few.due()


def test_confirmations_go_out_when_the_device_has_sent_its_last_scans(few: ModelEvent) -> None:
    device = DoorDevice(name="Main entrance", held=2, seen_at=datetime.now(UTC))
    hear(few.published())
    rule()
    hear(*few.messages()[1:], few.totals(sequence=2, devices=(device,)))
    hear(few.totals(sequence=3))
    work()
    assert confirmed_people() == few.due()


def test_confirmations_wait_for_the_release_that_the_closing_names(few: ModelEvent) -> None:
    messages = [message for message in few.messages() if message.aggregate != "event"]
    hear(few.published(), *messages, few.closed(release=2))
    rule()
    work()
    assert confirmed_people() == set()
    hear(few.released(sequence=2))
    work()
    assert confirmed_people() == few.due()


def test_confirmations_wait_for_the_delay_of_the_rule(few: ModelEvent) -> None:
    ended = few.closed().closed_at
    hear(*few.messages())
    rule(mailing={"start": "after_closing", "delay_minutes": 90})
    assert issue_at(ended + timedelta(minutes=89)) == 0
    assert issue_at(ended + timedelta(minutes=90)) == 5


def issue_at(moment: datetime) -> int:
    with Sessions.begin() as session:
        return issue_next(session, limit=15, now=lambda: moment)


def test_without_a_rule_nothing_is_mailed_before_the_review(few: ModelEvent) -> None:
    hear(*few.messages())
    work()
    assert confirmed_people() == set()
    review()
    work()
    assert confirmed_people() == few.due()


def review() -> None:
    with Sessions.begin() as session:
        finish_review(session, session.get_one(Event, EVENT), new_id())


def test_open_stays_can_be_held_back_until_the_review(few: ModelEvent) -> None:
    hear(*few.messages())
    rule(hold_open_stays=True)
    work()
    open_stays = {id_of(ref) for ref, person in few.expected["participants"].items() if person["open_stays"]}
    assert confirmed_people() == few.due() - open_stays
    review()
    work()
    assert confirmed_people() == few.due()


def test_a_late_correction_makes_one_more_person_due_and_mails_that_one(few: ModelEvent) -> None:
    everything_happens(few)
    hear(an_added_stay("P01", few))
    work()
    assert confirmed_people() == few.due() | {id_of("P01")}
    assert len(mails("confirmation")) == 4


def test_a_correction_that_takes_time_away_is_left_to_the_organiser(few: ModelEvent) -> None:
    everything_happens(few)
    scans = [few.scanned(row) for row in few.door_log if row["ref"] == "P11"]
    strike = an_added_stay("P11", few).model_copy(
        update={
            "kind": CorrectionKind.strike_scan,
            "scan_id": scans[0].scan_id,
            "entered_at": None,
            "left_at": None,
        }
    )
    hear(strike)
    work()
    doubts = {each.registration_id: each.doubt for each in every(Confirmation) if each.doubt}
    assert doubts == {id_of("P11"): "no_longer_due"}
    assert confirmed_people() == few.due()


def test_a_correction_that_changes_the_minutes_is_left_to_the_organiser(few: ModelEvent) -> None:
    everything_happens(few)
    hear(an_added_stay("P11", few))
    work()
    doubts = {each.registration_id: each.doubt for each in every(Confirmation) if each.doubt}
    assert doubts == {id_of("P11"): "minutes_changed"}
    assert len(mails("confirmation")) == 3


def test_whoever_cancelled_gets_none(few: ModelEvent) -> None:
    person = few.person("P11")
    cancelled = few.confirmed(person, sequence=2, status=RegistrationStatus.cancelled)
    hear(cancelled, *few.messages())
    rule()
    work()
    assert confirmed_people() == few.due() - {id_of("P11")}


def test_a_name_that_no_font_can_print_holds_up_nobody_else(few: ModelEvent) -> None:
    hear(*with_name("P11", "\U00012000", few))
    rule()
    work()
    assert confirmed_people() == few.due() - {id_of("P11")}
    assert [(check.registration_id, check.problem) for check in every(DueCheck)] == [
        (id_of("P11"), "missing_glyph")
    ]
    numbers = sorted(confirmation.count for confirmation in every(Confirmation))
    assert numbers == [1, 2]


def test_an_address_that_no_mail_can_carry_holds_up_nobody_else(few: ModelEvent) -> None:
    hear(*few.messages(), few.confirmed(few.person("P11"), sequence=2, email="nobody"))
    rule()
    work()
    assert confirmed_people() == few.due() - {id_of("P11")}
    assert [check.problem for check in every(DueCheck)] == ["not_mailable"]


def test_the_evidence_of_a_finished_review_is_that_of_the_confirmations(few: ModelEvent) -> None:
    hear(*few.messages())
    rule(hold_open_stays=True)
    held = program().get(f"{API}/attendance").json()
    review()
    released = program().get(f"{API}/attendance").json()
    assert (held["confirmations_due"], released["confirmations_due"]) == (2, 3)


def test_a_name_that_is_put_right_is_printed(few: ModelEvent) -> None:
    hear(*with_name("P11", "\U00012000", few))
    rule()
    work()
    hear(few.confirmed(few.person("P11"), sequence=2))
    work()
    assert confirmed_people() == few.due()


def with_name(ref: str, first_name: str, few: ModelEvent) -> Sequence[Message]:
    person = few.confirmed(few.person(ref), first_name=first_name)
    return [
        person
        if message.subject == person.registration_id and message.aggregate == "registration"
        else message
        for message in few.messages()
    ]


def test_an_event_that_cannot_be_counted_holds_up_no_other(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_but_issuing(few)

    def broken(*_: object) -> None:
        raise ArithmeticError("this event's data are broken")

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "attendance_of", broken)
        assert issue_at(datetime.now(UTC)) == 0
    assert issue_at(datetime.now(UTC) + timedelta(seconds=29)) == 0
    assert issue_at(datetime.now(UTC) + timedelta(seconds=31)) == 5


def test_a_person_whose_paper_fails_is_tried_again_and_holds_up_nobody(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_but_issuing(few)
    unlucky = min(few.due())
    store = issuing.store

    def full_disk(file: str, paper: bytes) -> str:
        if str(unlucky) in file:
            raise OSError(28, "No space left on device")
        return store(file, paper)

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "store", full_disk)
        issue_at(datetime.now(UTC))
    assert confirmed_people() == few.due() - {unlucky}
    issue_at(datetime.now(UTC) + timedelta(seconds=31))
    assert confirmed_people() == few.due()
    assert len({confirmation.number for confirmation in every(Confirmation)}) == len(few.due())


@pytest.mark.parametrize(
    ("problem", "trouble", "told"),
    [
        (TimestampRequestError("down"), "timestamp", "The timestamp authority does not answer"),
        (SealExpired(), "seal_expired", "The certificate with which papers are signed has ended"),
        (NoKey(), "no_key", "The keys with which papers are signed are missing"),
        (OSError(28, "No space left on device"), "no_room", "There is no room on the disk"),
        (ArithmeticError(), "other", "The cause stands in the system"),
    ],
)
def test_whatever_keeps_papers_from_being_issued_is_told_and_they_go_on_by_themselves(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch, problem: Exception, trouble: str, told: str
) -> None:
    everything_but_issuing(few)

    def failing(*_: object) -> bytes:
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(papers, "sign", failing)
        issue_at(datetime.now(UTC))
    assert program().get(f"{API}/confirmations").json()["held_up"] == {trouble: len(few.due())}
    for page in ("attendance", "attendance/mailing", "attendance/mailing/run"):
        shown = one_line(browser().get(f"{PAGES}/{page}").text)
        assert told in shown
        assert f"{len(few.due())} people have to wait for their confirmation" in shown
    issue_at(datetime.now(UTC) + timedelta(seconds=31))
    assert confirmed_people() == few.due()
    assert program().get(f"{API}/confirmations").json()["held_up"] == {}
    assert told not in browser().get(f"{PAGES}/attendance/mailing").text


def everything_but_issuing(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()


def test_confirmations_come_in_pages_that_miss_none(few: ModelEvent) -> None:
    everything_happens(few)
    numbers: list[str] = []
    address: str | None = f"{API}/confirmations?limit=2"
    while address:
        answer = program().get(address)
        assert len(answer.json()["confirmations"]) <= 2
        numbers += [each["number"] for each in answer.json()["confirmations"]]
        address = answer.links.get("next", {}).get("url")
    assert numbers == sorted(each.number for each in every(Confirmation))
