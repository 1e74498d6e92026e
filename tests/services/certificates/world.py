"""The service as tests use it: what it hears, what it does by itself, and what can be seen of it."""

import time
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTPUTF8
from types import ModuleType
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import undefer

import services.certificates.copies.tasks
import services.certificates.ways.tasks
import shared.kit.revocation_tasks
from services.certificates.attendance.models import Rules
from services.certificates.attendance.schemas import RulesIn
from services.certificates.attendance.service import set_rules
from services.certificates.confirmations.tasks import issue_confirmations
from services.certificates.copies.models import Event
from services.certificates.database import Base
from services.certificates.runtime import Sessions
from services.certificates.tickets.tasks import issue_tickets
from shared.contracts.messages import Envelope, Message, seal
from shared.contracts.registration import AttendanceCorrected, CorrectionKind
from shared.kit.clock import utc_now
from shared.kit.database import KitBase, new_id
from shared.kit.mail import Mail
from shared.kit.messaging import receive
from shared.kit.outbox import OutboxMessage
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.support.facts import EVENT, ORGANISATION

MODULES: tuple[ModuleType, ...] = (
    services.certificates.copies.tasks,
    services.certificates.ways.tasks,
    shared.kit.revocation_tasks,
)
HANDLERS: dict[type[Message], Any] = {
    contract: function
    for module in MODULES
    for function in vars(module).values()
    for contract in getattr(function, "contracts", ())
}

AT_ONCE = {"mailing": {"start": "after_closing", "delay_minutes": 0}, "number_prefix": "KIH"}

T = TypeVar("T", bound=Base | KitBase)


def an_added_stay(ref: str, model_event: ModelEvent) -> AttendanceCorrected:
    event = model_event.programme["event"]
    return AttendanceCorrected(
        organisation_id=ORGANISATION,
        correction_id=new_id(),
        event_id=EVENT,
        registration_id=id_of(ref),
        kind=CorrectionKind.add_stay,
        entered_at=event["starts_at"],
        left_at=event["ends_at"],
        reason="The scanner was broken.",
        author="organiser@example.org",
        corrected_at=event["ends_at"],
    )


def envelope_of(message: Message) -> Envelope:
    return seal(message, message_id=new_id(), time=utc_now())


def hear(*messages: Message) -> None:
    """Each message arrives once, in its own transaction."""
    for message in messages:
        arrive(envelope_of(message), message)


def arrive(envelope: Envelope, message: Message) -> None:
    with Sessions.begin() as session:
        receive(session, envelope, message, HANDLERS[type(message)])


def rule(event_id: UUID = EVENT, **changes: Any) -> Rules:
    """The event's rules: the model event's, unless something is said about them."""
    with Sessions.begin() as session:
        event = session.get_one(Event, event_id)
        return set_rules(session, event, RulesIn.model_validate({**AT_ONCE, **changes}))


def work() -> None:
    """What the service does by itself when beat calls."""
    issue_tickets()
    issue_confirmations()


def every(model: type[T]) -> list[T]:
    with Sessions() as session:
        return list(session.scalars(select(model)))


def count(model: type[Base] | type[KitBase]) -> int:
    with Sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def until_somebody_waits() -> None:
    """Come back when a transaction waits for another one's lock. Raises TimeoutError after 10 seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with Sessions() as session:
            if session.scalar(text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")):
                return
        time.sleep(0.02)
    raise TimeoutError


def mails(kind: str | None = None) -> list[EmailMessage]:
    """The queued mails in the order of queuing."""
    with Sessions() as session:
        queued = select(Mail).options(undefer(Mail.message)).order_by(Mail.id)
        found = session.scalars(queued if kind is None else queued.where(Mail.kind == kind)).all()
    return [BytesParser(EmailMessage, policy=SMTPUTF8).parsebytes(mail.message or b"") for mail in found]


def told(name: str) -> list[dict[str, Any]]:
    """What the service told the others, by the message's name."""
    with Sessions() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.name == name))
        return [row.envelope["data"] for row in rows]


def part(mail: EmailMessage, content_type: str) -> Any:
    """The content of the first part of this type."""
    return next(each for each in mail.walk() if each.get_content_type() == content_type).get_content()
