"""Facts that certificates tells: tickets and confirmations that were issued."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.messages import Message, Service


class TicketIssued(Message):
    """Somebody's ticket: what the door needs to recognise it."""

    name: ClassVar[str] = "certificates.ticket_issued.v1"
    producer: ClassVar[Service] = Service.certificates
    consumers: ClassVar[tuple[Service, ...]] = (Service.registration,)
    aggregate: ClassVar[str] = "ticket"

    ticket_id: UUID
    event_id: UUID
    registration_id: UUID
    short_code: str
    """Eight letters that can be read aloud; unique in the event."""
    public_key: str
    """Ed25519 public key of the ticket's signature, 32 bytes in unpadded base64url."""

    @property
    def subject(self) -> UUID:
        return self.ticket_id


class ConfirmationIssued(Message):
    """Somebody's confirmation of attendance was issued."""

    name: ClassVar[str] = "certificates.confirmation_issued.v1"
    producer: ClassVar[Service] = Service.certificates
    consumers: ClassVar[tuple[Service, ...]] = (Service.registration,)
    aggregate: ClassVar[str] = "confirmation"

    confirmation_id: UUID
    event_id: UUID
    registration_id: UUID
    number: str
    attended_minutes: int
    issued_at: AwareDatetime

    @property
    def subject(self) -> UUID:
        return self.confirmation_id
