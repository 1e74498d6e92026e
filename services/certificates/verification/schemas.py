"""What the public page of a confirmation says, for programs."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.certificates.confirmations.kinds import Kind
from services.certificates.confirmations.models import State
from services.certificates.verification.service import Outcome, Reason
from shared.kit.signing_keys import KeyState

CONFIRMATION_EXAMPLE: dict[str, Any] = {
    "number": "KIH-2022-0048",
    "code": "7KQM-P2XD-9RTV",
    "state": "valid",
    "kind": "attendance",
    "parts": [],
    "replaced_by": None,
    "organiser": "Mittelstand-Digital Zentrum Chemnitz",
    "event": {
        "de": "Vernetzungstreffen des KI-Hubs Sachsen-Thüringen",
        "en": "Networking meeting of the AI Hub Saxony-Thuringia",
    },
    "starts_at": "2022-11-24T08:30:00Z",
    "ends_at": "2022-11-24T15:15:00Z",
    "timezone": "Europe/Berlin",
    "place": "TU Chemnitz, Professur Fabrikplanung und Intralogistik",
    "holder": "L. W.",
    "attended_minutes": 345,
    "programme_minutes": 345,
    "teaching_units": 7,
    "issued_at": "2022-11-24T15:20:00Z",
}


JUDGEMENT_EXAMPLE: dict[str, Any] = {
    "outcome": "altered",
    "reasons": ["broken", "text"],
    "lines": ["Max Beispiel"],
    "signed_by": "Treffpunkt events.example.org",
    "signed_at": "2022-11-24T15:20:00Z",
    "key_state": "active",
    "confirmation": CONFIRMATION_EXAMPLE,
}


class PublicConfirmation(BaseModel):
    """A confirmation as everybody may see it: enough to compare with the paper."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONFIRMATION_EXAMPLE]})

    number: str
    code: str
    state: State
    kind: Kind
    parts: list[str]
    """The titles of the sessions that it is about, where that is not the whole event."""
    replaced_by: str | None
    """The number of the newer version, where there is one."""
    organiser: str
    event: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    holder: str
    """Initials only; the whole name stands on the paper."""
    attended_minutes: int
    programme_minutes: int
    teaching_units: int
    issued_at: datetime


class PublicJudgement(BaseModel):
    """What a PDF is that somebody sent: `genuine`, `revoked`, `altered`, `foreign` or `unreadable`.

    `reasons` say what does not match: `broken` (what was signed has been changed), `appended` (something was added
    behind it), `unsigned`, `text` (it says something else, see `lines`), `bytes` (another file that says the same),
    `lost` (it cannot be compared).
    """

    model_config = ConfigDict(json_schema_extra={"examples": [JUDGEMENT_EXAMPLE]})

    outcome: Outcome
    reasons: list[Reason]
    lines: list[str]
    """Lines that stand in the file and not on the confirmation that was issued."""
    signed_by: str | None
    signed_at: datetime | None
    key_state: KeyState | None
    confirmation: PublicConfirmation | None
