from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.agenda.attendees.service import note
from services.agenda.networking.searching import solve_next
from services.agenda.runtime import Sessions
from shared.contracts.registration import RegistrationFacts, RegistrationStatus
from tests.services.agenda.builders import event_facts, session_facts
from tests.services.agenda.conftest import beside_the_project
from tests.support.facts import a_confirmed_registration
from tests.support.visitors import Api

EVENT = "/ki-hub-2022"
SPEED = f"{EVENT}/networking/speed"
CAFE = f"{EVENT}/networking/cafe"
TABLES = [{"key": f"thema-{n}", "title": f"Thema {n}", "capacity": 5} for n in (1, 2, 3)]


@pytest.fixture
def team_file() -> Callable[[str], Path]:
    return beside_the_project


@pytest.fixture
def api(api: Api) -> Api:
    """An organiser's token, of somebody who reads English."""
    return replace(api, headers={**api.headers, "Accept-Language": "en"})


@pytest.fixture
def event_id(api: Api) -> UUID:
    """An event with speed networking in three rounds and a World Café with three tables in two."""
    event = api.create(**event_facts())
    api.create(
        f"{EVENT}/sessions",
        **session_facts(
            key="speed",
            kind="speed_networking",
            starts_at="2022-11-24T10:30:00+01:00",
            networking={
                "rounds": 3,
                "minutes_per_round": 4,
                "change_minutes": 1,
                "avoid": "same_organisation",
            },
        ),
    )
    api.create(
        f"{EVENT}/sessions",
        **session_facts(
            key="cafe",
            kind="world_cafe",
            starts_at="2022-11-24T13:15:00+01:00",
            minutes=60,
            networking={"rounds": 2, "minutes_per_round": 28, "change_minutes": 2, "tables": TABLES},
        ),
    )
    api.create(f"{EVENT}/publish")
    return UUID(event["id"])


@pytest.fixture
def people(event_id: UUID) -> Callable[..., list[str]]:
    """Give so many people a place, each of an organisation of their own; returns their ids."""

    def confirm(count: int, **facts: Any) -> list[str]:
        told: list[RegistrationFacts] = []
        for number in range(count):
            changes = {"last_name": f"Wieloch {number:02}", "organisation": f"Verein {number}", **facts}
            told.append(a_confirmed_registration(event_id=event_id, **changes))
        with Sessions.begin() as session:
            for registration in told:
                note(session, registration)
        return [str(registration.registration_id) for registration in told]

    return confirm


def give_back(event_id: UUID, person: str) -> None:
    """Somebody cancels, and the agenda forgets them."""
    facts = {"registration_id": UUID(person), "sequence": 2, "status": RegistrationStatus.cancelled}
    with Sessions.begin() as session:
        note(session, a_confirmed_registration(event_id=event_id, **facts))


def searched() -> None:
    """All plans that were asked for are searched to the end."""
    while solve_next(Sessions):
        pass


@pytest.fixture
def planned(api: Api) -> Callable[..., dict[str, Any]]:
    """A plan of a session, searched to the end."""

    def plan(session: str, **wanted: Any) -> dict[str, Any]:
        answer = api("POST", f"{session}/plans", json={"seconds": 0.2, **wanted})
        assert answer.status_code == 202, answer.text
        searched()
        found: dict[str, Any] = api("GET", f"{session}/plans/{answer.json()['number']}").json()
        return found

    return plan


@pytest.fixture
def published(api: Api, planned: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A plan of a session that people have."""

    def publish(session: str, **wanted: Any) -> dict[str, Any]:
        number = planned(session, **wanted)["number"]
        api.create(f"{session}/plans/{number}/publish", mails=False)
        found: dict[str, Any] = api("GET", f"{session}/plans/{number}").json()
        return found

    return publish
