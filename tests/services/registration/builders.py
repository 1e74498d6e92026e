"""Small builders of test data: a test names only what it is about."""

import email
from collections.abc import Iterable
from datetime import UTC, datetime
from email import policy
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.signup import events, service, setup
from services.registration.signup.models import Event, Registration
from services.registration.signup.person import Person
from services.registration.signup.schemas import Settings
from shared.contracts.agenda import EventChanged, EventState, Venue
from shared.contracts.messages import Message
from shared.kit.access import Principal, Role
from shared.kit.database import new_id
from shared.kit.mail.models import Mail
from shared.kit.outbox import OutboxMessage

ORGANISATION = UUID("00000000-0000-7000-8000-000000000001")
FOREIGN_ORGANISATION = UUID("00000000-0000-7000-8000-000000000002")


def event_facts(**changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": ORGANISATION,
        "sequence": 1,
        "event_id": new_id(),
        "slug": "ki-hub-2022",
        "state": EventState.published,
        "title": {"de": "Vernetzungstreffen", "en": "Networking meeting"},
        "starts_at": datetime(2022, 11, 24, 8, 30, tzinfo=UTC),
        "ends_at": datetime(2022, 11, 24, 15, 15, tzinfo=UTC),
        "timezone": "Europe/Berlin",
        "venue": Venue(name="TU Chemnitz", city="Chemnitz", country="DE"),
        "organiser": "Zentrum Chemnitz",
        "contact_email": "tagung@example.org",
    } | changes


def an_event(session: Session, **changes: Any) -> Event:
    """A published event, as the agenda told us of it."""
    facts = event_facts(**changes)
    events.keep_event(session, EventChanged(**facts))
    session.flush()
    return session.get_one(Event, facts["event_id"], populate_existing=True)


def an_open_event(
    session: Session, *, capacity: int = 60, slug: str = "ki-hub-2022", **settings: Any
) -> Event:
    """A published event that people can sign up for."""
    event = an_event(session, slug=slug)
    setup.change_settings(session, event, Settings(capacity=capacity, **settings))
    session.flush()
    return event


def a_person(number: int = 1, **changes: Any) -> Person:
    facts = {
        "first_name": "Anna",
        "last_name": f"Muster{number}",
        "email": f"anna.muster.{number}@example.org",
    }
    return Person(**(facts | changes))


def a_registration(session: Session, event: Event, number: int = 1, **changes: Any) -> Registration:
    return service.sign_up_as_organiser(session, event, a_person(number, **changes))


def registrations(session: Session, event: Event) -> list[Registration]:
    rows = select(Registration).where(Registration.event_id == event.id).order_by(Registration.position)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def statuses(session: Session, event: Event) -> list[str]:
    return [registration.status for registration in registrations(session, event)]


def mails(session: Session) -> list[tuple[str, str]]:
    """Kind and recipient of each queued mail, in order."""
    return [(mail.kind, mail.recipient) for mail in session.scalars(select(Mail).order_by(Mail.id))]


def mail_text(session: Session, kind: str) -> str:
    """Everything that the newest mail of a kind says, headers included."""
    raw = session.scalars(
        select(Mail.message).where(Mail.kind == kind).order_by(Mail.id.desc()).limit(1)
    ).one()
    message = email.message_from_bytes(raw or b"", policy=policy.default)
    body = message.get_body(("plain",))
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    return f"{headers}\n{body.get_content() if body else ''}"


def told(session: Session, contract: type[Message], consumer: str = "certificates") -> list[dict[str, Any]]:
    """The payloads of one contract that wait for a consumer, in the order of telling."""
    rows = select(OutboxMessage).where(
        OutboxMessage.name == contract.name, OutboxMessage.consumer == consumer
    )
    return [row.envelope["data"] for row in session.scalars(rows.order_by(OutboxMessage.message_id))]


def a_principal(role: Role = Role.organiser, organisation_id: UUID = ORGANISATION) -> Principal:
    return Principal(
        account_id=new_id(), session_id=new_id(), name="orga@example.org", roles={organisation_id: role}
    )


def names(rows: Iterable[Registration]) -> list[str]:
    return [row.last_name for row in rows]
