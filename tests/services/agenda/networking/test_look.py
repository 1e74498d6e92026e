"""How the pages of networking look: without barriers, valid, and on a phone as wide as the phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Page

from services.agenda.main import app
from services.agenda.runtime import settings
from shared.kit.person_links import sign_person
from tests.services.agenda.builders import a_principal
from tests.services.agenda.networking.conftest import SPEED
from tests.support.browser import OpenPage, barriers, browser, html_faults, open_page, overflow, serving
from tests.support.visitors import Api, token_of

__all__ = ["browser", "open_page"]

NETWORKING = "/agenda/events/ki-hub-2022/networking"
ADDRESSES = {
    "sessions": NETWORKING,
    "session": f"{NETWORKING}/speed",
    "rules": f"{NETWORKING}/cafe/rules",
    "plan": f"{NETWORKING}/speed/plans/1",
    "day": f"{NETWORKING}/speed/day",
    "screen": f"{NETWORKING}/speed/screen",
    "sheets": f"{NETWORKING}/speed/sheets",
    "report": f"{NETWORKING}/meetings/report",
}


# Each look of axe takes more than a second; the others are made of the same parts.
JUDGED = ("plan", "day", "own")


def sign_in(page: Page, address: str) -> None:
    cookie = {"name": settings.access_cookie, "value": token_of(a_principal(), settings), "url": address}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # Playwright's type wants literal keys.


def test_the_pages_have_no_barriers_and_fit_a_phone(
    api: Api,
    people: Callable[..., list[str]],
    published: Callable[..., dict[str, Any]],
    open_page: OpenPage,
    tmp_path: Path,
) -> None:
    one, other, *_ = people(7, answers={"directory_consent": "yes"})
    api.change(f"{SPEED}/rules", "PUT", consent="directory_consent", apart=[[one, other]])
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    own = f"/agenda/my/{sign_person(UUID(one), settings.access_private_key)}"
    read, found, too_wide = {}, {}, []
    with serving(app) as address:
        page = open_page(width=320, locale="en-GB")
        sign_in(page, address)
        for name, path in {**ADDRESSES, "own": own}.items():
            page.goto(address + path)
            read[name] = page.content()
            found[name] = barriers(page) if name in JUDGED else []
            if overflow(page) > 0:
                too_wide.append(name)
        # The last page would go on asking a server that is gone.
        page.goto("about:blank")
    assert {name: rules for name, rules in found.items() if rules} == {}
    assert too_wide == []
    assert html_faults(read, tmp_path) == []
