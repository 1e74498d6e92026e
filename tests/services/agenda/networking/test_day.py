"""The day itself: somebody is missing, comes late or leaves, and the rounds to come are planned again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.agenda.attendees.service import note_scan
from services.agenda.events.models import Event
from services.agenda.networking.day import turn_clock
from services.agenda.networking.schemas import ClockOrder
from services.agenda.networking.service import find_meeting
from services.agenda.runtime import Sessions
from shared.contracts.registration import Direction
from tests.services.agenda.networking.conftest import CAFE, SPEED
from tests.services.agenda.networking.plans_read import company, seats, told
from tests.support.facts import a_scan
from tests.support.visitors import Api

People = Callable[..., list[str]]
Planned = Callable[..., dict[str, Any]]

MORNING = datetime(2022, 11, 24, 9, tzinfo=UTC)
TO_THE_END = {"replan": "fewest_changes"}


@pytest.fixture
def come(event_id: UUID) -> Callable[..., None]:
    """People come in at the door, or go out."""

    def scan(*people: str, direction: Direction = Direction.entry, at: datetime = MORNING) -> None:
        with Sessions.begin() as session:
            for person in people:
                facts = {"scanned_at": at, "direction": direction}
                note_scan(session, a_scan(UUID(person), event_id=event_id, **facts))

    return scan


def test_who_never_came_is_planned_out_for_as_few_people_as_possible(
    people: People, published: Planned, planned: Planned, come: Callable[..., None]
) -> None:
    everybody = people(12)
    before = published(SPEED)
    missing = everybody[0]
    come(*everybody[1:])
    after = planned(SPEED, people="inside", **TO_THE_END)
    assert seats(after)[missing] == [None, None, None]
    figures = after["figures"]
    assert figures["changes"] == figures["least"]["changes"] == 3
    others = [p for p in everybody[1:] if missing not in company(before, p, 1)]
    assert all(company(after, p, 1) == company(before, p, 1) for p in others)


def test_who_left_and_who_comes_late_are_known_from_the_door(
    people: People, planned: Planned, come: Callable[..., None]
) -> None:
    stays, leaves, late = people(3)
    come(stays, leaves)
    come(leaves, direction=Direction.exit, at=MORNING.replace(hour=10))
    come(late, at=MORNING.replace(hour=13))
    at_noon = planned(SPEED, people="inside", as_of="2022-11-24T12:00:00Z")
    arrived = planned(SPEED, people="arrived", as_of="2022-11-24T12:00:00Z")
    afternoon = planned(SPEED, people="inside", as_of="2022-11-24T13:00:00Z")
    assert [set(seats(plan)) for plan in (at_noon, arrived, afternoon)] == [
        {stays},
        {stays, leaves},
        {stays, late},
    ]


def test_somebody_who_is_noted_away_has_no_seat_in_those_rounds(
    api: Api, people: People, planned: Planned
) -> None:
    person = people(8)[0]
    api("POST", f"{SPEED}/away", json={"person": person, "from_round": 2, "until_round": 2})
    assert [table is None for table in seats(planned(SPEED))[person]] == [False, True, False]
    api("POST", f"{SPEED}/back", json={"person": person})
    assert None not in seats(planned(SPEED))[person]


def test_rounds_that_have_begun_never_change(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    everybody = people(12)
    before = published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    api("POST", f"{SPEED}/away", json={"person": everybody[0]})
    after = planned(SPEED, replan="anew")
    assert {p: way[0] for p, way in seats(after).items()} == {p: way[0] for p, way in seats(before).items()}
    assert seats(after)[everybody[0]][1:] == [None, None]


def test_a_round_that_has_begun_cannot_be_planned_again(api: Api, people: People, published: Planned) -> None:
    people(12)
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    answer = api("POST", f"{SPEED}/plans", json={"replan": "anew", "from_round": 1})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "round-has-passed")


def test_rounds_before_the_first_one_that_may_change_stay_as_they_are(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    person = people(12)[0]
    before = seats(published(SPEED))
    api("POST", f"{SPEED}/away", json={"person": person})
    after = seats(planned(SPEED, replan="anew", from_round=3))
    assert {p: way[:2] for p, way in after.items()} == {p: way[:2] for p, way in before.items()}
    assert after[person][2] is None


def test_a_draft_that_would_change_a_round_that_began_meanwhile_is_not_published(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    everybody = people(12)
    published(SPEED)
    api("POST", f"{SPEED}/away", json={"person": everybody[0]})
    number = planned(SPEED)["number"]
    api.create(f"{SPEED}/clock", action="start")
    answer = api("POST", f"{SPEED}/plans/{number}/publish", json={})
    assert (answer.status_code, len(told())) == (409, 1)


def test_a_newcomer_joins_the_rounds_to_come(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    people(13)
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    (newcomer,) = people(1)
    after = planned(SPEED, **TO_THE_END)
    assert seats(after)[newcomer][0] is None
    assert None not in seats(after)[newcomer][1:]


def test_a_newcomer_who_is_noted_away_at_first_joins_when_there(
    api: Api, people: People, published: Planned, planned: Planned
) -> None:
    people(13)
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    (newcomer,) = people(1)
    api("POST", f"{SPEED}/away", json={"person": newcomer, "until_round": 2})
    assert [table is None for table in seats(planned(SPEED, **TO_THE_END))[newcomer]] == [True, True, False]


def test_a_walk_in_inherits_the_printed_way_of_somebody_who_did_not_come(
    api: Api, people: People, published: Planned, come: Callable[..., None]
) -> None:
    everybody = people(12)
    before = published(CAFE)
    come(*everybody[1:])
    (walk_in,) = people(1)
    answer = api.create(f"{CAFE}/stand-ins", person=walk_in)
    after = api("GET", f"{CAFE}/plans/{answer['number']}").json()
    assert (after["state"], after["edition"]) == ("published", 2)
    assert seats(after)[walk_in] == seats(before)[everybody[0]]
    assert seats(after)[everybody[0]] == [None, None]
    assert {p: seats(after)[p] for p in everybody[1:]} == {p: seats(before)[p] for p in everybody[1:]}


def test_who_gave_the_way_to_a_walk_in_is_not_free_in_any_round(
    api: Api, organiser: TestClient, people: People, published: Planned, come: Callable[..., None]
) -> None:
    everybody = people(12)
    published(SPEED)
    come(*everybody[1:])
    (walk_in,) = people(1)
    answer = api.create(f"{SPEED}/stand-ins", person=walk_in)
    figures = api("GET", f"{SPEED}/plans/{answer['number']}").json()["figures"]
    assert (figures["sitouts"], figures["meetings"]) == (0, 18)
    for _ in range(2):
        api.create(f"{SPEED}/clock", action="start")
    page = organiser.get("/agenda/events/ki-hub-2022/networking/speed/screen").text
    assert "Round 2 of 3" in page
    assert "Free in this round" not in page


def test_a_walk_in_is_told_by_mail_where_the_others_were(
    api: Api, people: People, planned: Planned, come: Callable[..., None]
) -> None:
    missing, *others = people(12)
    come(*others)
    planned(CAFE)
    for mails in (False, True):
        api.create(f"{CAFE}/plans/{1 + mails}/publish", mails=mails)
        (walk_in,) = people(1)
        api.create(f"{CAFE}/stand-ins", person=walk_in, instead_of=missing)
        missing = walk_in
    assert [one["mails"] for one in told()] == [False, False, True, True]


def test_the_figures_of_a_plan_with_a_walk_in_are_its_own(
    api: Api, people: People, published: Planned, come: Callable[..., None]
) -> None:
    """The wish of somebody who did not come comes true for nobody any more."""
    (missing,) = people(1, answers={"wish": "thema-1"})
    come(*people(11))
    api.change(f"{CAFE}/rules", "PUT", wishes=["wish"])
    figures = published(CAFE)["figures"]
    assert (figures["wishes_fulfilled"], figures["first_wishes_fulfilled"]) == (1, 1)
    (walk_in,) = people(1)
    number = api.create(f"{CAFE}/stand-ins", person=walk_in, instead_of=missing)["number"]
    assert api("GET", f"{CAFE}/plans/{number}").json()["figures"]["wishes_fulfilled"] == 0


def test_a_walk_in_takes_the_side_of_whoever_is_missing(
    api: Api, people: People, published: Planned, come: Callable[..., None]
) -> None:
    partners, (missing, *guests) = people(3, category="partner"), people(3, category="guest")
    come(*partners, *guests)
    api.change(f"{SPEED}/rules", "PUT", format="sides", sides={"first": ["partner"], "second": ["guest"]})
    before = published(SPEED)
    (walk_in,) = people(1, category="guest")
    number = api.create(f"{SPEED}/stand-ins", person=walk_in)["number"]
    after = api("GET", f"{SPEED}/plans/{number}").json()
    assert seats(after)[walk_in] == seats(before)[missing]


def test_who_comes_back_takes_a_way_though_they_had_one_in_a_round_that_has_passed(
    api: Api, people: People, published: Planned, come: Callable[..., None]
) -> None:
    missing, back, *others = people(12)
    before = published(SPEED)
    come(*others)
    api.create(f"{SPEED}/clock", action="start")
    api("POST", f"{SPEED}/away", json={"person": back})
    printed = seats(published(SPEED, **TO_THE_END))[missing]
    answer = api.create(f"{SPEED}/stand-ins", person=back, instead_of=missing)
    after = seats(api("GET", f"{SPEED}/plans/{answer['number']}").json())
    assert after[back] == [seats(before)[back][0], *printed[1:]]
    assert after[missing] == [printed[0], None, None]


def test_nobody_takes_the_way_of_somebody_who_has_come(
    api: Api, people: People, published: Planned, come: Callable[..., None]
) -> None:
    everybody = people(12)
    published(CAFE)
    come(*everybody)
    (walk_in,) = people(1)
    asked = {"person": walk_in, "instead_of": everybody[3]}
    answers = [api("POST", f"{CAFE}/stand-ins", json=body) for body in (asked, {"person": walk_in})]
    codes = [answer.json()["type"].rpartition(":")[2] for answer in answers]
    assert codes == ["not-missing", "nobody-is-missing"]


def test_where_the_door_does_not_scan_only_who_was_named_gives_the_way_away(
    api: Api, people: People, published: Planned
) -> None:
    everybody = people(12)
    before = published(CAFE)
    (walk_in,) = people(1)
    refused = api("POST", f"{CAFE}/stand-ins", json={"person": walk_in})
    assert refused.json()["type"].rpartition(":")[2] == "nobody-is-missing"
    answer = api.create(f"{CAFE}/stand-ins", person=walk_in, instead_of=everybody[4])
    after = seats(api("GET", f"{CAFE}/plans/{answer['number']}").json())
    assert (after[walk_in], after[everybody[4]]) == (seats(before)[everybody[4]], [None, None])
    away = api("GET", f"{CAFE}/rules").json()["rules"]["away"]
    assert [absence["person"] for absence in away] == [everybody[4]]


def test_who_is_noted_away_to_the_end_gives_the_way_to_a_walk_in(
    api: Api, people: People, published: Planned
) -> None:
    everybody = people(12)
    before = published(CAFE)
    (walk_in,) = people(1)
    api("POST", f"{CAFE}/away", json={"person": everybody[7]})
    answer = api.create(f"{CAFE}/stand-ins", person=walk_in)
    after = api("GET", f"{CAFE}/plans/{answer['number']}").json()
    assert seats(after)[walk_in] == seats(before)[everybody[7]]


@pytest.mark.parametrize("session", [SPEED, CAFE])
@pytest.mark.parametrize("replan", [None, "fewest_changes", "anew"])
def test_while_the_door_has_scanned_nobody_no_plan_is_made_for_who_is_inside(
    api: Api, people: People, published: Planned, session: str, replan: str | None
) -> None:
    people(12)
    published(session)
    answer = api("POST", f"{session}/plans", json={"people": "inside", "replan": replan})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "nobody-is-there")


@pytest.mark.parametrize("action", ["hold", "end", "take_back"])
def test_who_speaks_of_a_round_that_runs_no_more_changes_nothing(
    api: Api, people: People, action: str
) -> None:
    people(1)
    for number in (1, 2):
        api.create(f"{SPEED}/clock", action="start", round=number)
    answer = api("POST", f"{SPEED}/clock", json={"action": action, "round": 1})
    assert "it stands at round 2" in answer.json()["detail"]
    assert api("GET", f"{SPEED}/clock").json()["ends_at"] is not None


def test_the_clock_begins_holds_and_goes_on(api: Api, people: People) -> None:
    people(1)
    begun = api.create(f"{SPEED}/clock", action="start")
    held = api.create(f"{SPEED}/clock", action="hold")
    going = api.create(f"{SPEED}/clock", action="go_on")
    assert (begun["round"], begun["is_held"], held["is_held"], going["is_held"]) == (1, False, True, False)
    assert held["ends_at"] is None
    assert 235 <= held["seconds_left"] <= 240
    for _ in range(2):
        api.create(f"{SPEED}/clock", action="start")
    assert api("POST", f"{SPEED}/clock", json={"action": "start"}).status_code == 409


def test_a_held_round_keeps_what_is_left_of_it(event_id: UUID, people: People) -> None:
    people(1)
    begun = datetime(2022, 11, 24, 12, 15, tzinfo=UTC)

    def turn(action: str, minutes: float) -> tuple[datetime | None, int | None]:
        with Sessions.begin() as session:
            meeting = find_meeting(session, session.get_one(Event, event_id), "cafe")
            wanted = ClockOrder.model_validate({"action": action})
            turn_clock(session, meeting, wanted, now=lambda: begun + timedelta(minutes=minutes))
            return meeting.settings.round_ends_at, meeting.settings.seconds_left

    assert turn("start", 0) == (begun + timedelta(minutes=28), None)
    assert turn("hold", 10) == (None, 18 * 60)
    assert turn("go_on", 15) == (begun + timedelta(minutes=33), None)
    assert turn("hold", 40) == (None, 0)


def test_two_hosts_who_begin_a_round_at_once_begin_one(api: Api, people: People) -> None:
    people(1)
    answers = [api("POST", f"{SPEED}/clock", json={"action": "start", "round": 1}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert "it stands at round 1" in answers[1].json()["detail"]
    assert api("GET", f"{SPEED}/clock").json()["round"] == 1


def test_a_round_that_was_begun_by_mistake_is_taken_back_and_may_be_planned_again(
    api: Api, people: People, published: Planned
) -> None:
    one, other, *_ = people(6)
    published(SPEED)
    for action in ("start", "end", "start"):
        api.create(f"{SPEED}/clock", action=action)
    taken_back = api.create(f"{SPEED}/clock", action="take_back")
    assert (taken_back["round"], taken_back["is_held"], taken_back["ends_at"]) == (1, False, None)
    swap = {"person": one, "swap_with": other}
    answers = [api("POST", f"{SPEED}/plans/1/edits", json={"round": number, **swap}) for number in (1, 2)]
    assert [answer.is_success for answer in answers] == [False, True]


def test_a_round_that_is_over_is_not_taken_back(api: Api, people: People) -> None:
    people(1)
    actions = ("take_back", "start", "end", "take_back")
    answers = [api("POST", f"{SPEED}/clock", json={"action": action}) for action in actions]
    assert [answer.status_code for answer in answers] == [409, 200, 200, 409]


def test_an_edit_of_a_round_that_has_begun_is_refused(api: Api, people: People, published: Planned) -> None:
    one, other, *_ = people(6)
    published(SPEED)
    api.create(f"{SPEED}/clock", action="start")
    change = {"round": 1, "person": one, "swap_with": other}
    answer = api("POST", f"{SPEED}/plans/1/edits", json=change)
    assert answer.json()["type"].rpartition(":")[2] == "breaks-past"
