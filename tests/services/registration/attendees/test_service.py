from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.attendees import service
from services.registration.attendees.models import ChangeLink
from services.registration.signup import places
from services.registration.signup.facts import link_of
from services.registration.signup.keys import AlreadyRegistered
from services.registration.signup.models import Event, Registration
from services.registration.signup.waiting_list import Places
from shared.contracts.registration import RegistrationChanged
from shared.errors import Invalid
from shared.kit.database import new_id
from tests.services.registration.builders import (
    a_registration,
    an_open_event,
    mail_text,
    mails,
    statuses,
    told,
)

NOW = datetime(2022, 11, 1, 12, tzinfo=UTC)
FORM = {"first_name": "Anna", "last_name": "Neu", "organisation": "TU", "locale": "en"}


@pytest.fixture
def event(session: Session) -> Event:
    return an_open_event(session, capacity=1)


@pytest.fixture
def anna(session: Session, event: Event) -> Registration:
    return a_registration(session, event, ref="P1")


def token_of(registration: Registration) -> str:
    return link_of(registration).rpartition("/")[2]


def change_token(session: Session, registration: Registration, now: datetime = NOW) -> str:
    """The secret in the mail that the attendee asked for."""
    service.ask_for_change(session, token_of(registration), now=lambda: now)
    return mail_text(session, "change-link").split("/registration/r/")[1].split("/change")[0]


def test_an_attendee_cancels_by_link_and_the_first_who_waits_has_the_place(
    session: Session, event: Event, anna: Registration
) -> None:
    a_registration(session, event, 2)
    service.cancel_by_link(session, token_of(anna))
    assert statuses(session, event) == ["cancelled", "confirmed"]
    assert [kind for kind, _ in mails(session)] == ["waiting"]


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 43, "A" * 4000])
def test_a_made_up_link_opens_nothing(session: Session, anna: Registration, token: str) -> None:
    with pytest.raises(service.LinkNotValid):
        service.find_by_link(session, token)


def test_a_changed_link_opens_nothing(session: Session, anna: Registration) -> None:
    token = token_of(anna)
    with pytest.raises(service.LinkNotValid):
        service.find_by_link(session, token[:-2] + ("AA" if token[-2:] != "AA" else "BA"))


def test_after_its_deadline_a_place_cannot_be_given_back(session: Session) -> None:
    event = an_open_event(session, cancel_until=NOW)
    anna = a_registration(session, event)
    with pytest.raises(service.TooLateToCancel):
        service.cancel_by_link(session, token_of(anna), now=lambda: NOW)
    assert statuses(session, event) == ["confirmed"]


def test_after_the_event_nobody_is_promoted_by_a_late_cancellation(
    session: Session, event: Event, anna: Registration
) -> None:
    a_registration(session, event, 2)
    event.state = "closed"
    with pytest.raises(service.TooLateToCancel):
        service.cancel_by_link(session, token_of(anna))
    assert statuses(session, event) == ["confirmed", "waiting"]


def test_a_change_needs_a_link_from_the_mailbox_that_works_once(
    session: Session, event: Event, anna: Registration
) -> None:
    secret = change_token(session, anna)
    service.change_by_link(session, secret, FORM, locale="de", now=lambda: NOW)
    [message] = told(session, RegistrationChanged)
    assert (message["last_name"], message["locale"], message["ref"]) == ("Neu", "en", "P1")
    assert message["sequence"] == 2
    with pytest.raises(service.ChangeLinkNotValid):
        service.change_by_link(session, secret, FORM, locale="de", now=lambda: NOW)


def test_a_change_link_is_too_old_after_ten_minutes(session: Session, anna: Registration) -> None:
    secret = change_token(session, anna)
    late = NOW + timedelta(minutes=10)
    with pytest.raises(service.ChangeLinkNotValid):
        service.open_change_link(session, secret, now=lambda: late)


def test_a_change_link_is_kept_as_a_digest(session: Session, anna: Registration) -> None:
    secret = change_token(session, anna)
    [stored] = session.scalars(select(ChangeLink.token_hash)).all()
    assert secret.encode() not in stored
    assert len(stored) == 32


def test_asking_again_at_once_sends_no_second_mail(session: Session, anna: Registration) -> None:
    for seconds in (0, 5, 121):
        service.ask_for_change(
            session, token_of(anna), now=lambda seconds=seconds: NOW + timedelta(seconds=seconds)
        )
    assert [kind for kind, _ in mails(session)] == ["change-link", "change-link"]


def test_a_bad_change_uses_no_link_up(session: Session, anna: Registration) -> None:
    secret = change_token(session, anna)
    with pytest.raises(Invalid):
        service.change_by_link(session, secret, {**FORM, "last_name": ""}, locale="de", now=lambda: NOW)
    assert service.open_change_link(session, secret, now=lambda: NOW)[1] == anna


def test_nobody_takes_the_name_of_another_person_of_the_same_address(session: Session) -> None:
    event = an_open_event(session)
    anna, _ = a_registration(session, event), a_registration(session, event, first_name="Ben")
    secret = change_token(session, anna)
    form = {**FORM, "first_name": "Ben", "last_name": "Muster1"}
    with pytest.raises(Invalid) as problem:
        service.change_by_link(session, secret, form, locale="en", now=lambda: NOW)
    assert [error.field for error in problem.value.errors] == ["last_name"]


def test_an_organiser_changes_an_address_and_the_old_link_is_void(
    session: Session, event: Event, anna: Registration
) -> None:
    old = token_of(anna)
    service.change_as_organiser(session, event, anna, {"email": "new@example.org"}, locale="en")
    with pytest.raises(service.LinkNotValid):
        service.find_by_link(session, old)
    assert service.find_by_link(session, token_of(anna))[1] == anna
    assert told(session, RegistrationChanged)[0]["link"] == link_of(anna)


def test_an_organiser_cannot_make_two_of_one_person(session: Session) -> None:
    event = an_open_event(session)
    first, second = a_registration(session, event, 1), a_registration(session, event, 2)
    change = {"last_name": first.last_name, "email": first.email}
    with pytest.raises(AlreadyRegistered):
        service.change_as_organiser(session, event, second, change, locale="en")


def test_a_change_of_somebody_who_waits_is_told_to_nobody(
    session: Session, event: Event, anna: Registration
) -> None:
    waiting = a_registration(session, event, 2)
    service.change_as_organiser(session, event, waiting, {"organisation": "TU"}, locale="en")
    assert told(session, RegistrationChanged) == []
    assert places.places_of(session, event.id) == Places(capacity=1, taken=1, waiting=1)


def test_a_cancelled_registration_cannot_be_changed(
    session: Session, event: Event, anna: Registration
) -> None:
    service.cancel(session, event, anna.id)
    with pytest.raises(service.RegistrationIsCancelled):
        service.change_as_organiser(session, event, anna, {"organisation": "TU"}, locale="en")
    with pytest.raises(service.RegistrationIsCancelled):
        service.ask_for_change(session, token_of(anna))


def test_a_registration_of_another_event_is_not_found(session: Session, anna: Registration) -> None:
    other = an_open_event(session, slug="other")
    for registration_id in (anna.id, new_id()):
        with pytest.raises(service.RegistrationNotFound):
            service.cancel(session, other, registration_id)
