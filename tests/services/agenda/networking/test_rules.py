"""The rules of a networking session: kept, and refused at the field that names what is not there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.agenda.networking.rules import MOST_RULES
from tests.services.agenda.networking.conftest import CAFE, EVENT, SPEED, give_back
from tests.support.visitors import Api

People = Callable[..., list[str]]


def faults(api: Api, session: str, **rules: Any) -> dict[str, str]:
    answer = api.change(f"{session}/rules", "PUT", **rules)
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["detail"] for error in answer.json()["errors"]}


def test_the_format_follows_from_the_programme(api: Api, people: People) -> None:
    people(1)
    found = {
        one["session"]: (one["format"], one["organisations"])
        for one in api("GET", f"{EVENT}/networking").json()
    }
    assert found == {"speed": ("pairs", "apart"), "cafe": ("cafe", "ignored")}


def test_rules_are_kept(api: Api, people: People) -> None:
    host, guest = people(2)
    rules = {"hosts": [{"person": host, "table": "thema-1"}], "apart": [[host, guest]]}
    assert api.change(f"{CAFE}/rules", "PUT", **rules).status_code == 200
    found = api("GET", f"{CAFE}/rules").json()["rules"]
    assert (found["hosts"], found["apart"]) == (rules["hosts"], rules["apart"])


def test_rules_that_somebody_else_changed_are_not_overwritten(api: Api, people: People) -> None:
    people(1)
    assert api("PUT", f"{CAFE}/rules", json={}, headers={"If-Match": '"old"'}).status_code == 412


def test_nobody_is_the_host_of_two_tables(api: Api, people: People) -> None:
    (host,) = people(1)
    hosts = [{"person": host, "table": f"thema-{number}"} for number in (1, 2)]
    assert faults(api, CAFE, hosts=hosts) == {"hosts.1.person": "Nobody can be the host of two tables."}


def test_no_table_has_two_hosts(api: Api, people: People) -> None:
    hosts = [{"person": host, "table": "thema-1"} for host in people(2)]
    assert faults(api, CAFE, hosts=hosts) == {"hosts.1.table": "This table has a host already."}


def test_nobody_is_kept_from_themselves(api: Api, people: People) -> None:
    (person,) = people(1)
    assert faults(api, SPEED, apart=[[person, person]]) == {"apart.0": "Please name two people."}


def test_colleagues_meet_as_little_as_possible_at_larger_tables(api: Api, people: People) -> None:
    people(1)
    networking = api("GET", f"{EVENT}/sessions/cafe").json()["networking"]
    api.change(f"{EVENT}/sessions/cafe", networking={**networking, "avoid": "same_organisation"})
    assert api("GET", f"{CAFE}/rules").json()["organisations"] == "rather_apart"


@pytest.mark.parametrize("rule", ["apart", "together", "must_meet"])
def test_a_rule_for_somebody_who_is_not_there_is_refused(api: Api, people: People, rule: str) -> None:
    (person,) = people(1)
    found = faults(api, SPEED, **{rule: [[person, str(uuid4())]]})
    assert found == {f"{rule}.0.1": "This person has no place in the event."}


def test_a_rule_for_a_table_that_is_not_there_is_refused(api: Api, people: People) -> None:
    (person,) = people(1)
    found = faults(api, CAFE, fixed=[{"person": person, "table": "thema-9"}])
    assert found == {"fixed.0.table": "There is no table with this key."}


def test_a_rule_for_a_round_that_is_not_there_is_refused(api: Api, people: People) -> None:
    people(1)
    found = faults(api, CAFE, closed=[{"table": "thema-1", "round": 3}])
    assert found == {"closed.0.round": "There are not so many rounds."}


@pytest.mark.parametrize(("field", "absence"), [("from_round", (3, None)), ("until_round", (1, 3))])
def test_nobody_is_away_in_a_round_that_is_not_there(
    api: Api, people: People, field: str, absence: tuple[int, int | None]
) -> None:
    (person,) = people(1)
    begin, end = absence
    found = faults(api, CAFE, away=[{"person": person, "from_round": begin, "until_round": end}])
    assert found == {f"away.0.{field}": "There are not so many rounds."}


def test_a_session_without_rounds_has_no_networking(api: Api, people: People) -> None:
    people(1)
    assert api("GET", f"{EVENT}/networking/keynote/rules").status_code == 404


def test_rules_about_people_who_gave_their_places_back_do_not_hinder_others(
    api: Api, event_id: UUID, people: People
) -> None:
    one, other, third, *_ = people(5)
    api.change(f"{SPEED}/rules", "PUT", apart=[[one, other], [other, third]])
    give_back(event_id, other)
    assert api("POST", f"{SPEED}/away", json={"person": one}).status_code == 204
    assert api("POST", f"{SPEED}/back", json={"person": one}).status_code == 204
    assert api.change(f"{SPEED}/rules", "PUT", apart=[[other, third]]).status_code == 200
    assert faults(api, SPEED, must_meet=[[one, other]], apart=[[other, third]]) == {
        "must_meet.0.1": "This person has no place in the event."
    }


def test_rules_about_tables_that_are_gone_do_not_hinder_others(api: Api, people: People) -> None:
    (person,) = people(1)
    closed = [{"table": table, "round": 2} for table in ("thema-1", "thema-3")]
    api.change(f"{CAFE}/rules", "PUT", closed=closed)
    networking = {
        "rounds": 1,
        "minutes_per_round": 28,
        "tables": [{"key": "thema-9", "title": "New", "capacity": 9}],
    }
    assert api.change(f"{EVENT}/sessions/cafe", networking=networking).status_code == 200
    assert api("POST", f"{CAFE}/away", json={"person": person}).status_code == 204
    assert api.change(f"{CAFE}/rules", "PUT", closed=closed[1:]).status_code == 200


def test_more_absences_than_a_session_may_hold_are_refused(api: Api, people: People) -> None:
    one, other = people(2)
    away = [{"person": one, "from_round": 1, "until_round": 1}] * MOST_RULES
    api.change(f"{SPEED}/rules", "PUT", away=away)
    assert api("POST", f"{SPEED}/away", json={"person": other}).status_code == 422
    assert api("GET", f"{SPEED}/rules").status_code == 200
