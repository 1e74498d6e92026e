"""The organiser's way through the pages of all three services, from signing in to closing the event."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from deploy.local.play.http import wait_for
from deploy.local.stack import Stack
from tests.support.browser import OpenPage, barriers, html_faults, overflow
from tests.support.published_event import EMAIL, PASSWORD, Organiser, Published

WITH_AND_WITHOUT_JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False])

ADDRESSES = [
    "/registration/",
    "/registration/events/{slug}",
    "/registration/events/{slug}/registrations/{person}",
    "/registration/events/{slug}/registrations/{person}/add-stay",
    "/agenda/events",
    "/agenda/events/new",
    "/agenda/events/{slug}",
    "/agenda/events/{slug}/edit",
    "/agenda/events/{slug}/sessions/new",
    "/certificates/events/{slug}",
    "/certificates/events/{slug}/attendance",
    "/certificates/events/{slug}/printing",
    "/certificates/events/{slug}/layouts",
    "/certificates/events/{slug}/layouts/insert-54x90?sample=long",
    "/certificates/events/{slug}/signed-lists",
    "/certificates/events/{slug}/attendance/review",
    "/certificates/events/{slug}/attendance/mailing",
    "/certificates/signing",
    "/certificates/report?from=2020-01-01&to=2024-12-31",
]


@pytest.fixture
def person(organiser: Organiser, event: Published) -> str:
    """The id of somebody who has a place."""
    return organiser.register(event, first_name="Lisbeth", last_name="Wieloch")


def sign_in(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.urls.public}/registration/")
    page.get_by_label("Mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")


def open_addresses(page: Page, stack: Stack, event: Published, person: str) -> list[str]:
    sign_in(page, stack)
    return [stack.urls.public + address.format(slug=event.slug, person=person) for address in ADDRESSES]


@WITH_AND_WITHOUT_JAVASCRIPT
def test_an_organiser_finds_somebody_and_marks_them_present(
    stack: Stack, event: Published, person: str, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    sign_in(page, stack)
    page.get_by_role("link", name=event.title, exact=True).click()
    page.get_by_label("Search").fill("wieloch")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Wieloch, Lisbeth").click()
    page.get_by_role("button", name="Mark present").click()
    expect(page.get_by_role("table", name="Scans").get_by_role("row")).to_have_count(2)
    expect(page.get_by_text("arrived", exact=True)).to_be_visible()


@WITH_AND_WITHOUT_JAVASCRIPT
def test_an_attendance_is_corrected_with_a_reason_only(
    stack: Stack, organiser: Organiser, open_page: OpenPage, javascript: bool
) -> None:
    event = organiser.publish_event(begins_in=timedelta(hours=-5))
    person = organiser.register(event, first_name="Lisbeth", last_name="Wieloch")
    page = open_page(javascript=javascript, locale="en-GB")
    sign_in(page, stack)
    page.goto(f"{stack.urls.public}/registration/events/{event.slug}/registrations/{person}")
    page.get_by_role("link", name="Add a stay").click()
    page.get_by_role("button", name="Add the stay").click()
    expect(page.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Reason").fill("The scanner was broken.")
    page.get_by_role("button", name="Add the stay").click()
    corrections = page.get_by_role("table", name="Corrections")
    expect(corrections).to_contain_text("The scanner was broken.")
    expect(corrections).to_contain_text(EMAIL)


@WITH_AND_WITHOUT_JAVASCRIPT
def test_badges_are_drawn_and_can_be_opened(
    stack: Stack, event: Published, person: str, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    sign_in(page, stack)
    page.goto(f"{stack.urls.public}/certificates/events/{event.slug}")
    draw = page.get_by_role("button", name="Draw: Badges")
    link = page.get_by_role("link", name="Open Badges")
    if javascript:
        draw.click()
        expect(link).to_be_visible(timeout=30_000)
    else:
        with page.expect_navigation():
            draw.click()
        wait_for("the badges", lambda: page.reload() and link.count())
    answer = page.request.get(stack.urls.public + str(link.get_attribute("href")))
    assert answer.body().startswith(b"%PDF-")


@WITH_AND_WITHOUT_JAVASCRIPT
def test_an_event_is_closed_early_only_if_that_is_meant(
    stack: Stack, event: Published, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    sign_in(page, stack)
    page.goto(f"{stack.urls.public}/agenda/events/{event.slug}")
    page.get_by_role("button", name="Close the event").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Close it although it has not ended yet").check()
    page.get_by_role("button", name="Close the event").click()
    expect(page.get_by_text("Closed", exact=True)).to_be_visible()


@WITH_AND_WITHOUT_JAVASCRIPT
def test_a_wrong_password_is_refused_kindly_and_the_address_kept(
    stack: Stack, organiser: Organiser, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    page.goto(f"{stack.urls.public}/registration/")
    page.get_by_label("Mail address").fill(EMAIL)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Mail address")).to_have_value(EMAIL)
    expect(page.get_by_label("Password")).to_have_value("")


@WITH_AND_WITHOUT_JAVASCRIPT
def test_who_signs_out_is_out(
    stack: Stack, organiser: Organiser, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(javascript=javascript, locale="en-GB")
    sign_in(page, stack)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto(f"{stack.urls.public}/agenda/events")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_organisers_pages_have_no_barriers(
    stack: Stack, event: Published, person: str, open_page: OpenPage
) -> None:
    page = open_page(locale="en-GB")
    found = {}
    for address in open_addresses(page, stack, event, person):
        page.goto(address)
        found[address] = barriers(page)
    assert {address: rules for address, rules in found.items() if rules} == {}


def test_the_organisers_pages_are_valid_and_fit_a_narrow_window(
    stack: Stack, event: Published, person: str, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(width=320, locale="en-GB")
    read, too_wide = {}, []
    for number, address in enumerate(open_addresses(page, stack, event, person)):
        page.goto(address)
        read[f"{number}-{ADDRESSES[number].strip('/').replace('/', '-')}"] = page.content()
        if overflow(page) > 0:
            too_wide.append(address)
    assert too_wide == []
    assert html_faults(read, tmp_path) == []
