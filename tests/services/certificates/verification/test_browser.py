"""The public pages in Chromium: usable, in both languages, on a phone, in the dark."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page

from services.certificates.confirmations.models import Confirmation
from services.certificates.main import app
from services.certificates.runs.files import read
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, rule, work
from tests.support.browser import OpenPage, barriers, browser, html_faults, open_page, overflow, serving

__all__ = ["browser", "open_page"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def issued(few: ModelEvent) -> Confirmation:
    """Lotti Geisel's confirmation."""
    hear(*few.messages())
    rule()
    # Playwright's event loop runs in this thread, and signing needs one of its own.
    with ThreadPoolExecutor(1) as another:
        another.submit(work).result()
    return next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))


def drop(page: Page, address: str, pdf: bytes) -> None:
    page.goto(f"{address}/certificates/v")
    page.set_input_files("input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.locator("form[enctype] button").click()


def test_somebody_on_a_phone_without_javascript_drops_a_file_and_reads_what_it_is(
    issued: Confirmation, address: str, open_page: OpenPage, tmp_path: Path
) -> None:
    page, paper = open_page(width=360, javascript=False, locale="de-DE"), read(issued.file)
    seen = {}
    drop(page, address, paper)
    assert "Diese Datei ist echt." in page.locator("main").inner_text()
    seen["genuine"] = page.content()
    drop(page, address, paper + b"\n%%EOF\n")
    assert "Das ist nicht die Datei, die ausgestellt wurde." in page.locator("main").inner_text()
    seen["altered"] = page.content()
    assert overflow(page) <= 0
    page.goto(f"{address}/certificates/v")
    seen["form"] = page.content()
    assert html_faults(seen, tmp_path) == []


def test_the_public_pages_have_no_barriers(issued: Confirmation, address: str, open_page: OpenPage) -> None:
    page = open_page(width=320, locale="en-GB")
    for visit in (
        lambda: page.goto(f"{address}/certificates/v/{issued.code}"),
        lambda: drop(page, address, read(issued.file)),
        lambda: drop(page, address, b"x" + read(issued.file)),
    ):
        visit()
        assert barriers(page) == []
        assert overflow(page) <= 0
