"""What happens to a registration after sign-up: it is cancelled, it is changed."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.attendees import letters
from services.registration.attendees.models import ChangeLink, Confirmation
from services.registration.mailing import service as mails
from services.registration.runtime import settings as runtime_settings
from services.registration.signup import links, places
from services.registration.signup.facts import tell
from services.registration.signup.keys import AlreadyRegistered
from services.registration.signup.models import Event, Registration
from services.registration.signup.person import Person, read_person
from services.registration.signup.promotion import promote
from services.registration.signup.service import (
    EventCalledOff,
    EventIsOver,
    keys_of,
    may_notify,
    window_of,
)
from services.registration.signup.setup import find_settings, form_of, settings_of
from services.registration.signup.window import can_cancel
from shared.contracts.agenda import EventState
from shared.contracts.certificates import ConfirmationIssued
from shared.contracts.registration import RegistrationCancelled, RegistrationChanged
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_, Locale, gettext

log = structlog.get_logger()

# Long enough for a slow mail server and a cup of tea, short enough for a mailbox that others see.
CHANGE_LINK_LIFE = timedelta(minutes=10)
# One who clicks twice gets one mail; one whose mail got lost soon gets another.
CHANGE_LINK_PAUSE = timedelta(minutes=2)


class RegistrationNotFound(NotFound):
    """There is no such registration."""


class LinkNotValid(NotFound):
    """This link is not valid any more. Your latest mail about the event has the right one."""


class ChangeLinkNotValid(NotFound):
    """This link has been used or is too old. Please ask for a new one."""


class TooLateToCancel(Conflict):
    """Registrations for this event can no longer be cancelled here. Please write to the organiser."""


class RegistrationIsCancelled(Conflict):
    """This registration was cancelled. Please sign up again."""


def find_registration(session: Session, event: Event, registration_id: UUID) -> Registration:
    registration = session.get(Registration, registration_id)
    if registration is None or registration.event_id != event.id:
        raise RegistrationNotFound
    return registration


def find_by_link(session: Session, token: str) -> tuple[Event, Registration]:
    """Whose link this is. Raises LinkNotValid for one that we did not make, or that was replaced."""
    registration_id = links.id_in(token)
    registration = session.get(Registration, registration_id) if registration_id else None
    secret = runtime_settings.link_secret
    if registration is None or not links.is_genuine(
        token, registration.id, registration.link_version, secret
    ):
        raise LinkNotValid
    return session.get_one(Event, registration.event_id), registration


def cancel_by_link(session: Session, token: str, *, now: Clock = utc_now) -> Registration:
    """The attendee gives the place back. Raises TooLateToCancel after the event's deadline."""
    event, registration = find_by_link(session, token)
    if registration.status == "cancelled":
        return registration
    if not can_cancel(window_of(event, find_settings(session, event.id)), now()):
        raise TooLateToCancel
    return cancel(session, event, registration.id, now=now)


def cancel(session: Session, event: Event, registration_id: UUID, *, now: Clock = utc_now) -> Registration:
    """Cancel a registration; a place goes to the first in the waiting list. Doing it twice is doing it once.

    Raises a Conflict for an event that is not running: a place in it helps nobody who waits.
    """
    _must_be_running(event)
    counter = places.lock(session, event.id)
    registration = _locked(session, event, registration_id)
    if counter is None or registration.status == "cancelled":
        return registration
    had_place = registration.status == "confirmed"
    registration.status, registration.cancelled_at = "cancelled", now()
    registration.version += 1
    session.flush()
    if had_place:
        tell(session, RegistrationCancelled, registration)
        _pass_on(session, event, is_awaited=counter.waiting > 0, now=now())
    else:
        # Whoever has a ticket hears from certificates, with the calendar entry that goes with it.
        places.stop_waiting(session, event.id)
        _say_goodbye(session, event, registration)
    log.info("registration.cancelled", event_id=str(event.id), had_place=had_place)
    return registration


def _must_be_running(event: Event) -> None:
    reasons: dict[str, type[Conflict]] = {
        EventState.closed: EventIsOver,
        EventState.cancelled: EventCalledOff,
    }
    if event.state in reasons:
        raise reasons[event.state]


def lock_registration(session: Session, event: Event, registration_id: UUID) -> Registration:
    """The registration as it is now, held until the transaction ends. Raises RegistrationNotFound.

    The counter comes first, as for everybody: in another order two changes would wait for each other.
    """
    places.lock(session, event.id)
    return _locked(session, event, registration_id)


def _locked(session: Session, event: Event, registration_id: UUID) -> Registration:
    row = select(Registration).where(Registration.id == registration_id, Registration.event_id == event.id)
    found = session.scalars(row.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise RegistrationNotFound
    return found


def _pass_on(session: Session, event: Event, *, is_awaited: bool, now: datetime) -> None:
    places.give_back(session, event.id)
    if is_awaited:
        promote(session, event.id, 1, now)


def _say_goodbye(session: Session, event: Event, registration: Registration) -> None:
    sign_up_url = f"{runtime_settings.public_url}/e/{event.slug}"
    letter = letters.cancelled(event, registration, sign_up_url=sign_up_url)
    mails.send(session, event, registration, letter, reason=str(registration.id))


def change(
    session: Session, event: Event, registration: Registration, person: Person, *, now: Clock = utc_now
) -> Registration:
    """Replace what is known of somebody; the other services hear it. A new address gets a new link.

    The registration is locked (see `lock_registration`). Raises RegistrationIsCancelled, AlreadyRegistered,
    AddressFull or RefTaken.
    """
    if registration.status == "cancelled":
        raise RegistrationIsCancelled
    keys = keys_of(session, event, person, current=registration)
    if keys.address_key != registration.address_key:
        registration.link_version += 1
    for name, value in {**asdict(person), **asdict(keys)}.items():
        setattr(registration, name, value)
    registration.version += 1
    session.flush()
    if registration.status == "confirmed":
        tell(session, RegistrationChanged, registration)
    log.info(
        "registration.changed",
        event_id=str(event.id),
        registration=str(registration.id),
        at=now().isoformat(),
    )
    return registration


def change_as_organiser(
    session: Session,
    event: Event,
    registration: Registration,
    changes: Mapping[str, object],
    *,
    locale: Locale,
) -> Registration:
    """Change the fields that are named, as they are named at sign-up; null empties one.

    The registration is locked: what nobody named stays as the last change left it.
    """
    wanted = form_of(settings_of(session, event.id))
    raw = {**as_sent(registration), **changes}
    person = read_person(raw, wanted, locale=locale, default_locale=_locale(registration), is_organiser=True)
    return change(session, event, registration, person)


def as_sent(registration: Registration) -> dict[str, str]:
    """A registration under the names of the sign-up form."""
    return {
        "first_name": registration.first_name,
        "last_name": registration.last_name,
        "email": registration.email,
        "organisation": registration.organisation,
        "category": registration.category,
        "locale": registration.locale,
        "ref": registration.ref or "",
        **registration.answers,
    }


def _locale(registration: Registration) -> Locale:
    return mails.locale_of(registration)


def ask_for_change(session: Session, token: str, *, now: Clock = utc_now) -> Registration:
    """Mail a link by which the attendee can change the registration once, within ten minutes."""
    event, registration = find_by_link(session, token)
    if registration.status == "cancelled":
        raise RegistrationIsCancelled
    kind = f"change:{registration.id}"
    if may_notify(session, event.id, registration.address_key, kind, now(), pause=CHANGE_LINK_PAUSE):
        secret = _make_change_link(session, registration, now())
        url = f"{runtime_settings.public_url}/registration/r/{secret}/change"
        letter = letters.change_link(event, registration, link=url)
        mails.send(session, event, registration, letter, reason=_hashed(secret).hex())
    return registration


def _make_change_link(session: Session, registration: Registration, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    session.add(
        ChangeLink(
            organisation_id=registration.organisation_id,
            registration_id=registration.id,
            token_hash=_hashed(secret),
            created_at=now,
            expires_at=now + CHANGE_LINK_LIFE,
        )
    )
    session.flush()
    return secret


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def open_change_link(session: Session, secret: str, *, now: Clock = utc_now) -> tuple[Event, Registration]:
    """Whose registration a one-time link changes. Raises ChangeLinkNotValid; looking does not use it up."""
    good = select(ChangeLink.registration_id).where(*_is_good(secret, now()))
    registration_id = session.scalar(good)
    if registration_id is None:
        raise ChangeLinkNotValid
    registration = session.get_one(Registration, registration_id)
    return session.get_one(Event, registration.event_id), registration


def change_by_link(
    session: Session, secret: str, form: Mapping[str, object], *, locale: Locale, now: Clock = utc_now
) -> Registration:
    """Change a registration by its one-time link, and use the link up.

    The mail address stays: the link proves it. Raises Invalid with a sentence for each bad field.
    """
    event, known = open_change_link(session, secret, now=now)
    registration = lock_registration(session, event, known.id)
    wanted = form_of(settings_of(session, event.id))
    raw = {
        **form,
        "email": registration.email,
        "category": registration.category,
        "ref": registration.ref or "",
    }
    person = read_person(raw, wanted, locale=locale, default_locale=_locale(registration), is_organiser=True)
    _use_up(session, secret, now())
    try:
        return change(session, event, registration, person, now=now)
    except AlreadyRegistered as problem:
        sentence = gettext(
            locale, N_("Somebody with this name is registered with your mail address already.")
        )
        raise Invalid([FieldError("last_name", sentence)]) from problem


def _use_up(session: Session, secret: str, now: datetime) -> None:
    used = update(ChangeLink).where(*_is_good(secret, now)).values(used_at=now)
    if session.scalar(used.returning(ChangeLink.id)) is None:
        raise ChangeLinkNotValid


def _is_good(secret: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ChangeLink.token_hash == _hashed(secret),
        ChangeLink.used_at.is_(None),
        ChangeLink.expires_at > now,
    )


def keep_confirmation(session: Session, message: ConfirmationIssued) -> None:
    """Remember that somebody's attendance was confirmed."""
    facts = {
        "organisation_id": message.organisation_id,
        "event_id": message.event_id,
        "registration_id": message.registration_id,
        "number": message.number,
        "attended_minutes": message.attended_minutes,
        "issued_at": message.issued_at,
        "sequence": message.sequence,
    }
    row = insert(Confirmation).values(id=message.confirmation_id, **facts)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Confirmation.id], set_=facts, where=Confirmation.sequence < row.excluded.sequence
        )
    )


def is_confirmed(session: Session, registration_id: UUID) -> bool:
    """Whether a confirmation was issued to somebody."""
    issued = exists().where(Confirmation.registration_id == registration_id)
    return bool(session.scalar(select(issued)))
