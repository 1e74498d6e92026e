"""Registration's own mails, queued in the transaction that gives the reason for them."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.runtime import settings
from services.registration.signup.models import Event, Registration
from shared.kit.i18n import Locale
from shared.kit.mail import Address, Letter, Mailbox, post, reply_address


def send(session: Session, event: Event, registration: Registration, letter: Letter, *, reason: str) -> bool:
    """Queue a letter to one person; a second one for the same `reason` is not queued."""
    to = Mailbox(registration.email, f"{registration.first_name} {registration.last_name}")
    return _post(session, event, to, letter, about_id=registration.id, reason=reason)


def send_to_owner(
    session: Session, event: Event, registration: Registration, letter: Letter, *, reason: str
) -> bool:
    """Likewise to whoever reads the mails of this person's address, perhaps for several people: by no name."""
    return _post(session, event, Mailbox(registration.email), letter, about_id=registration.id, reason=reason)


def _post(
    session: Session, event: Event, to: Mailbox, letter: Letter, *, about_id: UUID, reason: str
) -> bool:
    sender = Mailbox.parse(settings.mail_from)
    address = Address(
        to=to,
        reply_to=reply_address(event.contact_email, event.organiser, sender),
        sender=sender,
        organisation_id=event.organisation_id,
        event_id=event.id,
        about_id=about_id,
    )
    return post(session, letter, address, dedup_key=f"{letter.kind}:{reason}")


def event_locale(event: Event) -> Locale:
    """The language of somebody who names none."""
    return "en" if event.default_locale == "en" else "de"


def locale_of(registration: Registration) -> Locale:
    return "en" if registration.locale == "en" else "de"
