"""The same input gives the same bytes, with the real date inside."""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable

import pytest
from pypdf import PdfReader

from services.certificates.attendance.document import draw_evidence_list, draw_sign_in_sheet
from services.certificates.badges import document as badges
from services.certificates.confirmations import document as confirmations
from services.certificates.tickets import document as tickets
from tests.support.paper_facts import (
    DRAWN_AT,
    HARD_NAMES,
    a_badge,
    a_badge_run,
    a_confirmation,
    a_person,
    a_sign_in_sheet,
    a_ticket,
    an_evidence,
)

PAPERS: dict[str, Callable[[], bytes]] = {
    "badges": lambda: badges.draw(a_badge_run([a_badge(*name) for name in HARD_NAMES])),
    "confirmation": lambda: confirmations.draw(a_confirmation(*HARD_NAMES[2])),
    "evidence list": lambda: draw_evidence_list(an_evidence([a_person(*name) for name in HARD_NAMES])),
    "sign-in sheet": lambda: draw_sign_in_sheet(a_sign_in_sheet(HARD_NAMES)),
    "ticket": lambda: tickets.draw(a_ticket(*HARD_NAMES[4])),
}


def digests(names: Iterable[str] = PAPERS) -> dict[str, str]:
    return {name: hashlib.sha256(PAPERS[name]()).hexdigest() for name in names}


def test_another_process_draws_the_same_bytes() -> None:
    """In another order, after nothing else: no paper depends on what was drawn before it."""
    program = (
        "import json; from tests.services.certificates.documents.test_bytes import PAPERS, digests; "
        "print(json.dumps(digests(reversed(PAPERS))))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert json.loads(other.stdout) == digests()


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_carries_its_title_language_author_and_date(paper: str) -> None:
    reader = PdfReader(io.BytesIO(PAPERS[paper]()))
    facts = reader.metadata
    assert facts is not None
    assert "Vernetzungstreffen des KI-Hubs Sachsen-Thüringen" in str(facts.title)
    assert facts.author == "Mittelstand-Digital Zentrum Chemnitz"
    assert facts.creation_date == DRAWN_AT
    assert reader.root_object["/Lang"] == "de"


@pytest.mark.parametrize("paper", PAPERS)
def test_every_font_is_embedded(paper: str) -> None:
    page = PdfReader(io.BytesIO(PAPERS[paper]())).pages[0]
    assert page["/Resources"]["/Font"]
    for font in page["/Resources"]["/Font"].values():
        assert font.get_object()["/Subtype"] == "/Type0"
