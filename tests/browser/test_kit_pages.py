"""The base page and the macros, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage, barriers, html_faults, overflow

ADDRESSES = ["/show", "/organiser", "/missing"]

# An outline of at least two pixels (WCAG 2.2, 2.4.7).
FOCUSED = """() => {
    const element = document.activeElement
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    return {
        name: element.tagName,
        text: element.innerText || element.name,
        is_marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    }
}"""


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_barriers_in_light_and_dark_colours(
    gallery: str, open_page: OpenPage, address: str
) -> None:
    page = open_page()
    page.goto(gallery + address)
    assert barriers(page) == []


def test_a_refused_form_has_no_barriers(gallery: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(gallery + "/show")
    page.get_by_role("button", name="Verbindlich anmelden").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert barriers(page) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_fits_a_window_of_320_pixels(gallery: str, open_page: OpenPage, address: str) -> None:
    page = open_page(width=320)
    page.goto(gallery + address)
    assert overflow(page) == 0


def test_pages_are_valid_html(gallery: str, open_page: OpenPage, tmp_path: Path) -> None:
    request = open_page().request
    pages = {address.strip("/"): request.get(gallery + address).text() for address in ADDRESSES}
    pages["refused"] = request.post(gallery + "/show").text()
    assert html_faults(pages, tmp_path) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_form_says_at_each_field_what_is_wrong_and_keeps_what_was_typed(
    gallery: str, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    page.goto(gallery + "/show")
    page.get_by_label("Vorname").fill("Ada")
    page.get_by_role("button", name="Verbindlich anmelden").click()
    expect(page).to_have_title("Fehler: KI-Hub 2022: gemeinsam weiterkommen · Treffpunkt")
    expect(page.get_by_label("Vorname")).to_have_value("Ada")
    expect(page.get_by_label("E-Mail-Adresse")).to_have_accessible_description(
        "An diese Adresse senden wir Ihr Ticket. "
        "Bitte geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.org."
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_the_error_summary_has_the_focus_and_leads_to_the_field(
    gallery: str, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    page.goto(gallery + "/show")
    page.get_by_role("button", name="Verbindlich anmelden").click()
    summary = page.get_by_role("alert", name="Bitte prüfen Sie Ihre Angaben")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link").first).to_have_text("Vorname: Bitte füllen Sie dieses Feld aus.")
    summary.get_by_role("link", name="Teilnahmeart: Bitte wählen Sie eine der Möglichkeiten.").click()
    expect(page.get_by_label("Teilnahmeart")).to_be_focused()


def test_the_keyboard_skips_to_the_content(gallery: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(gallery + "/show")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_language_that_was_chosen_stays(gallery: str, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto(gallery + "/show")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("24 November 2022, 09:30–16:15", exact=False)).to_be_visible()
    page.goto(gallery + "/missing")
    expect(page.get_by_role("heading", name="There is nothing here.")).to_be_visible()


def test_htmx_replaces_a_part_of_the_page_under_the_strict_policy(gallery: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(gallery + "/show")
    page.evaluate("document.querySelector('#attendees-rows').replaceChildren()")
    page.get_by_role("button", name="Aktualisieren").click()
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.locator("h1")).to_have_count(1)


def test_kern_and_its_font_are_loaded_from_our_own_address(gallery: str, open_page: OpenPage) -> None:
    page = open_page()
    loaded: list[str] = []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto(gallery + "/show", wait_until="networkidle")
    assert any("FiraSans-Regular.woff2" in url for url in loaded)
    assert all(url.startswith((gallery, "data:")) for url in loaded)


def test_the_focus_is_seen_wherever_the_keyboard_goes(gallery: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(gallery + "/organiser")
    visited = []
    while len(visited) < 60:
        page.keyboard.press("Tab")
        element = page.evaluate(FOCUSED)
        if element["name"] in ("BODY", "HTML"):
            break
        visited.append(element)
    assert len(visited) > 20
    assert [element for element in visited if not element["is_marked"]] == []
