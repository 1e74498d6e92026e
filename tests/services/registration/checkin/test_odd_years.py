"""An instant that PostgreSQL takes and Python cannot read again would break every page that shows it."""

import pytest
from sqlalchemy.orm import Session

from services.registration.signup.models import Registration
from tests.services.registration.builders import a_registration, an_open_event
from tests.support.visitors import Api

BASE = "/events/ki-hub-2022"
ODD = ["0001-01-01T00:00:00+10:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:00-12:00"]


@pytest.fixture
def anna(session: Session) -> Registration:
    registration = a_registration(session, an_open_event(session), ref="P1")
    session.commit()
    return registration


@pytest.mark.parametrize("odd", ODD)
def test_a_stay_in_a_year_in_which_nobody_meets_is_refused(api: Api, anna: Registration, odd: str) -> None:
    stay = {"kind": "add_stay", "left_at": "2022-11-24T16:15:00+01:00", "reason": "x", "entered_at": odd}
    assert api("POST", f"{BASE}/registrations/{anna.id}/corrections", json=stay).status_code == 422
    assert api("GET", f"{BASE}/registrations/{anna.id}/attendance").json()["corrections"] == []


@pytest.mark.parametrize("odd", ODD)
def test_a_scan_of_a_clock_that_was_never_set_is_rejected_alone(
    api: Api, anna: Registration, odd: str
) -> None:
    scans = [{"scanned_at": odd, "direction": "in", "ref": "P1"}]
    [result] = api("POST", f"{BASE}/scans", json={"scans": scans}).json()["results"]
    assert (result["result"], result["reason"]) == ("rejected", "malformed")


@pytest.mark.parametrize("field", ["opens_at", "closes_at", "cancel_until"])
@pytest.mark.parametrize("odd", ODD)
def test_a_deadline_in_such_a_year_is_refused_and_the_settings_stay_readable(
    api: Api, anna: Registration, field: str, odd: str
) -> None:
    etag = api("GET", f"{BASE}/settings").headers["ETag"]
    changed = {"capacity": 60, field: odd}
    answer = api("PUT", f"{BASE}/settings", json=changed, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert api("GET", f"{BASE}/settings").status_code == 200
