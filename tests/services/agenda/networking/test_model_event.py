"""The model event's three networking sessions, with everybody who comes late or leaves by the door's log."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from deploy.local.play import data
from services.agenda.attendees.service import note, note_scan
from services.agenda.networking.models import Plan
from services.agenda.networking.searching import solve_next
from services.agenda.runtime import Sessions
from shared.contracts.registration import Direction
from tests.services.agenda.networking.plans_read import seats
from tests.support.facts import a_confirmed_registration, a_scan
from tests.support.visitors import Api

EVENT = "/ki-hub-2022"
NETWORKING = f"{EVENT}/networking"
CONSENT = {"consent": "directory_consent"}
WISHES = {"wishes": ["cafe_wish_1", "cafe_wish_2", "cafe_wish_3"]}
HOSTS = {"P17": "schulungen", "P05": "publikationen"}
LATE = ("P31", "P53", "P15")
AFTER_LUNCH = {"people": "inside", "as_of": "2022-11-24T13:14:00+01:00"}
AFTER_THE_FIRST_ROUND = {"people": "inside", "as_of": "2022-11-24T13:40:00+01:00"}


@pytest.fixture
def people(api: Api) -> dict[str, str]:
    """The model event in the agenda, with its programme, its 60 people and the door's scans; ids by reference."""
    programme = data.programme()
    facts = {
        name: value
        for name, value in programme["event"].items()
        if name not in ("capacity", "attendance_rule")
    }
    event_id = UUID(api.create(**facts)["id"])
    for room in programme["rooms"]:
        api.create(f"{EVENT}/rooms", **room)
    for session in programme["sessions"]:
        api.create(f"{EVENT}/sessions", **session)
    api.create(f"{EVENT}/publish")
    registered = {
        person.ref: a_confirmed_registration(
            event_id=event_id,
            first_name=person.first_name,
            last_name=person.last_name,
            organisation=person.organisation,
            category=person.category,
            answers=person.answers,
        )
        for person in data.participants()
    }
    with Sessions.begin() as session:
        for registration in registered.values():
            note(session, registration)
        for scan in data.door_log():
            told = a_scan(
                registered[scan.ref].registration_id,
                event_id=event_id,
                scanned_at=scan.scanned_at,
                direction=Direction(scan.direction),
            )
            note_scan(session, told)
    return {ref: str(registration.registration_id) for ref, registration in registered.items()}


def plan(api: Api, key: str, **wanted: Any) -> dict[str, Any]:
    """Make a plan and publish it."""
    asked = api("POST", f"{NETWORKING}/{key}/plans", json={"seconds": 0.4, **wanted})
    assert asked.status_code == 202, asked.text
    while solve_next(Sessions):
        pass
    path = f"{NETWORKING}/{key}/plans/{asked.json()['number']}"
    api.create(f"{path}/publish")
    found: dict[str, Any] = api("GET", path).json()
    return found


def play(api: Api, people: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The three sessions as the day goes; the plans that people have at the end of each."""
    api.change(f"{NETWORKING}/speed/rules", "PUT", **CONSENT)
    hosts = [{"person": people[ref], "table": table} for ref, table in HOSTS.items()]
    api.change(f"{NETWORKING}/cafe/rules", "PUT", **CONSENT, **WISHES, hosts=hosts)
    api.change(f"{NETWORKING}/demos/rules", "PUT", **CONSENT)
    plan(api, "speed")
    speed = plan(api, "speed", people="inside", as_of="2022-11-24T10:29:00+01:00", replan="fewest_changes")
    plan(api, "cafe", **AFTER_LUNCH)
    api.create(f"{NETWORKING}/cafe/clock", action="start")
    cafe = plan(api, "cafe", **AFTER_THE_FIRST_ROUND, replan="fewest_changes")
    demos = plan(api, "demos", people="inside", as_of="2022-11-24T14:59:00+01:00")
    return {"speed": speed, "cafe": cafe, "demos": demos}


def test_the_model_event_is_played_with_its_late_and_early_leavers(
    api: Api, people: dict[str, str], organiser: TestClient, team_file: Callable[[str], Path], tmp_path: Path
) -> None:
    plans = play(api, people)
    _speed_networking(plans["speed"], people)
    _world_cafe(plans["cafe"], people)
    _stations(plans["demos"])
    _no_broken_rule_by_the_checker(team_file("networking/check.py"), tmp_path)
    _readable_report(api, organiser)


def _speed_networking(speed: dict[str, Any], people: dict[str, str]) -> None:
    """Nine rounds of people of other organisations; as few changes as there must be.

    So those whose partners stayed away meet each other, and in some orders of people a few of them do so twice.
    """
    figures = speed["figures"]
    assert figures["own_organisation"] == 0
    assert figures["repeats"] <= 3
    assert figures["sitouts"] <= 4
    assert figures["changes"] == figures["least"]["changes"]
    never_came = {ref for ref, one in data.expected()["participants"].items() if not one["checked_in"]}
    assert len(never_came) == 5
    assert all(seats(speed)[people[ref]] == [None] * 9 for ref in never_came)


def _world_cafe(cafe: dict[str, Any], people: dict[str, str]) -> None:
    """Thirteen at a table at most, nobody twice at one; who came late joins the rounds that were to come."""
    for number in range(3):
        sizes = Counter(way[number] for way in seats(cafe).values() if way[number])
        assert len(sizes) == 5
        assert max(sizes.values()) <= 13
    assert all(seats(cafe)[people[ref]][0] is None for ref in LATE)
    assert all(None not in seats(cafe)[people[ref]][1:] for ref in LATE)
    assert {table for ref, table in HOSTS.items() if set(seats(cafe)[people[ref]]) == {table}} == set(
        HOSTS.values()
    )
    assert cafe["figures"]["wishes_fulfilled"] > 0.8 * cafe["figures"]["wishes"]


def _stations(demos: dict[str, Any]) -> None:
    assert all(
        sorted(map(str, way)) == ["station-1", "station-2", "station-3"] for way in seats(demos).values()
    )


def _no_broken_rule_by_the_checker(checker: Path, folder: Path) -> None:
    """A plan's problem is an instance of the team's schema, and so the team's checker judges it."""
    with Sessions() as session:
        plans = session.scalars(select(Plan).where(Plan.state == "published")).all()
        instances = [{**plan.problem, "bounds": {}, "best_known_cost": 0} for plan in plans]
        assignments = {plan.problem["id"]: plan.rows for plan in plans}
    (folder / "in.json").write_text(json.dumps({"schema": "evn-networking/1", "instances": instances}))
    (folder / "out.json").write_text(json.dumps(assignments))
    done = subprocess.run(
        [sys.executable, checker, folder / "in.json", folder / "out.json", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [judged["violations"] for judged in json.loads(done.stdout) if not judged["ok"]] == []


def _readable_report(api: Api, organiser: TestClient) -> None:
    """How many met how many, which organisations, and only those by name who agreed."""
    found = api("GET", f"{EVENT}/networking-report").json()
    assert found["people"] == data.expected()["checked_in"] == 55
    assert found["fewest"] > 0
    assert {"first", "second", "pairs"} == set(found["organisations"][0])
    agreed = {
        f"{p.first_name} {p.last_name}"
        for p in data.participants()
        if p.answers.get("directory_consent") == "yes"
    }
    assert {one["name"] for one in found["named"]} <= agreed
    page = organiser.get("/agenda/events/ki-hub-2022/networking/meetings/report").text
    assert "Organisations whose people met" in page
