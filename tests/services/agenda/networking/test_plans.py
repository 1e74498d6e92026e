"""Plans by the API: asked for, searched, compared, changed by hand, published."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.agenda.networking.models import Plan
from services.agenda.networking.searching import STEP_SECONDS, Claim, claim, solve_next, waiting_plans
from services.agenda.runtime import Sessions
from shared.kit.clock import utc_now
from shared.kit.database import new_id
from tests.services.agenda.networking.conftest import CAFE, SPEED, searched
from tests.services.agenda.networking.plans_read import company, seats, table_of, told
from tests.support.visitors import Api

People = Callable[..., list[str]]
Planned = Callable[..., dict[str, Any]]


def test_everybody_meets_somebody_new_and_the_plan_says_why_it_cannot_be_better(
    people: People, planned: Planned
) -> None:
    people(9)
    plan = planned(SPEED)
    figures = plan["figures"]
    assert (plan["state"], figures["optimal"], figures["repeats"]) == ("draft", True, 0)
    assert figures["why"] == ["more people than seats"]
    assert [way.count(None) <= 1 for way in seats(plan).values()] == [True] * 9


def test_a_plan_is_searched_in_the_background(api: Api, people: People) -> None:
    people(15)
    asked = api("POST", f"{CAFE}/plans", json={"seconds": 0.2})
    assert (asked.status_code, asked.json()["state"], asked.json()["progress"]) == (202, "queued", 0.0)
    searched()
    location = asked.headers["Location"].removeprefix(api.root)
    assert (api("GET", location).json()["state"], api("GET", location).json()["progress"]) == ("draft", 1.0)


def test_a_plan_lists_people_by_name(people: People, planned: Planned) -> None:
    by_name = people(12)
    assert list(seats(planned(SPEED))) == by_name


def test_a_long_search_goes_on_in_steps(api: Api, people: People) -> None:
    people(15)
    api("POST", f"{CAFE}/plans", json={"seconds": 60})
    with Sessions.begin() as session:
        claimed = claim(session)
        assert claimed is not None
        assert claimed.seconds < 5


def test_a_search_that_has_found_the_best_does_not_go_on(people: People, planned: Planned) -> None:
    people(6)
    plan = planned(SPEED, seconds=60)
    assert (plan["state"], plan["seconds_taken"]) == ("draft", STEP_SECONDS)


def test_a_search_without_a_plan_goes_on_while_it_has_time(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.agenda.networking.searching.STEP_SECONDS", 0.1)
    one, *others = people(4)
    api.change(f"{SPEED}/rules", "PUT", apart=[[one, other] for other in others])
    api("POST", f"{SPEED}/plans", json={"seconds": 0.2})
    states = []
    while solve_next(Sessions):
        states.append(api("GET", f"{SPEED}/plans/1").json()["state"])
    assert states == ["queued", "failed"]


def test_a_plan_that_is_found_at_last_has_no_reason_why_there_is_none(api: Api, people: People) -> None:
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    with Sessions.begin() as session:
        session.scalars(select(Plan)).one().reason = "apart"
    searched()
    plan = api("GET", f"{SPEED}/plans/1").json()
    assert (plan["state"], plan["reason"]) == ("draft", None)


def test_the_plan_that_has_waited_longest_is_searched_first(api: Api, people: People) -> None:
    people(9)
    for session in (CAFE, SPEED):
        api("POST", f"{session}/plans", json={})
    with Sessions() as session:
        first = session.scalar(waiting_plans(utc_now()))
        assert first is not None
        assert first.problem["id"] == "cafe"


def test_whoever_asks_twice_at_once_gets_one_plan_and_is_told(api: Api, people: People) -> None:
    people(6)
    first, second = (api("POST", f"{SPEED}/plans", json={}).json() for _ in range(2))
    assert (first["already_asked"], second["already_asked"]) == (False, True)
    assert first["number"] == second["number"]
    assert len(api("GET", f"{SPEED}/plans").json()) == 1


@pytest.mark.parametrize(
    ("session", "count", "code"),
    [
        (CAFE, 16, "more-people-than-seats"),
        (CAFE, 5, "tables-stay-empty"),
        (SPEED, 0, "nobody-takes-part"),
    ],
)
def test_what_is_impossible_is_said_at_once(
    api: Api, people: People, session: str, count: int, code: str
) -> None:
    people(count)
    answer = api("POST", f"{session}/plans", json={})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(code)


def test_a_large_organisation_that_cannot_be_kept_apart_is_named(api: Api, people: People) -> None:
    people(3)
    people(5, organisation="TU Chemnitz")
    answer = api("POST", f"{SPEED}/plans", json={})
    assert (
        answer.json()["detail"] == "TU Chemnitz has 5 people, too many to keep them from meeting each other."
    )


def test_rules_that_no_plan_keeps_are_named(api: Api, people: People, planned: Planned) -> None:
    one, *others = people(4)
    api.change(f"{SPEED}/rules", "PUT", apart=[[one, other] for other in others])
    plan = planned(SPEED)
    assert (plan["state"], plan["seats"]) == ("failed", None)
    assert plan["reason"] in {"apart", "max_sitouts"}


def test_hosts_wishes_pins_and_companions_are_kept(api: Api, people: People, planned: Planned) -> None:
    wish = {"answers": {"wish": "thema-3"}}
    host, one, other, pinned = [*people(4), *people(11, **wish)][:4]
    api.change(
        f"{CAFE}/rules",
        "PUT",
        wishes=["wish"],
        hosts=[{"person": host, "table": "thema-1"}],
        together=[[one, other]],
        pinned=[{"person": pinned, "table": "thema-2", "round": 2}],
    )
    plan = planned(CAFE)
    assert seats(plan)[host] == ["thema-1", "thema-1"]
    assert seats(plan)[one] == seats(plan)[other]
    assert table_of(plan, pinned, 2) == "thema-2"
    assert plan["figures"]["wishes_fulfilled"] >= 8


def test_a_move_by_hand_says_what_it_costs_and_stays(api: Api, people: People, planned: Planned) -> None:
    person = people(12)[0]
    plan = planned(CAFE)
    free = next(t for t in ("thema-1", "thema-2", "thema-3") if t not in seats(plan)[person])
    path = f"{CAFE}/plans/{plan['number']}"
    answer = api.create(f"{path}/edits", round=2, person=person, table=free)
    assert answer["after"]["cost"] >= answer["before"]["cost"]
    assert answer["changes"] > 0
    assert table_of(api("GET", path).json(), person, 2) == free


def test_a_move_can_be_tried_without_keeping_it(api: Api, people: People, planned: Planned) -> None:
    one, *_ = people(12)
    plan = planned(CAFE)
    other = next(
        p
        for p in seats(plan)
        if table_of(plan, p, 1) not in seats(plan)[one] and table_of(plan, one, 1) not in seats(plan)[p]
    )
    path = f"{CAFE}/plans/{plan['number']}"
    answer = api.create(f"{path}/edits", round=1, person=one, swap_with=other, try_only=True)
    assert not answer["kept"]
    assert seats(api("GET", path).json()) == seats(plan)


def test_a_move_that_breaks_a_hard_rule_is_refused_by_its_name(
    api: Api, people: People, planned: Planned
) -> None:
    person = people(12)[0]
    plan = planned(CAFE)
    again = table_of(plan, person, 1)
    answer = api(
        "POST", f"{CAFE}/plans/{plan['number']}/edits", json={"round": 2, "person": person, "table": again}
    )
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("breaks-new-tables")


def test_nobody_changes_places_with_themselves(api: Api, people: People, planned: Planned) -> None:
    (one, *_), plan = people(6), planned(SPEED)
    swap = {"round": 1, "person": one, "swap_with": one}
    answer = api("POST", f"{SPEED}/plans/{plan['number']}/edits", json=swap)
    assert answer.status_code == 422


def test_publishing_tells_everybodys_way(api: Api, people: People, published: Planned) -> None:
    person = people(6)[0]
    plan = published(SPEED)
    assert (plan["state"], plan["edition"]) == ("published", 1)
    (message,) = told()
    assert [str(table + 1) for table in message["ways"][person]] == seats(plan)[person]
    assert message["sequence"] == 1
    assert [(one["starts_at"][11:16], one["ends_at"][11:16]) for one in message["rounds"]] == [
        ("09:30", "09:34"),
        ("09:35", "09:39"),
        ("09:40", "09:44"),
    ]


def test_publishing_twice_tells_once(api: Api, people: People, published: Planned) -> None:
    people(6)
    number = published(SPEED)["number"]
    assert api.create(f"{SPEED}/plans/{number}/publish", mails=False)["edition"] == 1
    assert len(told()) == 1


def test_a_plan_that_was_published_without_mails_is_told_by_mail_later_and_once(
    api: Api, people: People, published: Planned
) -> None:
    people(6)
    number = published(SPEED)["number"]
    editions = [api.create(f"{SPEED}/plans/{number}/publish", mails=True)["edition"] for _ in range(2)]
    assert editions == [2, 2]
    first, second = told()
    assert (first["mails"], second["mails"], second["ways"]) == (False, True, first["ways"])


def test_a_change_of_the_published_plan_is_a_draft_until_it_is_published(
    api: Api, people: People, published: Planned
) -> None:
    people(6)
    plan = published(SPEED)
    one = next(iter(seats(plan)))
    other = next(p for p in seats(plan) if p != one and p not in company(plan, one, 3))
    answer = api.create(f"{SPEED}/plans/{plan['number']}/edits", round=3, person=one, swap_with=other)
    assert answer["plan"] == plan["number"] + 1
    assert api("GET", f"{SPEED}/plans/{plan['number']}").json()["state"] == "published"
    assert api.create(f"{SPEED}/plans/{answer['plan']}/publish")["edition"] == 2
    assert api("GET", f"{SPEED}/plans/{plan['number']}").json()["state"] == "replaced"


def test_a_plan_that_was_replaced_is_not_published_again(
    api: Api, people: People, published: Planned
) -> None:
    people(6)
    first, second = published(SPEED)["number"], published(SPEED)["number"]
    answer = api("POST", f"{SPEED}/plans/{first}/publish", json={})
    assert answer.json()["type"].rpartition(":")[2] == "not-publishable"
    assert [api("GET", f"{SPEED}/plans/{n}").json()["state"] for n in (first, second)] == [
        "replaced",
        "published",
    ]


def test_a_plan_that_people_had_is_not_thrown_away(api: Api, people: People, published: Planned) -> None:
    people(6)
    path = f"{SPEED}/plans/{published(SPEED)['number']}"
    assert api("DELETE", path, headers={"If-Match": "*"}).status_code == 409


def test_a_draft_is_thrown_away(api: Api, people: People, planned: Planned) -> None:
    people(6)
    path = f"{SPEED}/plans/{planned(SPEED)['number']}"
    assert api("DELETE", path, headers={"If-Match": "*"}).status_code == 204
    assert api("GET", path).status_code == 404


def claims_of_two(take: Callable[[Session], Claim | Plan | None]) -> list[bool]:
    """Which of two workers at the same moment gets the plan."""
    with Sessions.begin() as one, Sessions.begin() as other:
        return [take(worker) is not None for worker in (one, other)]


def test_two_workers_at_once_search_no_plan_together(api: Api, people: People) -> None:
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    assert claims_of_two(claim) == [True, False]
    assert claims_of_two(claim) == [False, False]


def test_without_the_lock_both_workers_would_take_it(api: Api, people: People) -> None:
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    assert claims_of_two(lambda session: session.scalar(waiting_plans(utc_now()))) == [True, True]


def test_a_search_whose_worker_died_three_times_is_given_up(api: Api, people: People) -> None:
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    for minutes in range(0, 20, 5):
        with Sessions.begin() as session:
            claim(session, now=lambda minutes=minutes: utc_now() + timedelta(minutes=minutes))
    assert api("GET", f"{SPEED}/plans/1").json()["state"] == "failed"


def test_a_search_that_fails_three_times_is_given_up_and_is_over(api: Api, people: People) -> None:
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    with Sessions.begin() as session:
        session.scalars(select(Plan)).one().problem = {"id": "no problem"}
    searched()
    plan = api("GET", f"{SPEED}/plans/1").json()
    assert (plan["state"], plan["progress"], plan["finished_at"] is None) == ("failed", 1.0, False)


def test_a_worker_that_comes_back_late_does_not_hold_what_others_have_gone_on_with(
    api: Api, people: People
) -> None:
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    with Sessions.begin() as session:
        late = claim(session, now=utc_now)
        plan = session.scalars(select(Plan)).one()
        # Another worker has finished a step meanwhile.
        plan.state, plan.attempts = "queued", 0
        session.flush()
        current = claim(session, now=lambda: utc_now() + timedelta(minutes=5))
        assert late is not None
        assert current is not None
        assert (late.holds(plan), current.holds(plan)) == (False, True)


def test_the_database_keeps_two_searches_of_a_session_apart(api: Api, people: People) -> None:
    """The guard behind the answer: whoever passes it by gets no second search either."""
    people(6)
    api("POST", f"{SPEED}/plans", json={})
    with Sessions() as session:
        first = session.scalars(select(Plan)).one()
        again = {c.key: getattr(first, c.key) for c in inspect(Plan).column_attrs}
        session.add(Plan(**{**again, "id": new_id(), "number": 2}))
        with pytest.raises(IntegrityError, match="under_way"):
            session.flush()


def test_a_session_whose_plan_people_have_stays_in_the_programme(
    api: Api, people: People, published: Planned
) -> None:
    people(6)
    published(SPEED)
    answer = api("DELETE", "/ki-hub-2022/sessions/speed", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "session-has-plan")
