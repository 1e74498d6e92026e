from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from lxml import etree
from typer.testing import CliRunner

from services.agenda.cli import app as commands
from tests.services.agenda.builders import event_facts, session_facts
from tests.support.visitors import Api

PAGE = "/agenda/e/ki-hub-2022"
FILES = [f"{PAGE}/schedule.{suffix}" for suffix in ("ics", "xml", "json")]


@pytest.fixture
def released(api: Api) -> None:
    api.create(**event_facts())
    api.create("/ki-hub-2022/rooms", key="plenum", name="Plenum")
    api.create("/ki-hub-2022/sessions", **session_facts(room="plenum", abstract="Grußworte."))
    api.create("/ki-hub-2022/sessions", **session_facts(key="mittag", kind="break", title="Mittagessen"))
    api("POST", "/ki-hub-2022/publish")
    api.create("/ki-hub-2022/releases")


@pytest.mark.usefixtures("released")
def test_the_programme_is_public_in_the_readers_language(client: TestClient) -> None:
    english = client.get(PAGE, headers={"Accept-Language": "en"}).text
    german = client.get(PAGE, headers={"Accept-Language": "de"}).text
    assert "Networking meeting" in english
    assert "Thursday, 24 November 2022" in english
    assert "Vernetzungstreffen" in german
    assert "Donnerstag, 24. November 2022" in german
    for html in (english, german):
        assert "Begrüßung" in html
        assert "09:30–09:45" in html
        assert "Grußworte." in html
        assert 'href="/e/ki-hub-2022"' in html
        assert all(f'href="{file}"' in html for file in FILES)


def test_a_draft_is_nobodys_business(client: TestClient, api: Api) -> None:
    api.create(**event_facts())
    assert [client.get(address).status_code for address in (PAGE, *FILES)] == [404] * 4


def test_before_the_first_release_the_page_says_that_the_programme_follows(
    client: TestClient, api: Api
) -> None:
    api.create(**event_facts())
    api("POST", "/ki-hub-2022/publish")
    assert "Das Programm folgt." in client.get(PAGE).text
    assert client.get(FILES[0]).status_code == 404


@pytest.mark.usefixtures("released")
def test_the_public_sees_a_change_with_the_next_release_only(client: TestClient, api: Api) -> None:
    api.change("/ki-hub-2022/sessions/begruessung", title="Willkommen")
    assert "Willkommen" not in client.get(PAGE).text
    api.create("/ki-hub-2022/releases")
    assert "Willkommen" in client.get(PAGE).text


@pytest.mark.parametrize("file", FILES)
@pytest.mark.usefixtures("released")
def test_a_reader_who_has_the_file_gets_304_until_the_next_release(
    client: TestClient, api: Api, file: str
) -> None:
    first = client.get(file)
    etag = {"If-None-Match": first.headers["ETag"]}
    assert not first.headers["ETag"].startswith("W/")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert client.get(file, headers=etag).status_code == 304
    assert client.head(file).headers["ETag"] == first.headers["ETag"]
    api.create("/ki-hub-2022/releases")
    assert client.get(file, headers=etag).status_code == 200


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [("ics", "text/calendar"), ("xml", "application/xml"), ("json", "application/json")],
)
@pytest.mark.usefixtures("released")
def test_each_file_says_what_it_is(client: TestClient, suffix: str, media_type: str) -> None:
    file = client.get(f"{PAGE}/schedule.{suffix}")
    assert file.headers["Content-Type"].startswith(media_type)
    assert f"ki-hub-2022.{suffix}" in file.headers["Content-Disposition"]
    assert "Mittagessen" in file.text


@pytest.mark.usefixtures("released")
def test_there_is_no_schedule_in_an_unknown_format(client: TestClient) -> None:
    assert client.get(f"{PAGE}/schedule.pdf").status_code == 404


@pytest.mark.usefixtures("released")
def test_guids_stay_the_same_through_the_releases(client: TestClient, api: Api) -> None:
    def guids() -> list[str]:
        events = etree.fromstring(client.get(FILES[1]).content).iterfind("day/room/event")
        return [event.get("guid", "") for event in events]

    before = guids()
    api.change("/ki-hub-2022/sessions/begruessung", title="Willkommen", key="willkommen")
    api.create("/ki-hub-2022/releases")
    assert guids() == before


@pytest.mark.usefixtures("released")
def test_a_cancelled_event_says_so_on_its_page_and_in_the_calendar(client: TestClient, api: Api) -> None:
    before = client.get(FILES[0])
    api("POST", "/ki-hub-2022/cancel")
    html = client.get(PAGE).text
    assert "Diese Veranstaltung wurde abgesagt." in html
    assert 'href="/e/ki-hub-2022"' not in html
    after = client.get(FILES[0], headers={"If-None-Match": before.headers["ETag"]})
    assert "STATUS:CANCELLED" in after.text


Told = Callable[[], list[tuple[str, int]]]


@pytest.mark.usefixtures("released")
def test_the_command_writes_the_same_file(client: TestClient) -> None:
    done = CliRunner().invoke(commands, ["programme", "export", "ki-hub-2022", "json"])
    assert (done.exit_code, done.stdout_bytes) == (0, client.get(FILES[2]).content)


@pytest.mark.usefixtures("database")
def test_the_command_says_what_is_missing() -> None:
    done = CliRunner().invoke(commands, ["programme", "export", "nothing", "json"])
    assert done.exit_code == 1
    assert "nothing: There is nothing here." in done.output
