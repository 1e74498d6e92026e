"""What the API takes and gives about rules and attendance."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.certificates.attendance.rule import MailingStart
from services.certificates.documents.text import ForbiddenCharacters, clean
from shared.kit.i18n import N_

RULES_EXAMPLE: dict[str, Any] = {
    "min_share_of_programme": 0.75,
    "count_open_stays": True,
    "hold_open_stays": False,
    "mailing": {"start": "after_closing", "delay_minutes": 0},
    "funding_reference": "",
    "number_prefix": "KIH",
}

# Letters and digits that survive file names, letters and telephone calls.
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,12}$")]


def _printable(text: str) -> str:
    try:
        return clean(text)
    except ForbiddenCharacters as problem:
        raise ValueError(UNPRINTABLE) from problem


UNPRINTABLE = N_("This text contains characters that are invisible or turn the direction of reading.")
# One line: it is printed at the foot of lists.
FundingReference = Annotated[str, StringConstraints(max_length=200), AfterValidator(_printable)]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)]


class Mailing(BaseModel):
    """When confirmations go out: some minutes after closing, or once somebody has looked at the attendance."""

    model_config = ConfigDict(extra="forbid")

    start: MailingStart = MailingStart.AFTER_REVIEW
    # A month: what is meant to wait longer waits for a review.
    delay_minutes: int = Field(0, ge=0, le=31 * 24 * 60)


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [RULES_EXAMPLE]})

    count_open_stays: bool = True
    """Whether a stay without a scan at the exit counts until the end of its day."""
    hold_open_stays: bool = False
    """Whether people with such a stay wait for the organiser's review."""
    mailing: Mailing = Mailing()
    funding_reference: FundingReference = ""
    """Printed on sign-in sheets and evidence lists, as funders demand it."""
    number_prefix: Prefix = ""
    """What the running numbers begin with."""


class RulesIn(_Rules):
    """An event's rules."""

    min_share_of_programme: Share = Decimal("0.75")
    """From 0 to 1: how much of the programme without its breaks somebody must have attended."""


class RulesOut(_Rules):
    """An event's rules as they are in force."""

    min_share_of_programme: float


class StayOut(BaseModel):
    """One stay; `left_at` is null where nobody was scanned at the exit."""

    entered_at: datetime
    left_at: datetime | None
    is_open: bool
    scan_ids: tuple[UUID, ...]
    correction_id: UUID | None


class ParticipantOut(BaseModel):
    """What one person attended, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "registration_id": "0198c5a0-0000-7000-8000-000000000003",
                    "ref": "P03",
                    "first_name": "Hagen",
                    "last_name": "Seidel",
                    "checked_in": True,
                    "open_stays": 1,
                    "attended_minutes": 345,
                    "confirmation_due": True,
                    "is_held": False,
                    "stays": [
                        {
                            "entered_at": "2022-11-24T08:17:00Z",
                            "left_at": None,
                            "is_open": True,
                            "scan_ids": ["0198c5a0-0000-7000-8000-0000000000aa"],
                            "correction_id": None,
                        }
                    ],
                }
            ]
        }
    )

    registration_id: UUID
    ref: str | None
    first_name: str
    last_name: str
    checked_in: bool
    open_stays: int
    attended_minutes: int
    confirmation_due: bool
    is_held: bool
    """True where an open stay waits for the organiser's review."""
    stays: list[StayOut]


class AttendanceOut(BaseModel):
    """An event's attendance, counted at this moment.

    The totals are those of the whole event; they stand on the first page, and are null on the others.
    """

    programme_minutes: int
    registered: int | None
    checked_in: int | None
    open_stays: int | None
    confirmations_due: int | None
    participants: list[ParticipantOut]
