"""The organiser's pages of networking, the screen in the room and a person's own page."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy.event import listen

from services.agenda.runtime import engine, settings
from shared.kit.person_links import sign_person
from tests.services.agenda.builders import session_facts
from tests.services.agenda.networking.conftest import CAFE, EVENT, SPEED, TABLES, give_back, searched
from tests.services.agenda.networking.plans_read import told
from tests.support.visitors import Api

People = Callable[..., list[str]]
Planned = Callable[..., dict[str, Any]]

PAGES = "/agenda/events/ki-hub-2022/networking"
CONSENTING = {"answers": {"directory_consent": "yes"}}


@pytest.fixture
def send(organiser: TestClient) -> Callable[..., str]:
    """Send a form and read the page that comes of it."""

    def post(path: str, **fields: Any) -> str:
        answer = organiser.post(f"{PAGES}{path}", data=fields, follow_redirects=True)
        assert answer.status_code in {200, 409, 412, 422}
        return answer.text

    return post


def version_in(page: str, form: str = "/rules") -> str:
    found = re.search(rf'action="[^"]*{form}".*?name="version" value="([0-9a-f]+)"', page, re.DOTALL)
    assert found
    return found[1]


def test_an_organiser_adds_a_rule_and_takes_it_back(send: Callable[..., str], people: People) -> None:
    one, other = people(2)
    page = send("/cafe/rules/add", kind="apart", person=one, other=other)
    assert "Rules that every new plan keeps" in page
    page = send("/cafe/rules/remove", kind="apart", place="0", version=version_in(page, "/rules/remove"))
    assert "There is no such rule yet." in page


def test_whoever_saves_rules_that_others_changed_keeps_what_was_typed_and_reads_what_stands(
    organiser: TestClient, send: Callable[..., str], people: People
) -> None:
    people(2, **CONSENTING)
    seen = version_in(organiser.get(f"{PAGES}/cafe/rules").text)
    send("/cafe/rules", format="groups", fewest_at_table="4", version=seen)
    mine = {"format": "cafe", "fewest_at_table": "4", "consent": "directory_consent"}
    page = send("/cafe/rules", **mine, version=seen)
    assert "Somebody else changed these rules in the meantime" in page
    assert re.findall(r"<li>(Format|Fewest[^:]*|Question[^:]*): (.*)</li>", page) == [
        ("Format", "Mixed groups, new ones each round"),
        ("Question about showing names", "left empty"),
    ]
    assert 'value="directory_consent"' in page
    assert "Mixed groups" in organiser.get(f"{PAGES}/cafe").text
    send("/cafe/rules", **mine, version=version_in(page))
    assert "World Café" in organiser.get(f"{PAGES}/cafe").text


def test_a_rule_is_not_taken_away_by_a_place_that_others_have_moved(
    organiser: TestClient, send: Callable[..., str], people: People
) -> None:
    one, other, third = people(3)
    seen = send("/cafe/rules/add", kind="apart", person=one, other=other)
    for _ in range(2):
        page = send("/cafe/rules/remove", kind="apart", place="0", version=version_in(seen, "/rules/remove"))
        send("/cafe/rules/add", kind="apart", person=other, other=third)
    assert "Somebody else changed these rules in the meantime" in page
    assert organiser.get(f"{PAGES}/cafe/rules").text.count("/rules/remove") == 2


def test_the_clock_and_a_publication_make_no_form_of_rules_out_of_date(
    api: Api, organiser: TestClient, send: Callable[..., str], people: People, published: Planned
) -> None:
    people(6)
    form, etag = organiser.get(f"{PAGES}/speed/rules").text, api("GET", f"{SPEED}/rules").headers["ETag"]
    published(SPEED)
    send("/speed/clock", action="start", round=1)
    answer = api("GET", f"{SPEED}/rules", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.headers["ETag"], answer.json()["round"]) == (200, etag, 1)
    assert api("PUT", f"{SPEED}/rules", json={}, headers={"If-Match": etag}).status_code == 200
    page = send("/speed/rules", organisations="ignored", version=version_in(form))
    assert "Somebody else changed" not in page


def test_a_refused_absence_keeps_what_was_typed_and_says_at_its_field_what_is_wrong(
    send: Callable[..., str], people: People, published: Planned
) -> None:
    (person, *_) = people(6)
    published(SPEED)
    page = send("/speed/away", person=person, from_round="2", until_round="1")
    assert re.findall(r'id="field-(\w+)-error"', page) == ["until_round"]
    assert f'value="{person}" selected' in page
    assert 'name="from_round"' in page
    assert 'value="2"' in page
    page = send("/speed/away", person=person, from_round="9")
    assert re.findall(r'id="field-(\w+)-error"', page) == ["from_round"]
    assert 'value="9"' in page


def test_a_refused_stand_in_keeps_who_was_chosen(
    send: Callable[..., str], people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    (walk_in,) = people(1, first_name="Bo")
    page = send("/speed/stand-ins", newcomer=walk_in)
    assert "Nobody is missing whose way this person could take." in page
    assert f'value="{walk_in}" selected' in page


def test_a_rule_without_a_person_is_refused_at_the_page(send: Callable[..., str], people: People) -> None:
    people(2)
    assert "Please check your entries" in send("/cafe/rules/add", kind="hosts")


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ({"kind": "hosts"}, {"person", "table"}),
        ({"kind": "apart"}, {"person", "other"}),
        ({"kind": "closed", "table": "thema-1", "round": "99"}, {"round"}),
        ({"kind": "closed", "table": "thema-9", "round": "1"}, {"table"}),
        ({"kind": "", "round": "1"}, {"kind"}),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_at_its_field(
    send: Callable[..., str], people: People, rule: dict[str, str], fields: set[str]
) -> None:
    people(2)
    page = send("/cafe/rules/add", **rule)
    assert set(re.findall(r'id="field-(\w+)-error"', page)) == fields


def test_keys_that_no_attendee_has_are_named_beside_those_that_there_are(
    organiser: TestClient, send: Callable[..., str], people: People
) -> None:
    people(2, **CONSENTING)
    version = version_in(organiser.get(f"{PAGES}/cafe/rules").text)
    page = send("/cafe/rules", consent="directory_consnet", categories="guest", version=version)
    assert "Found with no attendee: directory_consnet, guest" in page
    assert "Answered so far: directory_consent." in page
    page = send("/cafe/rules", consent="directory_consent", version=version_in(page))
    assert "Found with no attendee" not in page


def test_an_organiser_makes_a_plan_and_publishes_it(send: Callable[..., str], people: People) -> None:
    people(6)
    page = send("/speed/plans", people="confirmed", seconds="1")
    assert "A plan is being searched." in page
    searched()
    page = send("/speed/plans/1/publish", mails="yes")
    assert "version 1" in page
    assert "Nothing better exists" in page


def test_people_are_told_by_a_click_of_a_plan_that_was_published_without_mails(
    organiser: TestClient, send: Callable[..., str], people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    untold = "No mails went out with this plan"
    assert untold in organiser.get(f"{PAGES}/speed/plans/1").text
    send("/speed/plans/1/publish", mails="yes")
    assert untold not in organiser.get(f"{PAGES}/speed/plans/1").text


def test_who_walks_from_station_to_station_reads_of_stations_and_of_no_table(
    api: Api, organiser: TestClient, client: TestClient, people: People, published: Planned
) -> None:
    (person, *_) = people(6)
    api.change(f"{CAFE}/rules", "PUT", format="tour")
    api.change(
        f"{EVENT}/sessions/cafe",
        networking={"rounds": 3, "minutes_per_round": 18, "change_minutes": 2, "tables": TABLES},
    )
    published(CAFE)
    link = f"/agenda/my/{sign_person(UUID(person), settings.access_private_key)}"
    own = client.get(link, headers={"Accept-Language": "en"}).text
    shown = [organiser.get(f"{PAGES}/cafe{page}").text for page in ("/plans/1", "/screen", "/sheets")]
    assert sorted(re.findall(r"Station (\d)", own)) == ["1", "2", "3"]
    assert "Station</th>" in shown[0]
    assert not re.search(r"\b[Tt]ables?\b", " ".join(re.findall(r">([^<>]+)<", "".join((own, *shown)))))
    assert told()[-1]["has_stations"]


def test_a_plan_says_in_words_how_many_wishes_and_first_wishes_come_true(
    api: Api, organiser: TestClient, people: People, planned: Planned
) -> None:
    people(12, answers={"first": "thema-1", "second": "thema-2"})
    api.change(f"{CAFE}/rules", "PUT", wishes=["first", "second"])
    figures = planned(CAFE)["figures"]
    assert (figures["wishes"], figures["first_wishes"]) == (24, 12)
    for page in ("", "/plans/1"):
        shown = organiser.get(f"{PAGES}/cafe{page}").text
        assert f"{figures['wishes_fulfilled']} of 24" in shown
        assert f"first wishes: {figures['first_wishes_fulfilled']} of 12" in shown
        assert "points" not in shown


def test_a_plan_names_who_sits_with_the_own_organisation_round_by_round(
    api: Api, organiser: TestClient, people: People, planned: Planned
) -> None:
    colleagues = people(4, organisation="Verein Ost", first_name="Ada")
    people(8, first_name="Bo")
    api.change(f"{CAFE}/rules", "PUT", organisations="rather_apart")
    plan = planned(CAFE)
    ways = [seated["tables"] for seated in plan["seats"] if seated["person"] in colleagues]
    assert plan["figures"]["own_organisation"] > 0
    page = html.fromstring(organiser.get(f"{PAGES}/cafe/plans/1").text)
    named = [
        (row.xpath("td[1]")[0].text_content(), row.xpath("th")[0].text_content()[0], len(row.xpath(".//bdi")))
        for row in page.xpath("//details//tr[td]")
    ]
    seats = Counter((str(number), way[number - 1][-1]) for way in ways for number in (1, 2))
    assert sorted(named) == sorted((*seat, count) for seat, count in seats.items() if count > 1)


def test_a_plan_that_cannot_be_published_is_shown_with_the_reason_and_the_tick_as_it_was_set(
    api: Api, send: Callable[..., str], people: People, planned: Planned
) -> None:
    people(6)
    planned(SPEED)
    networking = {"rounds": 2, "minutes_per_round": 4, "change_minutes": 1}
    api.change(f"{EVENT}/sessions/speed", networking=networking)
    page = send("/speed/plans/1/publish")
    assert "The session has other rounds now than when this plan was made." in page
    box = re.search(r'<input[^>]*name="mails"[^>]*>', page)
    assert box
    assert " checked" not in box[0]


def test_whoever_publishes_tells_people_unless_they_say_otherwise(
    organiser: TestClient, people: People, planned: Planned
) -> None:
    people(6)
    planned(SPEED)
    box = re.search(r'<input[^>]*name="mails"[^>]*>', organiser.get(f"{PAGES}/speed/plans/1").text)
    assert box
    assert " checked" in box[0]


def test_who_hands_a_way_over_reads_whose_it_was_and_where_it_leads(
    send: Callable[..., str], people: People, published: Planned
) -> None:
    (absent,) = people(1, first_name="Ada", last_name="Sommer")
    people(11)
    tables = next(one["tables"] for one in published(CAFE)["seats"] if one["person"] == absent)
    (newcomer,) = people(1, first_name="Bo", last_name="Winter")
    page = send("/cafe/stand-ins", newcomer=newcomer, instead_of=absent)
    assert "Bo Winter has a way now" in page
    first, second = (key[-1] for key in tables)
    assert f"Round 1: {first} · Thema {first}; Round 2: {second} · Thema {second}" in page
    assert "It was the way of Ada Sommer, whose badge can be handed over." in page


def test_a_search_that_is_too_long_is_refused_at_its_field_with_what_was_typed(
    send: Callable[..., str], people: People
) -> None:
    people(6)
    page = send("/speed/plans", people="confirmed", seconds="99999")
    assert 'id="field-seconds-error"' in page
    assert 'value="99999"' in page


def test_what_hinders_a_plan_is_said_on_the_page(send: Callable[..., str], people: People) -> None:
    people(16)
    assert "In round 1 there are 16 people and 15 seats." in send(
        "/cafe/plans", people="confirmed", seconds="1"
    )


def test_a_move_by_hand_says_on_the_page_what_it_cost(
    send: Callable[..., str], people: People, planned: Planned
) -> None:
    person = people(12)[0]
    tables = next(seated["tables"] for seated in planned(CAFE)["seats"] if seated["person"] == person)
    free = next(table for table in ("thema-1", "thema-2", "thema-3") if table not in tables)
    assert "Moved, and fixed there" in send("/cafe/plans/1/edit", round=2, person=person, table=free)
    assert "for the second time" in send("/cafe/plans/1/edit", round=2, person=person, table=tables[0])


def test_the_screen_shows_the_round_and_names_only_those_who_agreed(
    api: Api, organiser: TestClient, send: Callable[..., str], people: People, published: Planned
) -> None:
    people(3, **CONSENTING, first_name="Ada")
    people(2, first_name="Bo")
    people(1, first_name="Cy", answers={"directory_consent": "no"})
    api.change(f"{SPEED}/rules", "PUT", consent="directory_consent")
    published(SPEED)
    page = send("/speed/clock", action="start", round=1)
    assert "Round 1 of 3 runs until" in page
    assert "it stands at round 1" in send("/speed/clock", action="start", round=1)
    page = organiser.get(f"{PAGES}/speed/screen").text
    assert "Round 1 of 3" in page
    assert "data-ends-at" in page
    assert [page.count(f"{name} Wieloch") for name in ("Ada", "Bo", "Cy")] == [3, 0, 0]


def test_a_page_that_is_out_of_date_takes_no_other_round_back(
    send: Callable[..., str], people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    for number in (1, 2):
        send("/speed/clock", action="start", round=number)
    page = send("/speed/clock", action="take_back", round=1)
    assert "Somebody else has turned the clock meanwhile: it stands at round 2." in page
    assert "Round 2 of 3 runs until" in page


def test_whoever_the_plan_has_no_seat_for_is_noted_away_or_takes_a_way(
    organiser: TestClient, people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    (walk_in,) = people(1, first_name="Bo")
    page = organiser.get(f"{PAGES}/speed/day").text
    # Among those who may be noted as away, and among the newcomers; nobody gets the way of a newcomer.
    assert page.count(f'value="{walk_in}"') == 2


def test_the_rules_say_of_whom_no_name_is_known_any_more(
    organiser: TestClient, send: Callable[..., str], people: People, event_id: UUID
) -> None:
    gone, other = people(2)
    send("/cafe/rules/add", kind="apart", person=gone, other=other)
    give_back(event_id, gone)
    assert "somebody who gave the place back" in organiser.get(f"{PAGES}/cafe/rules").text


def test_a_person_sees_the_own_tables_behind_the_own_link(
    client: TestClient, people: People, published: Planned
) -> None:
    person = people(6)[0]
    plan = published(SPEED)
    tables = next(seated["tables"] for seated in plan["seats"] if seated["person"] == person)
    link = f"/agenda/my/{sign_person(UUID(person), settings.access_private_key)}"
    page = client.get(link, headers={"Accept-Language": "en"})
    assert re.findall(r"Table (\d+)", page.text) == tables
    assert page.headers["Cache-Control"] == "no-store"


def test_a_person_reads_the_names_of_those_who_agreed_and_how_many_others_there_are(
    api: Api, client: TestClient, people: People, published: Planned
) -> None:
    (person,) = people(1)
    people(4, **CONSENTING, first_name="Ada")
    people(7, first_name="Bo")
    api.change(f"{CAFE}/rules", "PUT", consent="directory_consent", fewest_at_table=4)
    published(CAFE)
    link = f"/agenda/my/{sign_person(UUID(person), settings.access_private_key)}/part"
    page = client.get(link, headers={"Accept-Language": "en"}).text
    assert page.count('scope="row"') == 2
    assert "Bo Wieloch" not in page
    assert re.search(r"and \d more|\d (person|people)", page)


def test_who_is_not_planned_for_is_asked_to_speak_to_the_team(
    api: Api, client: TestClient, people: People, published: Planned
) -> None:
    person, *_ = people(7)
    api("POST", f"{SPEED}/away", json={"person": person, "from_round": 2, "until_round": 2})
    published(SPEED)
    link = f"/agenda/my/{sign_person(UUID(person), settings.access_private_key)}"
    page = client.get(link, headers={"Accept-Language": "en"}).text
    assert page.count("not planned</span>") == 1
    assert "If you are here, please speak to the team." in page
    for _ in range(2):
        api.create(f"{SPEED}/clock", action="start")
    page = client.get(link, headers={"Accept-Language": "en"}).text
    assert "please speak to the team" not in page


def test_the_screen_says_when_the_next_round_begins_by_the_clock_and_not_by_the_programme(
    organiser: TestClient, send: Callable[..., str], people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    send("/speed/clock", action="start")
    page = organiser.get(f"{PAGES}/speed/screen").text
    assert re.search(r"Then round 2, at about \d\d:\d\d", page)
    assert "10:35" not in page
    send("/speed/clock", action="hold")
    assert "Then round 2</p>" in organiser.get(f"{PAGES}/speed/screen").text


def test_who_gave_the_place_back_sees_no_way_any_more_and_who_is_planned_out_none_of_the_session(
    api: Api, client: TestClient, event_id: UUID, people: People, published: Planned
) -> None:
    gone, away, *_ = people(6)
    links = [f"/agenda/my/{sign_person(UUID(p), settings.access_private_key)}" for p in (gone, away)]
    published(SPEED)
    assert ["10:30" in client.get(link).text for link in links] == [True, True]
    api("POST", f"{SPEED}/away", json={"person": away})
    give_back(event_id, gone)
    published(SPEED, replan="fewest_changes")
    assert client.get(links[0]).status_code == 404
    assert "10:30" not in client.get(links[1]).text


@pytest.mark.parametrize("token", ["abc", "a.b.c", "%00"])
def test_a_link_that_proves_nothing_shows_nothing(client: TestClient, people: People, token: str) -> None:
    people(1)
    assert client.get(f"/agenda/my/{token}").status_code == 404


def test_sheets_and_report_are_there_after_publishing(
    organiser: TestClient, people: People, published: Planned
) -> None:
    people(12)
    published(CAFE)
    sheets = organiser.get(f"{PAGES}/cafe/sheets").text
    assert sheets.count('class="tp-sheet"') == 6
    assert (
        "People who met others" in organiser.get("/agenda/events/ki-hub-2022/networking/meetings/report").text
    )


def test_a_plan_says_how_many_sit_out_and_how_often_one_person_does(
    organiser: TestClient, people: People, planned: Planned
) -> None:
    people(7)
    planned(SPEED)
    page = re.sub(r"<[^>]+>|\s+", " ", organiser.get(f"{PAGES}/speed/plans/1").text)
    assert re.search(r"3\s+\(at least 3\)\s*: 3 people, each 1 at most", page)


def test_the_screen_says_who_is_free_and_calls_tables_as_paper_does(
    organiser: TestClient, people: People, published: Planned
) -> None:
    people(7)
    published(SPEED)
    page = re.sub(r"\s+", " ", organiser.get(f"{PAGES}/speed/screen").text)
    assert "Free in this round: 1 person" in page
    people(5)
    published(CAFE)
    assert "1 · Thema 1" in organiser.get(f"{PAGES}/cafe/screen").text


def test_more_sessions_need_no_more_queries(
    api: Api, organiser: TestClient, people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    statements: list[str] = []
    listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    organiser.get(PAGES)
    few = len(statements)
    for number in range(3):
        networking = {"rounds": 2, "minutes_per_round": 5}
        kind = "speed_networking"
        starts_at = "2022-11-24T15:00:00+01:00"
        api.create(
            f"{EVENT}/sessions",
            **session_facts(key=f"more-{number}", kind=kind, starts_at=starts_at, networking=networking),
        )
        published(f"{EVENT}/networking/more-{number}")
    statements.clear()
    assert organiser.get(PAGES).text.count("published, version 1") == 4
    assert len(statements) == few
