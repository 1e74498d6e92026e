from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.registration.attendees import service as attendees
from services.registration.signup import keys, places, service, setup
from services.registration.signup.models import PlaceCounter, Registration
from services.registration.signup.schemas import Settings
from services.registration.signup.waiting_list import Places
from shared.contracts.agenda import EventState
from shared.contracts.registration import RegistrationCancelled, RegistrationConfirmed
from shared.errors import Conflict
from tests.services.registration.builders import (
    a_person,
    a_registration,
    an_event,
    an_open_event,
    mail_text,
    mails,
    registrations,
    statuses,
    told,
)

NOW = datetime(2022, 11, 1, 12, tzinfo=UTC)


def test_whoever_signs_up_while_places_are_free_has_one(session: Session) -> None:
    event = an_open_event(session, capacity=1)
    assert service.sign_up_publicly(session, event, a_person()) == "confirmed"
    assert statuses(session, event) == ["confirmed"]


def test_a_place_is_told_with_the_persons_whole_state_and_link(session: Session) -> None:
    event = an_open_event(session)
    service.sign_up_publicly(session, event, a_person(answers={"diet": "vegan"}))
    [message] = told(session, RegistrationConfirmed)
    assert message["email"] == "anna.muster.1@example.org"
    assert message["answers"] == {"diet": "vegan"}
    assert message["promoted"] is False
    [registration] = registrations(session, event)
    token = message["link"].rpartition("/")[2]
    assert attendees.find_by_link(session, token) == (event, registration)


def test_when_the_event_is_full_people_wait_and_are_told_their_place_by_mail_only(session: Session) -> None:
    event = an_open_event(session, capacity=1)
    answers = [service.sign_up_publicly(session, event, a_person(number)) for number in (1, 2, 3)]
    assert answers == ["confirmed", "waiting", "waiting"]
    assert mails(session) == [
        ("waiting", "anna.muster.2@example.org"),
        ("waiting", "anna.muster.3@example.org"),
    ]
    assert "Ihr Platz in der Liste: 2" in mail_text(session, "waiting")
    assert len(told(session, RegistrationConfirmed)) == 1


def test_a_mail_answers_to_the_organiser(session: Session) -> None:
    event = an_open_event(session, capacity=0)
    service.sign_up_publicly(session, event, a_person(locale="en"))
    text = mail_text(session, "waiting")
    assert "Reply-To: Zentrum Chemnitz <tagung@example.org>" in text
    assert "You need do nothing" in text


def test_the_same_person_again_is_answered_as_anybody_and_the_owner_gets_a_mail(session: Session) -> None:
    event = an_open_event(session, capacity=2)
    service.sign_up_publicly(session, event, a_person())
    again = a_person(first_name="ANNA", email="Anna.Muster.1@example.org")
    assert service.sign_up_publicly(session, event, again) == "confirmed"
    assert places.places_of(session, event.id) == Places(capacity=2, taken=1)
    assert mails(session) == [("repeated", "anna.muster.1@example.org")]


def test_the_same_person_again_hears_that_a_new_one_would_wait(session: Session) -> None:
    event = an_open_event(session, capacity=1)
    service.sign_up_publicly(session, event, a_person())
    assert service.sign_up_publicly(session, event, a_person()) == "waiting"
    assert statuses(session, event) == ["confirmed"]


def test_nobody_can_have_somebody_flooded_with_mails(session: Session) -> None:
    event = an_open_event(session)
    for minute in (0, 1, 30, 61):
        service.sign_up_publicly(
            session, event, a_person(), now=lambda minute=minute: NOW + timedelta(minutes=minute)
        )
    assert mails(session) == [("repeated", "anna.muster.1@example.org")] * 2


def test_another_name_with_the_same_address_is_another_person(session: Session) -> None:
    event = an_open_event(session)
    for name in ("Anna", "Ben"):
        service.sign_up_publicly(session, event, a_person(first_name=name))
    assert statuses(session, event) == ["confirmed", "confirmed"]


def test_beyond_the_limit_of_an_address_the_answer_is_the_same_and_the_mail_says_so(session: Session) -> None:
    event = an_open_event(session, places_per_address=2)
    answers = [
        service.sign_up_publicly(session, event, a_person(first_name=name)) for name in ("Anna", "Ben", "Cem")
    ]
    assert answers == ["confirmed"] * 3
    assert places.places_of(session, event.id).taken == 2
    assert mails(session) == [("address-full", "anna.muster.1@example.org")]
    assert "2 Personen" in mail_text(session, "address-full")


def test_a_cancelled_registration_does_not_block_a_new_one(session: Session) -> None:
    event = an_open_event(session, places_per_address=1)
    first = a_registration(session, event)
    attendees.cancel(session, event, first.id)
    service.sign_up_publicly(session, event, a_person())
    assert statuses(session, event) == ["cancelled", "confirmed"]


def test_the_database_itself_refuses_the_same_person_twice(session: Session) -> None:
    event = an_open_event(session)
    known = a_registration(session, event)
    columns = {column.key: getattr(known, column.key) for column in Registration.__table__.columns}
    session.add(Registration(**columns | {"id": None, "address_slot": 2}))
    with pytest.raises(IntegrityError, match="uq_registrations_person"):
        session.flush()


def test_the_database_itself_refuses_more_places_than_there_are(session: Session) -> None:
    event = an_open_event(session, capacity=1)
    a_registration(session, event)
    session.get_one(PlaceCounter, event.id, populate_existing=True).taken = 2
    with pytest.raises(IntegrityError, match="not_oversold"):
        session.flush()


def test_a_cancelled_place_goes_to_the_first_in_the_waiting_list(session: Session) -> None:
    event = an_open_event(session, capacity=1)
    first, second, third = (a_registration(session, event, number) for number in (1, 2, 3))
    attendees.cancel(session, event, first.id)
    assert statuses(session, event) == ["cancelled", "confirmed", "waiting"]
    assert [message["promoted"] for message in told(session, RegistrationConfirmed)] == [False, True]
    assert [message["registration_id"] for message in told(session, RegistrationCancelled)] == [str(first.id)]
    assert service.place_in_list(session, third) == 1
    assert second.version == 2


def test_nobody_overtakes_the_waiting_list(session: Session) -> None:
    """The model event's way: X1 and X2 wait, one of the 60 cancels and signs up again behind X2."""
    event = an_open_event(session, capacity=1)
    holder, x1, x2 = (a_registration(session, event, number) for number in (1, 2, 3))
    attendees.cancel(session, event, holder.id)
    again = a_registration(session, event, 1)
    assert again.status == "waiting"
    attendees.cancel(session, event, x1.id)
    attendees.cancel(session, event, x2.id)
    assert statuses(session, event) == ["cancelled", "cancelled", "cancelled", "confirmed"]
    assert places.places_of(session, event.id) == Places(capacity=1, taken=1)


def test_cancelling_twice_gives_one_place_back(session: Session) -> None:
    event = an_open_event(session, capacity=2)
    first, _ = a_registration(session, event, 1), a_registration(session, event, 2)
    attendees.cancel(session, event, first.id)
    attendees.cancel(session, event, first.id)
    assert places.places_of(session, event.id) == Places(capacity=2, taken=1)
    assert len(told(session, RegistrationCancelled)) == 1


def test_somebody_who_waits_can_leave_and_nobody_hears_of_it_but_the_person(session: Session) -> None:
    event = an_open_event(session, capacity=0)
    waiting = a_registration(session, event)
    attendees.cancel(session, event, waiting.id)
    assert places.places_of(session, event.id) == Places(capacity=0)
    assert told(session, RegistrationCancelled) == []
    assert mails(session)[-1] == ("cancelled", "anna.muster.1@example.org")


def test_more_places_promote_those_who_wait_in_their_order(session: Session) -> None:
    event = an_open_event(session, capacity=1)
    for number in (1, 2, 3, 4):
        a_registration(session, event, number)
    setup.change_settings(session, event, Settings(capacity=3))
    assert statuses(session, event) == ["confirmed", "confirmed", "confirmed", "waiting"]


def test_fewer_places_than_people_have_is_a_conflict_that_says_how_many(session: Session) -> None:
    event = an_open_event(session, capacity=2)
    a_registration(session, event)
    with pytest.raises(setup.CapacityBelowTaken, match="Places taken already: 1"):
        setup.change_settings(session, event, Settings(capacity=0))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"opens_at": NOW + timedelta(seconds=1)}, service.SignUpNotOpen),
        ({"closes_at": NOW}, service.SignUpEnded),
    ],
)
def test_deadlines_are_kept(session: Session, settings: dict[str, datetime], problem: type[Conflict]) -> None:
    event = an_open_event(session, **settings)
    with pytest.raises(problem):
        service.sign_up_publicly(session, event, a_person(), now=lambda: NOW)
    assert statuses(session, event) == []


def test_an_organiser_signs_people_up_after_the_deadline(session: Session) -> None:
    event = an_open_event(session, closes_at=NOW)
    assert a_registration(session, event, ref="P01").ref == "P01"


def test_an_organiser_hears_what_the_public_does_not(session: Session) -> None:
    event = an_open_event(session, places_per_address=1)
    a_registration(session, event, ref="P01")
    with pytest.raises(keys.AlreadyRegistered):
        a_registration(session, event)
    with pytest.raises(keys.AddressFull):
        a_registration(session, event, first_name="Ben")
    with pytest.raises(keys.RefTaken):
        a_registration(session, event, 2, ref="P01")
    assert places.places_of(session, event.id).taken == 1


def test_nobody_is_signed_up_for_an_event_that_was_called_off(session: Session) -> None:
    event = an_event(session, state=EventState.cancelled)
    setup.change_settings(session, event, Settings(capacity=5))
    with pytest.raises(service.EventCalledOff):
        a_registration(session, event)


def test_an_organiser_need_not_wait_until_the_event_is_published_here_too(session: Session) -> None:
    event = an_event(session, state=EventState.draft)
    setup.change_settings(session, event, Settings(capacity=5))
    anna = a_registration(session, event)
    attendees.cancel(session, event, anna.id)
    assert statuses(session, event) == ["cancelled"]


def test_two_people_of_one_address_use_the_slots_that_are_free(session: Session) -> None:
    event = an_open_event(session, places_per_address=2)
    anna, _ = a_registration(session, event), a_registration(session, event, first_name="Ben")
    attendees.cancel(session, event, anna.id)
    assert a_registration(session, event, first_name="Cem").address_slot == 1
    active = select(func.count()).where(Registration.status != "cancelled")
    assert session.scalar(active) == 2
