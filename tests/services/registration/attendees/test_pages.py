import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from services.registration.attendees import pages, service
from services.registration.database import Base
from services.registration.runtime import settings
from services.registration.signup.facts import path_of
from services.registration.signup.models import Event
from shared.contracts.certificates import ConfirmationIssued
from shared.kit.access import Principal, Role
from shared.kit.clock import utc_now
from shared.kit.database import KitBase, new_id
from shared.kit.person_links import person_of
from tests.services.registration.builders import (
    FOREIGN_ORGANISATION,
    ORGANISATION,
    a_principal,
    a_registration,
    an_open_event,
    mail_text,
    registrations,
    statuses,
)
from tests.support.visitors import Api

LIST = "/registration/events/ki-hub-2022"


@pytest.fixture
def event(session: Session) -> Event:
    event = an_open_event(
        session, capacity=2, questions=[{"key": "diet", "labels": {"de": "Ernährung", "en": "Diet"}}]
    )
    for number, (first, last, organisation) in enumerate(
        [("Łukasz", "Żółć", "Glas"), ("Anna", "Beta", "TU"), ("Cem", "Alpha", "TU")]
    ):
        a_registration(
            session,
            event,
            number,
            first_name=first,
            last_name=last,
            organisation=organisation,
            answers={"diet": "vegan"},
        )
    session.commit()
    return event


def people_on(page: str) -> list[str]:
    return re.findall(r"<bdi>([^<]+, [^<]+)</bdi>", page)


def test_more_events_stand_on_the_next_page(
    organiser: TestClient, event: Event, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_open_event(session, slug="another")
    session.commit()
    monkeypatch.setattr(pages, "ROWS_ON_A_PAGE", 1)
    first = organiser.get("/registration/").text
    [following] = next_pages(first)
    second = organiser.get(following).text
    assert "/registration/events/another" in first
    assert f"/registration/events/{event.slug}" in second
    assert next_pages(second) == []


def next_pages(page: str) -> list[str]:
    return re.findall(r'href="(/registration/\?cursor=[^"&]+)"', page)


def test_the_events_show_how_full_they_are(organiser: TestClient, event: Event) -> None:
    page = organiser.get("/registration/").text
    assert "Networking meeting" in page
    assert "2 of 2" in page


def test_the_list_is_sorted_by_name_and_shows_who_waits(organiser: TestClient, event: Event) -> None:
    page = organiser.get(LIST).text
    assert people_on(page) == ["Alpha, Cem", "Beta, Anna", "Żółć, Łukasz"]
    assert "place 1" in page


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("q=żół", ["Żółć, Łukasz"]),
        ("q=tu+beta", ["Beta, Anna"]),
        ("q=%25", []),
        ("q=%00beta", ["Beta, Anna"]),
        ("status=waiting", ["Alpha, Cem"]),
        ("status=arrived", []),
        ("status=missing", ["Beta, Anna", "Żółć, Łukasz"]),
    ],
)
def test_the_list_is_searched_and_filtered(
    organiser: TestClient, event: Event, query: str, people: list[str]
) -> None:
    assert people_on(organiser.get(f"{LIST}?{query}").text) == people


def test_a_made_up_cursor_is_refused(organiser: TestClient, api: Api, event: Event) -> None:
    for cursor in ("x", "W10=", "WyJhIl0=", "Wzdd", "WyJcdTAwMDAiXQ=="):
        assert organiser.get(f"{LIST}?cursor={cursor}").status_code == 422
        assert api("GET", f"/events/ki-hub-2022/registrations?cursor={cursor}").status_code == 422


def test_the_api_gives_pages_with_a_link_to_the_next(api: Api, event: Event) -> None:
    seen, path = [], "/events/ki-hub-2022/registrations?limit=2"
    while path:
        answer = api("GET", path)
        seen += [person["last_name"] for person in answer.json()["items"]]
        link = answer.headers.get("link", "")
        path = link.partition(">")[0].removeprefix("</registration/api/v1")
    assert seen == ["Alpha", "Beta", "Żółć"]


def test_a_registration_is_changed_with_its_etag(api: Api, event: Event) -> None:
    first = api("GET", "/events/ki-hub-2022/registrations").json()["items"][0]
    path = f"/events/ki-hub-2022/registrations/{first['id']}"
    etag = api("GET", path).headers["ETag"]
    assert api("PATCH", path, json={"organisation": "X"}).status_code == 428
    changed = api("PATCH", path, json={"organisation": "X", "diet": None}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["organisation"], "diet" in changed.json()) == (
        200,
        "X",
        False,
    )
    assert api("PATCH", path, json={"organisation": "Y"}, headers={"If-Match": etag}).status_code == 412
    bad = api("PATCH", path, json={"shoe_size": "42"}, headers={"If-Match": "*"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "shoe_size")


def test_cancelling_twice_by_the_api_answers_alike(api: Api, event: Event) -> None:
    people = api("GET", "/events/ki-hub-2022/registrations?status=confirmed").json()["items"]
    path = f"/events/ki-hub-2022/registrations/{people[0]['id']}/cancel"
    first, second = api("POST", path), api("POST", path)
    assert (first.status_code, first.json()) == (200, second.json())
    assert first.json()["status"] == "cancelled"


def test_the_persons_page_shows_everything_and_cancels(
    organiser: TestClient, event: Event, session: Session
) -> None:
    waiting, *_ = [row for row in registrations(session, event) if row.status == "waiting"]
    page = f"{LIST}/registrations/{waiting.id}"
    assert "vegan" in organiser.get(page).text
    assert organiser.post(page + "/cancel").headers["location"] == page
    assert statuses(session, event).count("cancelled") == 1


def test_the_persons_page_shows_the_confirmation(
    organiser: TestClient, event: Event, session: Session
) -> None:
    person = registrations(session, event)[0]
    facts = {"organisation_id": ORGANISATION, "event_id": event.id, "registration_id": person.id}
    issued = ConfirmationIssued(
        **facts,
        sequence=1,
        confirmation_id=new_id(),
        number="2022-0001",
        attended_minutes=345,
        issued_at=utc_now(),
    )
    service.keep_confirmation(session, issued)
    session.commit()
    assert "No. 2022-0001, 5\u00a0h 45\u00a0min" in organiser.get(f"{LIST}/registrations/{person.id}").text


def test_a_viewer_sees_and_changes_nothing(
    browser_of: Callable[[Principal], TestClient], event: Event, session: Session
) -> None:
    viewer = browser_of(a_principal(Role.viewer))
    page = f"{LIST}/registrations/{registrations(session, event)[0].id}"
    assert "Mark present" not in viewer.get(page).text
    for path in ("/cancel", "/present", "/add-stay"):
        assert viewer.post(page + path, data={"reason": "x"}).status_code == 403


def test_another_organisations_pages_are_not_there(
    browser_of: Callable[[Principal], TestClient], event: Event, session: Session
) -> None:
    stranger = browser_of(a_principal(Role.owner, FOREIGN_ORGANISATION))
    person = f"{LIST}/registrations/{registrations(session, event)[0].id}"
    assert "Networking meeting" not in stranger.get("/registration/").text
    for path in (LIST, person, person + "/add-stay"):
        assert stranger.get(path).status_code == 404
    for path in ("/cancel", "/present", "/add-stay"):
        assert stranger.post(person + path, data={"reason": "x"}).status_code == 404


def test_a_mail_scanner_that_asks_for_the_head_of_every_link_changes_nothing(
    client: TestClient, event: Event, session: Session
) -> None:
    own = path_of(registrations(session, event)[0])
    before = everything(session)
    for path in (own, f"{own}?sent=true", "/e/ki-hub-2022", "/e/ki-hub-2022/done"):
        asked = client.head(path)
        assert (asked.status_code, asked.content) == (200, b"")
    for path in (f"{own}/cancel", f"{own}/change-link"):
        assert client.head(path).status_code == 405
    assert everything(session) == before


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows of all tables of the service."""
    session.rollback()
    tables = [*Base.metadata.sorted_tables, *KitBase.metadata.sorted_tables]
    return {
        table.name: list(session.execute(table.select().order_by(*table.primary_key))) for table in tables
    }


def test_one_sees_ones_own_registration_without_an_account(
    client: TestClient, event: Event, session: Session
) -> None:
    waiting = registrations(session, event)[2]
    answer = client.get(path_of(waiting))
    assert answer.status_code == 200
    assert "Sie stehen auf der Warteliste, auf Platz 1." in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Żółć" not in answer.text


def test_whoever_has_a_place_finds_the_own_tables_by_a_link_that_proves_itself(
    client: TestClient, event: Event, session: Session
) -> None:
    holder, *_, waiting = registrations(session, event)
    found = re.search(r'href="/agenda/my/([^"]+)"', client.get(path_of(holder)).text)
    assert found
    assert person_of(found[1], settings.access_public_key) == holder.id
    assert "/agenda/my/" not in client.get(path_of(waiting)).text


def test_looking_at_the_link_changes_nothing_and_a_button_cancels(
    client: TestClient, event: Event, session: Session
) -> None:
    holder = registrations(session, event)[0]
    assert client.get(path_of(holder) + "/cancel").status_code == 405
    assert client.post(path_of(holder) + "/cancel").headers["location"] == path_of(holder)
    assert "Diese Anmeldung ist abgesagt" in client.get(path_of(holder)).text
    assert statuses(session, event) == ["cancelled", "confirmed", "confirmed"]


def test_a_change_goes_by_mail_and_comes_back_with_what_was_typed(
    client: TestClient, event: Event, session: Session
) -> None:
    holder = registrations(session, event)[0]
    assert client.post(path_of(holder) + "/change-link").headers["location"].endswith("?sent=true")
    page = mail_text(session, "change-link").split("http://localhost:8080")[1].split()[0]
    assert 'value="Łukasz"' in client.get(page).text
    form = {
        "first_name": "Łukasz",
        "last_name": " ",
        "organisation": "Neue Firma",
        "locale": "de",
        "diet": "vegan",
    }
    refused = client.post(page, data=form)
    assert (refused.status_code, 'value="Neue Firma"' in refused.text) == (422, True)
    saved = client.post(page, data={**form, "last_name": "Nowak"})
    assert (saved.status_code, saved.headers["location"]) == (303, path_of(holder))
    assert "Neue Firma" in client.get(path_of(holder)).text
    assert client.get(page).status_code == 404


def test_a_wrong_link_gets_a_page_that_says_so(client: TestClient, event: Event) -> None:
    answer = client.get("/registration/r/nonsense", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "This link is not valid any more" in answer.text
