from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.agenda.attendees import tasks
from services.agenda.attendees.models import Attendee
from services.agenda.attendees.service import count_arrived, count_confirmed
from shared.contracts.registration import (
    AttendanceCorrected,
    CorrectionKind,
    Direction,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationFacts,
    RegistrationStatus,
)
from tests.support.facts import EVENT, NOON, ORGANISATION, a_confirmed_registration, a_scan

PERSON = uuid4()


def confirmed(sequence: int = 1, **changes: object) -> RegistrationConfirmed:
    return a_confirmed_registration(registration_id=PERSON, sequence=sequence, **changes)


def cancelled(sequence: int) -> RegistrationCancelled:
    facts = confirmed(sequence, status=RegistrationStatus.cancelled).model_dump()
    return RegistrationCancelled.model_validate(facts)


def attendee(session: Session, registration_id: UUID = PERSON) -> Attendee:
    session.expire_all()
    return session.scalars(select(Attendee).where(Attendee.registration_id == registration_id)).one()


def test_whoever_has_a_place_is_known_by_name_and_wishes(session: Session) -> None:
    tasks.on_registration(session, confirmed(organisation="TZLR", answers={"cafe_wish_1": "schulungen"}))
    copy = attendee(session)
    assert (copy.name, copy.organisation, copy.wishes) == (
        "Lisbeth Wieloch",
        "TZLR",
        {"cafe_wish_1": "schulungen"},
    )
    assert count_confirmed(session, EVENT) == 1


def test_a_change_replaces_the_copy(session: Session) -> None:
    tasks.on_registration(session, confirmed())
    facts = confirmed(2, last_name="Muster").model_dump()
    tasks.on_registration(session, RegistrationChanged.model_validate(facts))
    assert attendee(session).name == "Lisbeth Muster"


def test_a_cancelled_registration_leaves_no_name(session: Session) -> None:
    tasks.on_registration(session, confirmed())
    tasks.on_registration(session, cancelled(2))
    assert (attendee(session).name, count_confirmed(session, EVENT)) == ("", 0)


@pytest.mark.parametrize("first_is_new", [True, False])
def test_an_older_message_that_comes_late_changes_nothing(session: Session, first_is_new: bool) -> None:
    messages: list[RegistrationFacts] = [confirmed(1), cancelled(2)]
    for message in reversed(messages) if first_is_new else messages:
        tasks.on_registration(session, message)
    assert (attendee(session).sequence, count_confirmed(session, EVENT)) == (2, 0)


def test_an_arrival_may_be_told_before_the_registration(session: Session) -> None:
    tasks.on_scan_recorded(session, a_scan(PERSON))
    assert count_arrived(session, EVENT) == 0
    tasks.on_registration(session, confirmed())
    assert count_arrived(session, EVENT) == 1


def test_exits_and_scans_of_cancelled_tickets_are_no_arrival(session: Session) -> None:
    tasks.on_registration(session, confirmed())
    tasks.on_scan_recorded(session, a_scan(PERSON, direction=Direction.exit))
    tasks.on_scan_recorded(session, a_scan(PERSON, flag="cancelled"))
    assert count_arrived(session, EVENT) == 0


def test_somebody_who_comes_twice_has_arrived_once(session: Session) -> None:
    tasks.on_registration(session, confirmed())
    for _ in range(2):
        tasks.on_scan_recorded(session, a_scan(PERSON))
    assert count_arrived(session, EVENT) == 1


def a_correction(**changes: object) -> AttendanceCorrected:
    facts: dict[str, object] = {
        "organisation_id": ORGANISATION,
        "correction_id": uuid4(),
        "event_id": EVENT,
        "registration_id": PERSON,
        "kind": CorrectionKind.add_stay,
        "entered_at": NOON,
        "left_at": NOON,
        "reason": "The scanner was broken.",
        "author": "olga@example.org",
        "corrected_at": NOON,
    }
    return AttendanceCorrected.model_validate({**facts, **changes})


def test_a_stay_that_was_added_is_an_arrival(session: Session) -> None:
    tasks.on_registration(session, confirmed())
    tasks.on_attendance_corrected(session, a_correction())
    assert count_arrived(session, EVENT) == 1


@pytest.mark.parametrize("strike_comes_first", [True, False])
def test_a_struck_scan_is_no_arrival_whichever_is_told_first(
    session: Session, strike_comes_first: bool
) -> None:
    tasks.on_registration(session, confirmed())
    scan = a_scan(PERSON)
    strike = a_correction(
        kind=CorrectionKind.strike_scan, scan_id=scan.scan_id, entered_at=None, left_at=None
    )
    if strike_comes_first:
        tasks.on_attendance_corrected(session, strike)
    tasks.on_scan_recorded(session, scan)
    if not strike_comes_first:
        tasks.on_attendance_corrected(session, strike)
    assert count_arrived(session, EVENT) == 0
