"""The layouts that come with the product print everybody, and look on the screen as they do on paper."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser
from pypdf import PdfReader

from services.certificates.badges.document import Badge, BadgeRun, draw, problems_of
from services.certificates.documents.paper import MM
from services.certificates.layouts import svg
from services.certificates.layouts.gallery import NAMES, gallery_layout
from services.certificates.layouts.layout import Side
from services.certificates.layouts.samples import SAMPLES
from tests.support.paper_facts import HARD_NAMES, HARDER_NAMES, a_badge, a_badge_run
from tests.support.paper_judges import damages, preflight
from tests.support.paper_text import by_poppler, one_line
from tests.support.papers import pages_as_pictures, qr_codes

LONGEST = "Technische Universität Chemnitz, Professur Fabrikplanung und Intralogistik"


def a_run_in(name: str, badges: Sequence[Badge], language: str = "de") -> BadgeRun:
    return replace(a_badge_run(badges), layout=gallery_layout(name), language=language)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_hardest_names_fit_each_layout(name: str, language: str) -> None:
    run = a_run_in(name, [], language)
    badges = [a_badge(*person, organisation=LONGEST) for person in (*HARD_NAMES, *HARDER_NAMES)]
    assert [problem for badge in badges for problem in problems_of(run, badge)] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_page_has_the_size_that_the_layout_says(name: str) -> None:
    layout = gallery_layout(name)
    pages = PdfReader(io.BytesIO(draw(a_run_in(name, [a_badge(), a_badge()])))).pages
    assert len(pages) == 2 * len(layout.sides)
    sizes = {tuple(round(float(side), 1) for side in page.mediabox[2:]) for page in pages}
    assert sizes == {tuple(round(side, 1) for side in layout.size)}


@pytest.mark.parametrize("name", NAMES)
def test_each_code_is_read_from_the_printed_badge(name: str) -> None:
    run = a_run_in(name, [SAMPLES["usual"], SAMPLES["long"]])
    read = [codes for codes in qr_codes(draw(run)) if codes]
    assert read == [[badge.ticket_code] for badge in run.badges]


def test_each_layout_is_pdf_a_and_sound() -> None:
    papers = {name: draw(a_run_in(name, list(SAMPLES.values()))) for name in NAMES}
    assert not any(preflight(papers).values())
    assert {name: damages(paper) for name, paper in papers.items()} == dict.fromkeys(NAMES, "")


def test_the_back_tells_the_persons_own_agenda_and_way() -> None:
    text = one_line(by_poppler(draw(a_run_in("a6-portrait-programme", [SAMPLES["usual"]]))))
    for expected in ("Mein Programm", "09:30", "Status quo von KI in Sachsen", "Raum 201"):
        assert expected in text
    for expected in ("Meine Begegnungen", "10:06", "Şükrü Çağlayan-Öztürk", "Thema 3: Demonstratoren"):
        assert expected in text


def test_a_person_without_meetings_has_no_heading_for_them() -> None:
    text = by_poppler(draw(a_run_in("a6-portrait-programme", [SAMPLES["short"]], "en")))
    assert "Go wherever you like." in text
    assert "My meetings" not in text


def test_an_agenda_without_room_says_how_much_of_it_is_missing() -> None:
    badge = replace(SAMPLES["usual"], agenda=SAMPLES["usual"].agenda * 6)
    text = by_poppler(draw(a_run_in("a6-portrait-programme", [badge])))
    shown = text.count("Speed-Networking\nFoyer")
    assert "weitere" in text
    assert 1 < shown < 6


def test_the_back_of_a_folded_badge_stands_on_its_head() -> None:
    page = pages_as_pictures(draw(a_run_in("fold-a5-a6", [SAMPLES["usual"]])), dpi=60)[0]
    width, height = page.size
    back = page.crop((0, 0, width, height // 2)).rotate(180)
    [worn] = pages_as_pictures(draw(a_run_in_back(SAMPLES["usual"])), dpi=60)
    assert difference(back.resize(worn.size), worn) < 4


def a_run_in_back(badge: Badge) -> BadgeRun:
    """The back of the folded badge as a front of its own."""
    layout = gallery_layout("fold-a5-a6")
    alone = layout.model_copy(update={"fold": None, "front": layout.back, "back": ()})
    return replace(a_badge_run([badge]), layout=alone)


def difference(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures differ, from 0 to 255, when one looks with half-closed eyes."""
    blurred = [picture.convert("L").filter(ImageFilter.GaussianBlur(2)) for picture in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*blurred)).mean[0])


def test_the_preview_looks_as_the_paper_will(browser: Browser) -> None:
    page = browser.new_page()
    for name, sample in (("a6-portrait", "usual"), ("a6-landscape", "long"), ("label-62", "arabic")):
        run = a_run_in(name, [SAMPLES[sample]])
        paper = pages_as_pictures(draw(run), dpi=96)[0]
        width, height = (round(side / 72 * 96) for side in run.layout.face)
        page.set_viewport_size({"width": width, "height": height})
        preview = svg.draw_face(run.design, run.badges[0], Side.FRONT).decode()
        page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{preview}")
        shown = Image.open(io.BytesIO(page.screenshot())).resize(paper.size)
        other = replace(run.badges[0], first_name="Xaver", organisation="")
        wrong = pages_as_pictures(draw(replace(run, badges=[other])), dpi=96)[0]
        assert difference(shown, paper) < 5
        assert difference(shown, wrong) > 2 * difference(shown, paper)
    page.close()


def test_the_shape_of_a_badge_is_that_of_its_layout() -> None:
    layout = gallery_layout("fold-a5-a6")
    assert layout.face == (148 * MM, 105 * MM)
    assert layout.size == (148 * MM, 210 * MM)
    assert layout.sides == (Side.FRONT,)
