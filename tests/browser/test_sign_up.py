"""The public way: find an event, sign up, look at one's own place and give it back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deploy.local.play.http import wait_for
from deploy.local.play.mails import Spool, link_in
from deploy.local.stack import Stack
from tests.support.browser import OpenPage, barriers, html_faults, overflow
from tests.support.published_event import Organiser, Published

WITH_AND_WITHOUT_JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False])


def fill_in(page: Page, *, email: str, first_name: str = "Lisbeth") -> None:
    page.get_by_label("First name").fill(first_name)
    page.get_by_label("Last name").fill("Wieloch")
    page.get_by_label("Mail address").fill(email)


def send(page: Page) -> None:
    page.get_by_role("button", name="Sign up").click()


def link_for(stack: Stack, address: str) -> str:
    """The link to somebody's own page, from the mail with their ticket."""
    spool = Spool(stack.mailbox)
    mails = wait_for("a ticket", lambda: spool.to(address, kind="ticket"))
    return str(link_in(mails[0]))


@WITH_AND_WITHOUT_JAVASCRIPT
def test_somebody_signs_up_and_gets_a_mail_with_a_link_of_their_own(
    stack: Stack, event: Published, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    page.goto(f"{stack.urls.public}/e/{event.slug}")
    fill_in(page, email=f"lisbeth@{event.slug}.example.org")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for signing up")
    expect(page.get_by_text("You have a place")).to_be_visible()
    page.goto(link_for(stack, f"lisbeth@{event.slug}.example.org"))
    expect(page.get_by_role("main")).to_contain_text("Lisbeth Wieloch")


@WITH_AND_WITHOUT_JAVASCRIPT
def test_a_form_with_mistakes_comes_back_with_sentences_and_all_that_was_typed(
    stack: Stack, event: Published, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    page.goto(f"{stack.urls.public}/e/{event.slug}")
    fill_in(page, email="lisbeth.at.example", first_name="  Lisbeth\u202e")
    page.get_by_label("Topic").select_option("law")
    page.get_by_label("I may be photographed.").check()
    send(page)
    expect(page).to_have_title(f"Error: {event.title} · Treffpunkt")
    expect(page.get_by_role("alert", name="Please check your entries")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Mail address")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Mail address")).to_have_value("lisbeth.at.example")
    expect(page.get_by_label("Last name")).to_have_value("Wieloch")
    expect(page.get_by_label("Topic")).to_have_value("law")
    expect(page.get_by_label("I may be photographed.")).to_be_checked()


@WITH_AND_WITHOUT_JAVASCRIPT
def test_somebody_gives_the_place_back_and_the_next_in_the_list_gets_it(
    stack: Stack, organiser: Organiser, open_page: OpenPage, javascript: bool
) -> None:
    event = organiser.publish_event(capacity=1)
    first, second = (f"{name}@{event.slug}.example.org" for name in ("ada", "grace"))
    page = open_page(javascript=javascript, locale="en-GB")
    for address, answer in ((first, "You have a place"), (second, "You are on the waiting list")):
        page.goto(f"{stack.urls.public}/e/{event.slug}")
        fill_in(page, email=address)
        send(page)
        expect(page.get_by_text(answer)).to_be_visible()
    page.goto(link_for(stack, first))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    wait_for("the ticket", lambda: Spool(stack.mailbox).to(second, kind="ticket"))


def test_the_form_asks_for_six_things_at_most(stack: Stack, event: Published, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{stack.urls.public}/e/{event.slug}")
    assert 0 < page.locator("form.tp-form [required]").count() <= 6


def test_a_german_browser_gets_the_form_in_german(
    stack: Stack, event: Published, open_page: OpenPage
) -> None:
    page = open_page(locale="de-DE")
    page.goto(f"{stack.urls.public}/e/{event.slug}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Treffen {event.slug}")
    expect(page.get_by_label("Vorname")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(event.title)


def test_the_public_pages_have_no_barriers(stack: Stack, event: Published, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.goto(f"{stack.urls.public}/agenda/e/{event.slug}")
    assert barriers(page) == []
    page.goto(f"{stack.urls.public}/e/{event.slug}")
    assert barriers(page) == []
    send(page)
    assert barriers(page) == []
    fill_in(page, email=f"ada@{event.slug}.example.org")
    send(page)
    assert barriers(page) == []
    page.goto(link_for(stack, f"ada@{event.slug}.example.org"))
    assert barriers(page) == []


def test_the_public_pages_are_valid_and_fit_a_narrow_window(
    stack: Stack, event: Published, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(width=320, locale="en-GB")
    address = f"ada@{event.slug}.example.org"
    read = {}

    def look(name: str) -> None:
        read[name] = page.content()
        assert overflow(page) == 0, name

    for name, path in (("programme", f"/agenda/e/{event.slug}"), ("form", f"/e/{event.slug}")):
        page.goto(stack.urls.public + path)
        look(name)
    fill_in(page, email=address)
    send(page)
    look("done")
    page.goto(link_for(stack, address))
    look("own")
    page.goto(f"{stack.urls.public}/e/nobody-knows-this")
    look("missing")
    assert html_faults(read, tmp_path) == []
