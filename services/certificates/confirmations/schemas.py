"""What organisers see of confirmations, for programs."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.certificates.confirmations.models import State
from services.certificates.confirmations.trouble import Trouble


class ConfirmationOut(BaseModel):
    """An issued confirmation as its organisers see it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0198c5a0-0000-7000-8000-000000000048",
                    "registration_id": "0198c5a0-0000-7000-8000-000000000003",
                    "paper": "attendance",
                    "number": "KIH-2022-0048",
                    "code": "7KQM-P2XD-9RTV",
                    "state": "valid",
                    "attended_minutes": 345,
                    "issued_at": "2022-11-24T15:20:00Z",
                    "doubt": None,
                    "replaces": None,
                    "replaced_by": None,
                    "bounced_at": None,
                }
            ]
        }
    )

    id: UUID
    registration_id: UUID
    paper: str
    """A kind; for the confirmation of one session `session:` and its key."""
    number: str
    code: str
    state: State
    attended_minutes: int
    issued_at: datetime
    doubt: str | None
    """`no_longer_due`, `minutes_changed` or `name_changed` where a later change does not bear it out."""
    replaces: str | None
    """The number of the version before this one."""
    replaced_by: str | None
    """The number of the version after this one, which made it invalid."""
    bounced_at: datetime | None
    """When an organiser saw that its mail had come back."""


class ConfirmationsOut(BaseModel):
    """How far an event's confirmations are."""

    is_closed: bool
    missing: list[str]
    """What was counted at closing and has not arrived: `programme`, `totals`, `registrations`, `scans`, `corrections`, `devices`."""
    starts_at: datetime | None
    """From when on they go out; null before closing, or until the review is finished."""
    waiting: int
    """People who still have to be looked at."""
    held_up: dict[Trouble, int]
    """How many of them could not be given theirs, by what went wrong; it is tried again by itself."""
    confirmations: list[ConfirmationOut]
