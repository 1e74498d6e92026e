"""A letter on its way to the queue: what the services that write to people do alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from shared.kit.i18n import Locale
from shared.kit.mail.addresses import Mailbox
from shared.kit.mail.compose import Attachment, Calendar, compose
from shared.kit.mail.outgoing import NewMail, queue
from shared.kit.mail.texts import Body


@dataclass(frozen=True)
class Letter:
    """One mail before it is addressed; `kind` is one word for the organiser's overview."""

    kind: str
    subject: str
    body: Body
    language: Locale
    attachments: Sequence[Attachment] = ()
    calendar: Calendar | None = None


@dataclass(frozen=True, kw_only=True)
class Address:
    """Whom a letter is for and from; `about_id` is the registration that it is about."""

    to: Mailbox
    reply_to: Mailbox
    sender: Mailbox
    organisation_id: UUID
    event_id: UUID
    about_id: UUID


def post(session: Session, letter: Letter, address: Address, *, dedup_key: str) -> bool:
    """Queue a letter in the caller's transaction; False if one with its key was queued before."""
    message = compose(
        to=address.to,
        subject=letter.subject,
        text=letter.body.text,
        html=letter.body.html,
        reply_to=address.reply_to,
        sender=address.sender,
        locale=letter.language,
        attachments=letter.attachments,
        calendar=letter.calendar,
        kind=letter.kind,
    )
    mail = NewMail(
        organisation_id=address.organisation_id,
        event_id=address.event_id,
        about_id=address.about_id,
        dedup_key=dedup_key,
        message=message,
    )
    return queue(session, mail)


def reply_address(contact_email: str | None, organiser: str, sender: Mailbox) -> Mailbox:
    """Where answers go: to the organiser, or to whoever sends our mails."""
    return Mailbox(contact_email, organiser) if contact_email else sender
