"""The mail that carries a confirmation."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.certificates.confirmations import letters
from services.certificates.confirmations.letters import ConfirmationFacts
from services.certificates.confirmations.models import Confirmation
from services.certificates.confirmations.papers import Unprintable, address_of
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.wording import facts_of, language_of
from services.certificates.mailing.service import post
from services.certificates.runs.problems import not_mailable
from shared.kit.mail import Attachment, Letter


def mail(
    session: Session, event: Event, attendee: Attendee, confirmation: Confirmation, paper: bytes
) -> None:
    """Queue the mail in the caller's transaction. Raises Unprintable for an address that no mail can have."""
    language = language_of(attendee.locale)
    facts = ConfirmationFacts(
        event=facts_of(event, language),
        name=attendee.name,
        number=confirmation.number,
        attended_minutes=confirmation.attended_minutes,
        address=address_of(confirmation.code),
    )
    letter = Letter(
        kind="confirmation",
        subject=letters.subject(facts.event, language),
        body=letters.body(facts, language),
        language=language,
        attachments=attachments_of(confirmation, paper),
    )
    try:
        post(session, event, attendee, letter, reason=f"confirmation:{confirmation.confirmation_id}")
    except ValueError as problem:
        raise Unprintable(not_mailable(attendee.email)) from problem


def attachments_of(confirmation: Confirmation, paper: bytes) -> Sequence[Attachment]:
    """All files that travel with the mail."""
    return [Attachment(f"{confirmation.number}.pdf", paper)]
