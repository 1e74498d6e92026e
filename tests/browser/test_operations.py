"""What is stuck in a running system is sent again from a browser, and arrives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, create_engine, text

from deploy.local.stack import Stack
from tests.browser.test_organising import sign_in
from tests.support.browser import OpenPage, barriers, html_faults, overflow
from tests.support.published_event import Organiser
from tests.support.waiting import wait_until

WITH_AND_WITHOUT_JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False])

PARK = """
    UPDATE outbox SET acknowledged_at = NULL, parked_at = now(), error = 'unknown name or version'
    WHERE subject = :person
"""
ON_THEIR_WAY = "SELECT count(*) FROM outbox WHERE subject = :person AND acknowledged_at IS NULL"
FAIL = """
    UPDATE mails SET state = 'failed', sent_at = NULL, last_reply = '550 5.1.1 User unknown',
        message = decode('5375626a6563743a206f6e6365206d6f72650d0a0d0a', 'hex')
    WHERE about_id = :person
"""
STATE = "SELECT state FROM mails WHERE about_id = :person"
STOP = """
    INSERT INTO mail_streams (name, reason, since, failures, stopped_at)
    VALUES ('treffpunkt@example.org via mail.example.org:587', '535 5.7.8 Wrong password', now(), 1, now())
"""


@pytest.fixture
def registration(stack: Stack) -> Iterator[Engine]:
    """Registration's database of the running system."""
    engine = create_engine(stack.env["REGISTRATION_DATABASE_URL"])
    yield engine
    engine.dispose()


@pytest.fixture
def person(organiser: Organiser, registration: Engine) -> str:
    """Somebody on a waiting list, who has had a mail about it."""
    event = organiser.publish_event(capacity=1)
    organiser.register(event, first_name="Anna", last_name="First")
    person = organiser.register(event, first_name="Lisbeth", last_name="Wieloch")
    wait_until(lambda: ask(registration, STATE, person=person) == "sent")
    return person


def ask(engine: Engine, question: str, **values: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(question), values)


def change(engine: Engine, statement: str, **values: str) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount > 0


def open_operations(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.get_by_role("link", name="Operations").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Operations")


@WITH_AND_WITHOUT_JAVASCRIPT
def test_a_parked_message_is_sent_again_and_arrives(
    stack: Stack, registration: Engine, organiser: Organiser, open_page: OpenPage, javascript: bool
) -> None:
    event = organiser.publish_event()
    person = organiser.register(event, first_name="Lisbeth", last_name="Wieloch")
    wait_until(lambda: ask(registration, ON_THEIR_WAY, person=person) == 0)
    change(registration, PARK, person=person)
    page = open_page(javascript=javascript, locale="en-GB")
    open_operations(page, stack)
    row = page.get_by_role("table", name="Parked messages").get_by_role("row").filter(has_text=person).first
    expect(row).to_contain_text("unknown name or version")
    row.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The message is sent again.")).to_be_visible()
    wait_until(lambda: ask(registration, ON_THEIR_WAY, person=person) == 0)


@WITH_AND_WITHOUT_JAVASCRIPT
def test_a_failed_mail_is_sent_again_and_arrives(
    stack: Stack, registration: Engine, person: str, open_page: OpenPage, javascript: bool
) -> None:
    change(registration, FAIL, person=person)
    page = open_page(javascript=javascript, locale="en-GB")
    open_operations(page, stack)
    mails = page.get_by_role("table", name="Mails that did not leave")
    row = mails.get_by_role("row").filter(has=page.locator(f'[href$="{person}"]'))
    expect(row).to_contain_text("550 5.1.1 User unknown")
    row.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The mail is sent again.")).to_be_visible()
    wait_until(lambda: ask(registration, STATE, person=person) == "sent")


@WITH_AND_WITHOUT_JAVASCRIPT
def test_a_stopped_stream_goes_on(
    stack: Stack, registration: Engine, organiser: Organiser, open_page: OpenPage, javascript: bool
) -> None:
    change(registration, STOP)
    page = open_page(javascript=javascript, locale="en-GB")
    open_operations(page, stack)
    expect(page.get_by_role("alert")).to_contain_text("535 5.7.8 Wrong password")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The mails go on.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_each_part_of_the_system_has_its_tab(stack: Stack, organiser: Organiser, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    open_operations(page, stack)
    for name in ("Agenda", "Certificates", "Registration"):
        page.get_by_role("navigation", name="Parts of the system").get_by_role("link", name=name).click()
        tab = page.get_by_role("navigation", name="Parts of the system").get_by_role("link", name=name)
        expect(tab).to_have_attribute("aria-current", "page")
        entry = page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Operations")
        expect(entry).to_have_attribute("aria-current", "true" if name != "Registration" else "page")


def test_the_page_has_no_barriers_is_valid_and_fits_a_narrow_window(
    stack: Stack,
    registration: Engine,
    organiser: Organiser,
    person: str,
    open_page: OpenPage,
    tmp_path: Path,
) -> None:
    guest = organiser.register(organiser.publish_event(), first_name="Mira", last_name="Geisel")
    change(registration, PARK, person=guest)
    change(registration, FAIL, person=person)
    change(registration, STOP)
    try:
        page = open_page(width=320, locale="en-GB")
        open_operations(page, stack)
        expect(page.get_by_role("button", name="Send again")).not_to_have_count(0)
        assert (overflow(page), barriers(page)) == (0, [])
        assert html_faults({"operations": page.content()}, tmp_path) == []
    finally:
        change(registration, "DELETE FROM mail_streams")
        change(registration, "UPDATE outbox SET parked_at = NULL WHERE subject = :person", person=guest)
