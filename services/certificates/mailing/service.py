"""Mails that carry paper: from a person's copy and a letter to the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.runtime import settings
from shared.kit import mail
from shared.kit.i18n import Locale
from shared.kit.mail import Attachment, Body, Calendar, Mailbox, NewMail


class Recipient(Protocol):
    """Whom a mail is for, as an attendee's copy says it."""

    registration_id: UUID
    email: str

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail before it is addressed."""

    kind: str
    subject: str
    body: Body
    language: Locale
    attachments: Sequence[Attachment] = ()
    calendar: Calendar | None = None


def post(session: Session, event: Event, to: Recipient, letter: Letter, *, reason: str) -> None:
    """Queue a letter in the caller's transaction; `reason` makes that one reason gives one mail.

    Raises ValueError for an address or name that no mail may carry.
    """
    message = mail.compose(
        to=Mailbox(to.email, to.name),
        subject=letter.subject,
        text=letter.body.text,
        html=letter.body.html,
        reply_to=reply_address(event),
        sender=Mailbox.parse(settings.mail_from),
        locale=letter.language,
        attachments=letter.attachments,
        calendar=letter.calendar,
        kind=letter.kind,
    )
    mail.queue(
        session,
        NewMail(
            organisation_id=event.organisation_id,
            event_id=event.event_id,
            about_id=to.registration_id,
            dedup_key=reason,
            message=message,
        ),
    )


def reply_address(event: Event) -> Mailbox:
    """Where answers go: to the organiser, or to whoever sends our mails."""
    if event.contact_email:
        return Mailbox(event.contact_email, event.organiser)
    return Mailbox.parse(settings.mail_from)
