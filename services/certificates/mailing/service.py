"""Mails that carry paper: from a person's copy and a letter to the queue."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.runtime import settings
from shared.kit import mail
from shared.kit.mail import Address, Letter, Mailbox


class Recipient(Protocol):
    """Whom a mail is for, as an attendee's copy says it."""

    registration_id: UUID
    email: str

    @property
    def name(self) -> str: ...


def post(session: Session, event: Event, to: Recipient, letter: Letter, *, reason: str) -> None:
    """Queue a letter in the caller's transaction; `reason` makes that one reason gives one mail.

    Raises ValueError for an address or name that no mail may carry.
    """
    address = Address(
        to=Mailbox(to.email, to.name),
        reply_to=reply_address(event),
        sender=Mailbox.parse(settings.mail_from),
        organisation_id=event.organisation_id,
        event_id=event.event_id,
        about_id=to.registration_id,
    )
    mail.post(session, letter, address, dedup_key=reason)


def reply_address(event: Event) -> Mailbox:
    """Where answers go: to the organiser, or to whoever sends our mails."""
    sender = Mailbox.parse(settings.mail_from)
    return mail.reply_address(event.contact_email, event.organiser, sender)
