from datetime import UTC, datetime
from itertools import permutations

import pytest

from services.certificates.copies.models import (
    AttendanceTotals,
    Attendee,
    Correction,
    Event,
    ProgrammeRelease,
    Scan,
)
from shared.contracts.agenda import EventState
from shared.contracts.registration import RegistrationStatus, SessionRevoked
from shared.kit.access import RevokedSession
from shared.kit.database import new_id
from tests.services.certificates.api import API, program
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import an_added_stay, every, hear
from tests.support.facts import ORGANISATION


def test_the_newest_state_of_an_event_stays_whatever_the_order(few: ModelEvent) -> None:
    states = [few.published(sequence=number, slug=f"slug-{number}") for number in (1, 2, 3)]
    for order in permutations(states):
        hear(*order)
        assert [event.slug for event in every(Event)] == ["slug-3"]


def test_a_change_that_overtakes_the_closing_does_not_hide_it(few: ModelEvent) -> None:
    changed = few.published(sequence=5, state=EventState.closed, slug="renamed")
    hear(changed, few.closed())
    event = every(Event)[0]
    assert (event.slug, event.state, event.closed_release) == ("renamed", "closed", 1)


def test_an_event_that_is_opened_again_is_not_closed(few: ModelEvent) -> None:
    hear(few.closed(), few.published(sequence=5))
    assert every(Event)[0].state == "published"


@pytest.mark.parametrize("repetitions", [1, 3])
def test_scans_and_corrections_are_sets(few: ModelEvent, repetitions: int) -> None:
    correction = an_added_stay("P11", few)
    for _ in range(repetitions):
        hear(*map(few.scanned, few.door_log), correction)
    assert (len(every(Scan)), len(every(Correction))) == (len(few.door_log), 1)


def test_every_release_is_kept(few: ModelEvent) -> None:
    hear(few.released(sequence=2), few.released(sequence=1), few.released(sequence=2))
    assert sorted(release.release for release in every(ProgrammeRelease)) == [1, 2]


def test_the_newest_totals_stay(few: ModelEvent) -> None:
    hear(few.totals(sequence=2, scans=9), few.totals(sequence=1, scans=8))
    assert [totals.scans for totals in every(AttendanceTotals)] == [9]


def test_a_cancelled_registration_stays_cancelled_when_its_place_is_told_late(few: ModelEvent) -> None:
    person = few.person("P11")
    hear(few.confirmed(person, sequence=2, status=RegistrationStatus.cancelled), few.confirmed(person))
    assert [attendee.status for attendee in every(Attendee)] == ["cancelled"]


def test_a_revoked_session_opens_nothing(few: ModelEvent) -> None:
    hear(few.published())
    session_id = new_id()
    client = program(session_id=session_id)
    assert client.get(f"{API}/rules").status_code == 200
    far_ahead = datetime(2099, 1, 1, tzinfo=UTC)
    hear(
        SessionRevoked(organisation_id=ORGANISATION, sequence=1, session_id=session_id, expires_at=far_ahead)
    )
    assert len(every(RevokedSession)) == 1
    assert client.get(f"{API}/rules").status_code == 401
