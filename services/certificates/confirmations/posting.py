"""The mail that carries a confirmation."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.certificates.attendance.rule import Delivery
from services.certificates.confirmations import letters
from services.certificates.confirmations.kinds import Kind
from services.certificates.confirmations.letters import ConfirmationFacts
from services.certificates.confirmations.models import Confirmation
from services.certificates.confirmations.papers import Unprintable, address_of
from services.certificates.copies.models import Attendee, Event
from services.certificates.copies.wording import facts_of, language_of
from services.certificates.mailing.service import post
from services.certificates.runs.problems import not_mailable
from services.certificates.signing.credentials import MEDIA_TYPE
from services.certificates.signing.service import credential_of
from shared.kit.mail import Attachment, Letter, withhold


def mail(
    session: Session,
    event: Event,
    attendee: Attendee,
    confirmation: Confirmation,
    paper: bytes,
    delivery: Delivery,
) -> None:
    """Queue the mail in the caller's transaction. Raises Unprintable for an address that no mail can have."""
    language = language_of(attendee.locale)
    # A person whose copy has no page of their own can only get the paper itself.
    is_attached = delivery is Delivery.ATTACHMENT or not attendee.link
    facts = ConfirmationFacts(
        event=facts_of(event, language),
        kind=Kind(confirmation.kind),
        name=attendee.name,
        number=confirmation.number,
        attended_minutes=confirmation.attended_minutes,
        address=address_of(confirmation.code),
        own_page=attendee.link,
        parts=", ".join(confirmation.facts.get("sessions", ())),
        replaces=confirmation.replaces or "",
        is_attached=is_attached,
    )
    letter = Letter(
        kind="confirmation",
        subject=letters.subject(facts, language),
        body=letters.body(facts, language),
        language=language,
        attachments=attachments_of(confirmation, attendee, paper) if is_attached else (),
    )
    try:
        post(session, event, attendee, letter, reason=reason_of(confirmation))
    except ValueError as problem:
        raise Unprintable(not_mailable(attendee.email)) from problem


def reason_of(confirmation: Confirmation) -> str:
    """One mail for each time that it is to be mailed."""
    again = f":{confirmation.mailings}" if confirmation.mailings > 1 else ""
    return f"confirmation:{confirmation.confirmation_id}{again}"


def withhold_mail(session: Session, confirmation: Confirmation) -> None:
    """What is no longer valid is not mailed, if it has not left yet."""
    withhold(session, reason_of(confirmation))


def attachments_of(confirmation: Confirmation, attendee: Attendee, paper: bytes) -> Sequence[Attachment]:
    """All files that travel with the mail: the paper, and the same as a credential for programs."""
    credential = credential_of(confirmation, language_of(attendee.locale), holder=attendee.name)
    return [
        Attachment(f"{confirmation.number}.pdf", paper),
        Attachment(f"{confirmation.number}.jwt", credential.encode("ascii"), MEDIA_TYPE),
    ]
