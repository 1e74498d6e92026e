"""The layouts that come with the product print everybody, and look on the screen as they do on paper."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser
from pypdf import PdfReader

from services.certificates.badges.document import AgendaLine, Badge, BadgeRun, draw, problems_of, shortened
from services.certificates.documents.paper import MM
from services.certificates.documents.problems import Problem, Reason
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


LISTS = [name for name in NAMES if gallery_layout(name).lists]


def a_programme(sessions: int, days: int = 1) -> tuple[AgendaLine, ...]:
    """Sessions of a long day with a break in their middle, on each of so many days."""
    return tuple(
        AgendaLine(
            f"{8 + number // 4:02}:{number % 4 * 15:02}",
            "Kaffee" if number == sessions // 2 else f"Vortrag {day}-{number}",
            "Raum 201",
            day=f"{day}. Mai 2023" if days > 1 else "",
            is_break=number == sessions // 2,
        )
        for day in range(1, days + 1)
        for number in range(sessions)
    )


def told_and_shown(name: str, agenda: tuple[AgendaLine, ...]) -> tuple[list[Problem], str]:
    badge = replace(SAMPLES["short"], agenda=agenda)
    run = a_run_in(name, [badge])
    return shortened(run, badge), one_line(by_poppler(draw(run)))


@pytest.mark.parametrize("name", LISTS)
def test_the_programme_of_a_day_stands_on_each_back_as_a_whole(name: str) -> None:
    told, text = told_and_shown(name, a_programme(12))
    assert told == []
    assert all(line.time in text and line.title in text for line in a_programme(12))


@pytest.mark.parametrize("name", LISTS)
def test_what_has_no_room_is_counted_on_the_badge_and_named_on_the_list(name: str) -> None:
    agenda = a_programme(40, days=3)
    [told], text = told_and_shown(name, agenda)
    assert (told.field, told.reason) == ("agenda", Reason.SHORTENED)
    missing = [
        line
        for line in agenda
        if not line.is_break and f"{line.title} " in f"{told.text}, ".replace(",", " ")
    ]
    shown = [line for line in agenda if not line.is_break and line not in missing]
    assert f"+ {len(missing)} weitere" in text
    assert shown
    assert all(line.title in text.replace("\n", " ") for line in shown)
    assert "Kaffee" not in text


def test_breaks_stand_back_before_any_session_does() -> None:
    run = a_run_in("a7", [])
    badges = ((n, replace(SAMPLES["short"], agenda=a_programme(n))) for n in range(10, 90))
    count = next(n for n, badge in badges if shortened(run, badge))
    [told], text = told_and_shown("a7", a_programme(count))
    assert told.text.endswith("Kaffee")
    assert "weitere" not in text


def test_each_day_of_an_event_has_its_heading() -> None:
    _, text = told_and_shown("a6-portrait-programme", a_programme(6, days=2))
    assert (
        text.index("1. Mai 2023")
        < text.index("Vortrag 1-0")
        < text.index("2. Mai 2023")
        < text.index("Vortrag 2-0")
    )


def test_a_category_is_printed_as_the_layout_says() -> None:
    run = a_run_in("a6-portrait", [a_badge(category="speaker"), a_badge(category="guest")])
    named = run.layout.model_copy(update={"category_names": {"speaker": {"de": "Referentin"}}})
    text = by_poppler(draw(replace(run, layout=named)))
    assert "Referentin" in text
    assert "Vortrag" not in text
    assert "Gast" in text


def test_an_agenda_that_all_share_is_written_once() -> None:
    badge = replace(SAMPLES["short"], agenda=a_programme(12))
    one, many = (len(draw(a_run_in("a6-portrait-programme", [badge] * count))) for count in (1, 101))
    assert (many - one) / 200 <= 900


def test_a_title_that_is_cut_is_told() -> None:
    run = a_run_in("a7", [])
    title = "Netzwerk " * 40
    event = replace(run.event, title=title.strip())
    [told] = shortened(replace(run, event=event), SAMPLES["short"])
    assert (told.field, told.text) == ("event.title", title.strip())


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
