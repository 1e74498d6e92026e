"""Judges that are not ours: every paper is PDF/A-1, and read out in its order where it is tagged."""

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from services.certificates.attendance.document import draw_evidence_list, draw_sign_in_sheet
from services.certificates.badges import document as badges
from services.certificates.confirmations import document as confirmations
from services.certificates.confirmations.kinds import Kind
from services.certificates.documents import srgb
from services.certificates.report import document as funders_report
from services.certificates.tickets import document as tickets
from tests.support.paper_facts import (
    HARD_NAMES,
    HARDER_NAMES,
    a_badge,
    a_badge_run,
    a_confirmation,
    a_funders_report,
    a_person,
    a_sign_in_sheet,
    a_ticket,
    an_evidence,
)
from tests.support.paper_judges import barriers, damages, preflight, read_out
from tests.support.paper_text import one_line

NAMES = [*HARD_NAMES, *HARDER_NAMES]
TAGGED: dict[str, Callable[[], bytes]] = {
    "confirmation": lambda: confirmations.draw(a_confirmation()),
    "english-confirmation": lambda: confirmations.draw(a_confirmation(*HARD_NAMES[4], language="en")),
    "confirmation-of-a-session": lambda: confirmations.draw(
        a_confirmation(kind=Kind.SESSION, replaces="2022-0003")
    ),
    "confirmation-without-server": lambda: confirmations.draw(a_confirmation(address="")),
    "thanks-to-a-speaker": lambda: confirmations.draw(a_confirmation(kind=Kind.SPEAKER, sessions=())),
    "evidence-list": lambda: draw_evidence_list(an_evidence([a_person(*name) for name in NAMES * 3])),
    "funders-report": lambda: funders_report.draw(a_funders_report(events=20)),
    "long-confirmation": lambda: confirmations.draw(
        a_confirmation(*HARD_NAMES[2], sessions=a_confirmation().sessions * 20)
    ),
    "sign-in-sheet": lambda: draw_sign_in_sheet(a_sign_in_sheet(NAMES * 2)),
    "ticket": lambda: tickets.draw(a_ticket(*HARD_NAMES[1])),
}
PAPERS = TAGGED | {"badges": lambda: badges.draw(a_badge_run([a_badge(*name) for name in NAMES]))}


def test_preflight_finds_every_paper_ready_for_the_archive() -> None:
    found = preflight({name: draw() for name, draw in PAPERS.items()})
    assert found == {name: [] for name in PAPERS}


def test_preflight_would_find_what_is_missing() -> None:
    paper = TAGGED["ticket"]()
    found = preflight({"ticket": paper.replace(b"/OutputIntents", b"/0utputIntents")})
    assert found["ticket"]


@pytest.mark.parametrize("paper", TAGGED)
def test_pdfua_finds_nothing_in_the_way(paper: str) -> None:
    assert barriers(TAGGED[paper]()) == []


def test_pdfua_would_find_a_paper_without_tags() -> None:
    assert barriers(badges.draw(a_badge_run([a_badge()])))


@pytest.mark.parametrize("paper", PAPERS)
def test_qpdf_finds_no_damage(paper: str) -> None:
    assert damages(PAPERS[paper]()) == ""


def test_a_confirmation_is_read_out_in_its_order() -> None:
    read = re.findall(r'"(.+)"', read_out(confirmations.draw(a_confirmation())))
    assert read[1:5] == [
        "Teilnahmebestätigung",
        "Mittelstand-Digital Zentrum Chemnitz bestätigt hiermit:",
        "Jürgen Großkreutz-Müller",
        "Thüringer Glas & Optik GmbH",
    ]
    assert read[-3:] == ["Echtheit prüfen:", "https://events.example.org/v/7QK2M9XW4RTB", "Nr. 2022-0007"]


def test_a_programme_is_a_table_whose_rows_are_headed_by_their_times() -> None:
    read = one_line(read_out(confirmations.draw(a_confirmation())))
    assert 'TR TH: /Scope /Row "09:30–09:45" TD "Begrüßung"' in read
    assert 'TD "Status quo von KI in Sachsen InfAI e. V., Leipzig"' in read


def test_a_list_has_its_head_once_however_many_pages_it_has() -> None:
    read = read_out(draw_sign_in_sheet(a_sign_in_sheet(NAMES * 4)))
    assert read.count('"Unterschrift"') == 1
    assert read.count("Table") == 1
    assert read.count("/Scope /Row") == len(NAMES) * 4 + 2


def test_words_on_two_lines_are_two_words() -> None:
    read = read_out(tickets.draw(a_ticket()))
    assert "wenn Sie kommen und wenn Sie gehen." in read


def test_a_picture_says_what_it_is_for() -> None:
    for draw in (lambda: confirmations.draw(a_confirmation()), lambda: tickets.draw(a_ticket())):
        objects = PdfReader(io.BytesIO(draw()))
        alternatives = [
            element["/Alt"]
            for number in range(1, len(objects.xref[0]) + 1)
            if isinstance(element := objects.get_object(number), dict) and element.get("/S") == "/Figure"
        ]
        assert len(alternatives) == 1
        assert "QR-Code" in alternatives[0]


def test_white_is_the_sum_of_the_primaries() -> None:
    for channel in range(3):
        primaries = sum(primary[channel] for primary in srgb.PRIMARIES.values())
        assert primaries == pytest.approx(srgb.WHITE[channel], abs=0.001)
