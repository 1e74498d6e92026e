"""Registration's own mails, queued in the transaction that gives the reason for them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.registration.runtime import settings
from services.registration.signup.models import Event, Registration
from shared.kit.i18n import Locale
from shared.kit.mail.addresses import Mailbox
from shared.kit.mail.compose import compose
from shared.kit.mail.outgoing import NewMail, queue
from shared.kit.mail.texts import Body


@dataclass(frozen=True)
class Letter:
    """One mail's content; `kind` is one word for the organiser's overview."""

    kind: str
    subject: str
    body: Body


def send(session: Session, event: Event, registration: Registration, letter: Letter, *, reason: str) -> bool:
    """Queue a letter to one person; a second one for the same `reason` is not queued."""
    sender = Mailbox.parse(settings.mail_from)
    message = compose(
        to=Mailbox(registration.email, f"{registration.first_name} {registration.last_name}"),
        subject=letter.subject,
        text=letter.body.text,
        html=letter.body.html,
        reply_to=Mailbox(event.contact_email, event.organiser) if event.contact_email else sender,
        sender=sender,
        locale=registration.locale,
        kind=letter.kind,
    )
    mail = NewMail(
        organisation_id=event.organisation_id,
        event_id=event.id,
        about_id=registration.id,
        dedup_key=f"{letter.kind}:{reason}",
        message=message,
    )
    return queue(session, mail)


def locale_of(registration: Registration) -> Locale:
    return "en" if registration.locale == "en" else "de"
