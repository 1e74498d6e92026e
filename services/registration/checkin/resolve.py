"""Whom a scan means. Pure: the people it could mean are given."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.registration.checkin.scans import Direction, Means, Pointer, Rejection, Scan
from shared.contracts.ticket_code import TicketCodeError, event_tag, parse, verify


@dataclass(frozen=True)
class KnownPeople:
    """Registrations with a place, by what a scan may carry. `by_ticket` holds the reason for a bad code."""

    by_ticket: Mapping[str, UUID | Rejection] = field(default_factory=dict)
    by_short_code: Mapping[str, UUID] = field(default_factory=dict)
    by_ref: Mapping[str, UUID] = field(default_factory=dict)
    is_cancelled: Mapping[UUID, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Resolved:
    """A scan of a known person; `flag` is `cancelled` where the registration had been cancelled before."""

    registration_id: UUID
    scanned_at: datetime
    direction: Direction
    means: Means
    flag: str | None = None


def read_ticket(code: str, event_id: UUID, public_keys: Sequence[bytes]) -> UUID | Rejection:
    """The registration that a genuine ticket names; a key is 32 bytes (Ed25519)."""
    try:
        ticket = parse(code)
        if ticket.event_tag != event_tag(event_id):
            return Rejection("other_event")
        return verify(code, event_id, list(public_keys))
    except TicketCodeError:
        return Rejection("forged_ticket")


def raw_key(text: str) -> bytes:
    """32 bytes from unpadded base64url; none from what is no key, which then verifies nothing."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def resolve(scan: Scan | Rejection, people: KnownPeople) -> Resolved | Rejection:
    """The person behind a scan, or why there is none."""
    if isinstance(scan, Rejection):
        return scan
    found = _find(scan, people)
    if isinstance(found, Rejection):
        return found
    if found not in people.is_cancelled:
        return Rejection("unknown_code")
    flag = "cancelled" if people.is_cancelled[found] else None
    return Resolved(found, scan.scanned_at, scan.direction, scan.pointer, flag)


def _find(scan: Scan, people: KnownPeople) -> UUID | Rejection:
    by_code: Mapping[Pointer, Mapping[str, UUID | Rejection]] = {
        "ticket": people.by_ticket,
        "short_code": people.by_short_code,
        "ref": people.by_ref,
    }
    return by_code[scan.pointer].get(scan.code, Rejection("unknown_code"))
