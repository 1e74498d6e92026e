"""The mailing of an event's confirmations, for programs."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class MailingOut(BaseModel):
    """How the mailing runs at this moment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "counts": {"sent": 45, "queued": 2, "failed": 1},
                    "waiting": 2,
                    "per_second": 12.5,
                    "last_sent_at": "2022-11-24T15:21:00Z",
                    "stuck": 1,
                    "bounced": 0,
                    "held_up": [],
                }
            ]
        }
    )

    counts: dict[str, int]
    """Mails by state: queued, claimed, sending, sent, unknown, failed, suppressed."""
    waiting: int
    per_second: float
    """Of the last minute."""
    last_sent_at: datetime | None
    stuck: int
    """Mails that failed, that nobody knows to have arrived, or that a server has put off; at most 100."""
    bounced: int
    """Confirmations whose mail came back."""
    held_up: list[str]
    """Why no mail leaves at all, where that is so."""


class Bounce(BaseModel):
    """An address from which a mail came back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"address": "lotti.geisel.11@example.org"}]}
    )

    address: Annotated[str, StringConstraints(max_length=254)]


class BounceOut(BaseModel):
    """How many confirmations had been mailed there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"confirmations": 1}]})

    confirmations: int
