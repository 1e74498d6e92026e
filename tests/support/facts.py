"""Messages and people for tests: each mentions only what the test is about."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts.certificates import TicketIssued
from shared.contracts.registration import (
    Direction,
    RegistrationConfirmed,
    RegistrationStatus,
    ScanRecorded,
)
from shared.kit.database import new_id

ORGANISATION = UUID("01890a5d-0000-7000-8000-000000000001")
EVENT = UUID("01890a5d-0000-7000-8000-000000000002")
NOON = datetime(2022, 11, 24, 12, tzinfo=UTC)


def a_confirmed_registration(**changes: Any) -> RegistrationConfirmed:
    facts: dict[str, Any] = {
        "organisation_id": ORGANISATION,
        "sequence": 1,
        "registration_id": new_id(),
        "event_id": EVENT,
        "status": RegistrationStatus.confirmed,
        "first_name": "Lisbeth",
        "last_name": "Wieloch",
        "email": "lisbeth.wieloch@example.org",
        "registered_at": NOON,
        "link": "http://localhost:8080/registration/r/token",
    }
    return RegistrationConfirmed(**{**facts, **changes})


def a_scan(registration_id: UUID, **changes: Any) -> ScanRecorded:
    facts: dict[str, Any] = {
        "organisation_id": ORGANISATION,
        "scan_id": new_id(),
        "event_id": EVENT,
        "registration_id": registration_id,
        "scanned_at": NOON,
        "direction": Direction.entry,
        "means": "ticket",
    }
    return ScanRecorded(**{**facts, **changes})


def a_ticket(**changes: Any) -> TicketIssued:
    facts: dict[str, Any] = {
        "organisation_id": ORGANISATION,
        "sequence": 1,
        "ticket_id": new_id(),
        "event_id": EVENT,
        "registration_id": new_id(),
        "short_code": "BCDFGHJK",
        "public_key": "A" * 43,
    }
    return TicketIssued(**{**facts, **changes})
