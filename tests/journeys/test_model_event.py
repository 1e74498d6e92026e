"""The product's main job, from outside: 60 people sign up, and 48 get their confirmation."""

import json
from pathlib import Path
from typing import Any

import icalendar
import pytest

from deploy.local.play import data
from deploy.local.play.demo import FIRST_EXTRA, SECOND_EXTRA, Demo
from deploy.local.play.http import Visitor
from services.certificates.verification import offline
from tests.support.papers import qr_codes, texts

# Scripts, lengths and diacritics that were chosen to be hard.
HARD_NAMES = ("P04", "P10", "P16", "P22", "P28", "P34", "P40", "P46", "P52", "P58")


def people(*refs: str) -> list[data.Participant]:
    return [person for person in data.participants() if person.ref in refs]


def paper(demo: Demo, name: str) -> bytes:
    return (demo.folder / name).read_bytes()


def squeezed(*texts: str) -> str:
    """Without white space: a long name may stand on two lines."""
    return "".join("".join(texts).split())


def confirmations(demo: Demo) -> list[Path]:
    return sorted((demo.folder / "confirmations").glob("*.pdf"))


def test_the_figures_are_those_of_the_day(summary: dict[str, Any]) -> None:
    figures = {name: summary[name] for name in ("registered", "badges", "checked_in", "open_stays")}
    assert figures == {"registered": 60, "badges": 60, "checked_in": 55, "open_stays": 5}
    assert summary["confirmations"] == summary["mails"]["confirmation"] == 48


def test_every_mail_is_of_a_kind_and_as_many_as_there_were_reasons(summary: dict[str, Any]) -> None:
    # 60 people, the two extra ones once each, and the one who came back.
    assert summary["mails"]["ticket"] == 63
    # The two extra ones, and the one who signed up again behind them.
    assert summary["mails"]["waiting"] == 3


def test_everybody_who_came_met_others_and_only_who_agreed_is_named(demo: Demo) -> None:
    report = json.loads(paper(demo, "networking-report.json"))
    assert report["people"] == 55
    assert report["organisations"][0]["pairs"] > 0
    agreed = {
        f"{person.first_name} {person.last_name}"
        for person in demo.people
        if person.answers.get("directory_consent") == "yes"
    }
    assert {one["name"] for one in report["named"]} <= agreed


def test_each_badge_carries_another_ticket_that_a_scanner_reads(demo: Demo) -> None:
    codes = qr_codes(paper(demo, "badges.pdf"))
    assert [len(page) for page in codes] == [1] * 60
    assert len({page[0] for page in codes}) == 60
    assert all(page[0].startswith("EVT1:") for page in codes)


def test_the_sheets_carry_the_same_tickets_four_to_a_page(demo: Demo) -> None:
    codes = qr_codes(paper(demo, "badges-on-sheets.pdf"))
    assert [len(page) for page in codes] == [4] * 15
    assert {code for page in codes for code in page} == {
        page[0] for page in qr_codes(paper(demo, "badges.pdf"))
    }


def test_each_confirmation_carries_its_own_address_that_a_scanner_reads(demo: Demo) -> None:
    codes = [qr_codes(path.read_bytes()) for path in confirmations(demo)]
    addresses = {code for pages in codes for page in pages for code in page}
    assert len(addresses) == 48
    assert all(address.startswith(f"{demo.stack.urls.public}/certificates/v/") for address in addresses)


def test_anybody_checks_each_confirmation_with_the_published_keys(demo: Demo) -> None:
    keys = Visitor(demo.stack.urls.public).get("/certificates/keys").json()
    said = {offline.check(path.read_bytes(), keys)[:27] for path in confirmations(demo)}
    assert said == {"Signed by Treffpunkt localh"}


def test_anybody_drops_a_confirmation_at_the_front_door(demo: Demo) -> None:
    answer = Visitor(demo.stack.urls.public).post(
        "/certificates/v",
        files={"file": confirmations(demo)[0].read_bytes()},
        headers={"Accept": "application/json"},
    )
    assert answer.json()["outcome"] == "genuine"


@pytest.mark.parametrize("person", people(*HARD_NAMES), ids=lambda person: person.ref)
@pytest.mark.parametrize("name", ["badges.pdf", "sign-in-sheet.pdf", "evidence-list.pdf"])
def test_each_hard_name_is_right_on_each_paper(demo: Demo, name: str, person: data.Participant) -> None:
    letters = squeezed(*texts(paper(demo, name)))
    assert squeezed(person.first_name) in letters
    assert squeezed(person.last_name) in letters


def test_each_hard_name_is_right_on_its_confirmation(demo: Demo) -> None:
    due = data.expected()["participants"]
    for person in people(*HARD_NAMES):
        if due[person.ref]["confirmation_due"]:
            letters = squeezed(*texts(paper(demo, f"confirmations/{person.ref}.pdf")))
            assert squeezed(person.first_name, person.last_name) in letters


def test_the_extra_people_have_no_badge_and_no_confirmation(demo: Demo) -> None:
    words = " ".join(texts(paper(demo, "badges.pdf")))
    for extra in (FIRST_EXTRA, SECOND_EXTRA):
        assert extra.last_name not in words
        assert demo.spool.to(extra.email, kind="confirmation") == []


def test_the_sign_in_sheet_names_the_funding(demo: Demo) -> None:
    assert "01MF22004A" in " ".join(texts(paper(demo, "sign-in-sheet.pdf")))


def test_the_evidence_list_marks_open_stays_with_a_word(demo: Demo) -> None:
    words = " ".join(texts(paper(demo, "evidence-list.pdf")))
    assert words.count("offen") >= 5


def test_the_calendar_invitation_names_time_and_place(demo: Demo) -> None:
    mail = demo.attendees.ticket_mail(people("P01")[0].email)
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_content())
    invitation = calendar.walk("VEVENT")[0]
    assert str(calendar["METHOD"]) == "REQUEST"
    assert invitation["DTSTART"].dt.isoformat() == data.programme()["event"]["starts_at"]
    assert "Chemnitz" in invitation["LOCATION"]


def test_each_person_is_written_to_in_their_own_language(demo: Demo) -> None:
    german, english = people("P01")[0], people("P07")[0]
    assert demo.attendees.ticket_mail(german.email)["Content-Language"] == "de"
    assert demo.attendees.ticket_mail(english.email)["Content-Language"] == "en"


def test_breaks_are_in_every_export(demo: Demo) -> None:
    for name in ("programme.ics", "schedule.xml", "schedule.json"):
        assert "Mittagessen" in paper(demo, name).decode()
