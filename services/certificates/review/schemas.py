"""What the API takes and gives about an organiser's decisions."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.certificates.attendance.rule import Reason, Verdict

# Long enough for a paragraph, short enough for a list.
LONGEST_REASON = 500


class DecisionIn(BaseModel):
    """Somebody gets a paper though the rules say otherwise, or does not get it. Null: the rules decide again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "registration_id": "0198c5a0-0000-7000-8000-000000000003",
                    "paper": "attendance",
                    "is_in": True,
                    "reason": "Helped at the entrance and missed the first session for it.",
                }
            ]
        },
    )

    registration_id: UUID
    paper: Annotated[str, StringConstraints(max_length=120)]
    """A kind; for the confirmation of one session `session:` and its key."""
    is_in: bool | None
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)] = ""


class DecisionOut(BaseModel):
    """What holds for that paper now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "registration_id": "0198c5a0-0000-7000-8000-000000000003",
                    "paper": "attendance",
                    "verdict": "due",
                    "reason": "taken_in",
                }
            ]
        }
    )

    registration_id: UUID
    paper: str
    verdict: Verdict
    reason: Reason
