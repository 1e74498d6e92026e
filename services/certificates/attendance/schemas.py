"""What the API takes and gives about rules and attendance."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.certificates.attendance.rule import Changes, Delivery, MailingStart, Reason, Verdict
from services.certificates.confirmations.kinds import Kind
from services.certificates.documents.text import ForbiddenCharacters, clean
from shared.kit.i18n import N_

RULES_EXAMPLE: dict[str, Any] = {
    "min_share_of_programme": 0.75,
    "count_open_stays": True,
    "hold_open_stays": False,
    "mailing": {"start": "after_closing", "delay_minutes": 0},
    "confirmations": [
        {"kind": "attendance", "categories": []},
        {"kind": "speaker", "categories": ["speaker"]},
    ],
    "required_sessions": [{"session": "cafe", "min_share": 0.5}],
    "own_confirmations": [],
    "changes": "ask",
    "delivery": "attachment",
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


# Whom the registrations call a speaker; the programme names organisations and people without a registration.
SPEAKERS = "speaker"


class Offer(BaseModel):
    """A kind of confirmation, and for which categories of registrations; none means everybody."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal[Kind.ATTENDANCE, Kind.HOURS, Kind.TEACHING_UNITS, Kind.SPEAKER]
    categories: list[Annotated[str, StringConstraints(min_length=1, max_length=64)]] = Field(
        [], max_length=50
    )

    @model_validator(mode="after")
    def thank_speakers_only(self) -> Self:
        if self.kind is Kind.SPEAKER and not self.categories:
            self.categories = [SPEAKERS]
        return self


class SessionShare(BaseModel):
    """A session by its key, and how much of it must have been attended, from 0 to 1.

    A minute counts for one session only, also where sessions are parallel: for the longer one.
    """

    model_config = ConfigDict(extra="forbid")

    session: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    min_share: float = Field(0.75, ge=0, le=1)


def _once_each(shares: list[SessionShare]) -> list[SessionShare]:
    if len({each.session for each in shares}) < len(shares):
        raise ValueError(TWICE)
    return shares


TWICE = N_("Please name each of them once.")
SessionShares = Annotated[list[SessionShare], Field(max_length=200), AfterValidator(_once_each)]


def _kinds_once_each(offers: list[Offer]) -> list[Offer]:
    if len({each.kind for each in offers}) < len(offers):
        raise ValueError(TWICE)
    return offers


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [RULES_EXAMPLE]})

    count_open_stays: bool = True
    """Whether a stay without a scan at the exit counts until the end of its day."""
    hold_open_stays: bool = False
    """Whether people with such a stay wait for the organiser's review."""
    mailing: Mailing = Mailing()
    confirmations: Annotated[list[Offer], AfterValidator(_kinds_once_each)] = [Offer(kind=Kind.ATTENDANCE)]
    """Which kinds the event issues, and to whom."""
    required_sessions: SessionShares = []
    """Sessions of which a share must have been attended, besides the share of the programme."""
    own_confirmations: SessionShares = []
    """Sessions that have a confirmation of their own, for whoever attended that share of them."""
    changes: Changes = Changes.ASK
    """Whether later scans and corrections bring a new version by themselves, or the organiser is asked."""
    delivery: Delivery = Delivery.ATTACHMENT
    """Whether mails carry the papers, or a link to the page from which the person can fetch them."""
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


class EntitlementOut(BaseModel):
    """What the rules, or an organiser's decision, say about one paper of a person."""

    paper: str
    """A kind; for the confirmation of one session `session:` and its key."""
    verdict: Verdict
    reason: Reason


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
                    "papers": [{"paper": "attendance", "verdict": "due", "reason": "enough"}],
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
    """True where any paper is due."""
    is_held: bool
    """True where somebody has to look first, for instance at an open stay."""
    papers: list[EntitlementOut]
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
