"""Mails that came back after a server had taken them, and mailing a confirmation again.

What a server refuses at once stands in the mail's state. What comes back later arrives in the organiser's
mailbox, since every mail names it for replies; so the organiser says which address it was.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.attendance.rule import Delivery
from services.certificates.attendance.service import rules_of
from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.papers import Unprintable
from services.certificates.confirmations.posting import mail, reason_of
from services.certificates.copies.models import Attendee, Event
from services.certificates.runs.files import read
from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.mail import Mail, Mailbox


class AddressUnknown(NotFound):
    """No confirmation of this event was mailed to this address."""


class NotMailable(Conflict):
    """This address cannot have a mail. Please correct it at the attendees first."""


class NotValid(Conflict):
    """This confirmation is no longer valid, so it is not mailed again."""


def mark_bounced(session: Session, event: Event, address: str, *, now: Clock = utc_now) -> int:
    """The mails to this address came back: how many confirmations that concerns. Raises AddressUnknown.

    Whoever has another address by then is mailed at once.
    """
    wanted = _address(address)
    if wanted is None:
        raise AddressUnknown
    mailed = select(Mail.about_id).where(
        Mail.event_id == event.event_id, Mail.kind == "confirmation", Mail.recipient == wanted
    )
    own = select(Confirmation).where(
        Confirmation.event_id == event.event_id,
        Confirmation.state == State.VALID.value,
        Confirmation.registration_id.in_(mailed),
    )
    found = session.scalars(own.with_for_update()).all()
    if not found:
        raise AddressUnknown
    for confirmation in found:
        confirmation.bounced_at = now()
    session.flush()
    for confirmation in found:
        attendee = session.get(Attendee, confirmation.registration_id)
        if attendee and _address(attendee.email) not in (None, wanted):
            mail_again(session, event, confirmation)
    return len(found)


def mail_again(session: Session, event: Event, confirmation: Confirmation) -> None:
    """Mail a confirmation once more, as it was issued, to the address that the person has now.

    Raises NotValid and NotMailable.
    """
    attendee = session.get(Attendee, confirmation.registration_id)
    if confirmation.state != State.VALID.value or attendee is None:
        raise NotValid
    confirmation.mailings += 1
    confirmation.bounced_at = None
    delivery = Delivery(rules_of(session, event).delivery)
    try:
        mail(session, event, attendee, confirmation, read(confirmation.file), delivery)
    except Unprintable as problem:
        raise NotMailable from problem


def mail_to_corrected_address(
    session: Session, event: Event, issued: Sequence[Confirmation], people: Mapping[UUID, Attendee]
) -> int:
    """Whose mail failed or came back and who has another address since: mailed again. How many.

    Raises NotMailable.
    """
    by_reason = {reason_of(each): each for each in issued}
    mails = select(Mail.dedup_key, Mail.recipient, Mail.state).where(Mail.dedup_key.in_(by_reason))
    again = [
        by_reason[reason]
        for reason, recipient, state in session.execute(mails)
        if (state == "failed" or by_reason[reason].bounced_at)
        and _has_moved(people.get(by_reason[reason].registration_id), recipient)
    ]
    for confirmation in again:
        mail_again(session, event, confirmation)
    return len(again)


def _has_moved(attendee: Attendee | None, recipient: str) -> bool:
    return attendee is not None and _address(attendee.email) not in (None, recipient)


def _address(typed: str) -> str | None:
    """As mails are addressed; None for what is no address."""
    try:
        return Mailbox(typed.strip()).address
    except ValueError:
        return None
