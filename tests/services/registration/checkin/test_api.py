import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.checkin import corrections, service
from services.registration.checkin.models import DoorDevice
from services.registration.signup.models import Registration
from shared.kit.access import Principal, Role
from tests.services.registration.builders import (
    FOREIGN_ORGANISATION,
    a_principal,
    a_registration,
    an_open_event,
)
from tests.support.visitors import Api

SCANS = "/events/ki-hub-2022/scans"
SCAN = {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in", "ref": "P1"}


@pytest.fixture
def anna(session: Session) -> Registration:
    registration = a_registration(session, an_open_event(session), ref="P1")
    session.commit()
    return registration


def path_of(anna: Registration) -> str:
    return f"/events/ki-hub-2022/registrations/{anna.id}"


def test_a_batch_is_answered_scan_by_scan(api: Api, anna: Registration) -> None:
    answer = api(
        "POST", SCANS, json={"scans": [SCAN, SCAN, {**SCAN, "ref": "P9"}]}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["result"] for result in results] == ["accepted", "duplicate", "rejected"]
    assert (results[2]["reason"], results[2]["detail"]) == (
        "unknown_code",
        "Nobody at this event has this code.",
    )


@pytest.mark.parametrize("ref", [r"\ud800", r"\u0000", r"P\udfff"])
def test_a_code_that_no_encoding_can_carry_is_rejected_alone(api: Api, anna: Registration, ref: str) -> None:
    good = json.dumps(SCAN)
    body = f'{{"scans": [{good}, {good.replace("P1", ref)}]}}'
    answer = api("POST", SCANS, content=body, headers={"Content-Type": "application/json"})
    results = answer.json()["results"]
    assert [(result["result"], result["reason"]) for result in results] == [
        ("accepted", None),
        ("rejected", "malformed"),
    ]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"scans": 7}', b"{}", b'{"scans": [], "more": 1}', b"\xff\xfe"]
)
def test_only_an_unreadable_body_is_refused_whole(api: Api, anna: Registration, body: bytes) -> None:
    answer = api("POST", SCANS, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_door_sends_scans_and_a_viewer_does_not(
    api_of: Callable[[Principal], Api], public: Api, anna: Registration
) -> None:
    assert api_of(a_principal(Role.door))("POST", SCANS, json={"scans": []}).status_code == 200
    assert api_of(a_principal(Role.viewer))("POST", SCANS, json={"scans": []}).status_code == 403
    assert public("POST", SCANS, json={"scans": []}).status_code == 401


def test_an_attendance_shows_its_scans_and_corrections(api: Api, anna: Registration) -> None:
    api("POST", SCANS, json={"scans": [SCAN]})
    scan_id = api("GET", path_of(anna) + "/attendance").json()["scans"][0]["id"]
    strike = {"kind": "strike_scan", "scan_id": scan_id, "reason": "Wrong person"}
    stay = {
        "kind": "add_stay",
        "entered_at": "2022-11-24T09:00:00+01:00",
        "left_at": "2022-11-24T12:00:00+01:00",
        "reason": "Seen by the team",
    }
    for body in (strike, stay):
        assert api("POST", path_of(anna) + "/corrections", json=body).status_code == 201
    attendance = api("GET", path_of(anna) + "/attendance").json()
    assert [correction["reason"] for correction in attendance["corrections"]] == [
        "Wrong person",
        "Seen by the team",
    ]
    assert api("POST", path_of(anna) + "/corrections", json=strike).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "set_minutes", "minutes": 345, "reason": "x"}, "body"),
        ({"kind": "strike_scan", "scan_id": "x", "reason": "x"}, "strike_scan.scan_id"),
        (
            {
                "kind": "add_stay",
                "entered_at": "2022-11-24T09:00:00",
                "left_at": "2022-11-24T09:00:00Z",
                "reason": "x",
            },
            "add_stay.entered_at",
        ),
        (
            {
                "kind": "add_stay",
                "entered_at": "2022-11-24T09:00:00Z",
                "left_at": "2022-11-24T08:00:00Z",
                "reason": "x",
            },
            "left_at",
        ),
    ],
)
def test_a_correction_that_cannot_be_is_refused_at_its_field(
    api: Api, anna: Registration, body: dict[str, object], field: str
) -> None:
    answer = api("POST", path_of(anna) + "/corrections", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("role", "organisation", "status"),
    [(Role.viewer, None, 403), (Role.door, None, 403), (Role.owner, FOREIGN_ORGANISATION, 404)],
)
def test_who_may_not_correct(
    api_of: Callable[[Principal], Api], anna: Registration, role: Role, organisation: object, status: int
) -> None:
    user = a_principal(role, FOREIGN_ORGANISATION) if organisation else a_principal(role)
    body = {"kind": "strike_scan", "scan_id": str(anna.id), "reason": "x"}
    assert api_of(user)("POST", path_of(anna) + "/corrections", json=body).status_code == status


def test_the_desk_marks_somebody_present_on_the_page(
    organiser: TestClient, anna: Registration, session: Session
) -> None:
    page = f"/registration{path_of(anna)}"
    assert organiser.post(page + "/present").headers["location"] == page
    [scan] = service.list_scans(session, anna.id)
    assert (scan.means, scan.author) == ("desk", "orga@example.org")
    assert "arrived" in organiser.get(page).text


def test_a_stay_is_added_on_the_page_in_the_events_zone(
    organiser: TestClient, anna: Registration, session: Session
) -> None:
    page = f"/registration{path_of(anna)}/add-stay"
    assert 'value="2022-11-24T09:30"' in organiser.get(page).text
    form = {"entered_at": "2022-11-24T10:00", "left_at": "2022-11-24T12:30", "reason": "Queue at the door"}
    assert organiser.post(page, data=form).status_code == 303
    [stay] = corrections.list_corrections(session, anna.id)
    assert stay.entered_at is not None
    assert stay.entered_at.isoformat() == "2022-11-24T09:00:00+00:00"
    assert "24 November 2022, 10:00–12:30" in organiser.get(f"/registration{path_of(anna)}").text


def test_a_stay_without_a_reason_comes_back_with_everything_typed(
    organiser: TestClient, anna: Registration
) -> None:
    page = f"/registration{path_of(anna)}/add-stay"
    answer = organiser.post(
        page, data={"entered_at": "2022-11-24T10:00", "left_at": "tomorrow", "reason": "Queue"}
    )
    assert answer.status_code == 422
    assert "Please enter day and time." in answer.text
    assert 'value="2022-11-24T10:00"' in answer.text
    assert 'value="Queue"' in answer.text


def test_a_scan_is_struck_on_the_page(
    api: Api, organiser: TestClient, anna: Registration, session: Session
) -> None:
    api("POST", SCANS, json={"scans": [SCAN]})
    [scan] = service.list_scans(session, anna.id)
    page = f"/registration{path_of(anna)}/scans/{scan.id}/strike"
    assert "24 November 2022, 09:00" in organiser.get(page).text
    assert organiser.post(page, data={"reason": " "}).status_code == 422
    assert organiser.post(page, data={"reason": "Wrong person"}).status_code == 303
    assert "Wrong person" in organiser.get(f"/registration{path_of(anna)}").text


@pytest.mark.parametrize("device", ["", "x" * 65, "a\u202eb", 7])
def test_a_device_has_a_name_that_can_be_printed(api: Api, anna: Registration, device: object) -> None:
    assert api("POST", SCANS, json={"scans": [], "device": device}).status_code == 422


def test_a_device_may_only_speak_of_itself(api: Api, anna: Registration, session: Session) -> None:
    answer = api("POST", SCANS, json={"scans": [], "device": "Main entrance", "held": 3})
    assert (answer.status_code, answer.json()) == (200, {"results": []})
    [device] = session.scalars(select(DoorDevice)).all()
    assert (device.name, device.held) == ("Main entrance", 3)
