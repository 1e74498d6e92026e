"""Shapes of scans and corrections, as the API takes and gives them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from services.registration.checkin.scans import Reason
from services.registration.signup.names import is_storable
from shared.kit.i18n import N_
from shared.kit.instants import Instant

UNREADABLE = N_("Please use a name of letters that can be printed.")


class Batch(BaseModel):
    """Scans of a device (none, for one that only speaks of itself), in any order, each `scanned_at`, `direction` and one of `ticket`, `short_code`, `ref`.

    One that cannot be read is rejected alone, so their shape is not checked here.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "device": "Main entrance",
                "held": 0,
                "scans": [
                    {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in", "ref": "P42"},
                    {
                        "scanned_at": "2022-11-24T12:17:00+01:00",
                        "direction": "out",
                        "short_code": "BCDF-GHJK",
                    },
                ],
            }
        },
    )

    scans: list[Any]
    device: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] | None = (
        None
    )
    """What the device calls itself; after closing the organiser sees by this name who still holds scans."""
    held: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """How many scans the device still holds after this batch."""

    @field_validator("device")
    @classmethod
    def must_be_storable(cls, name: str | None) -> str | None:
        if name is not None and not (is_storable(name) and name.isprintable()):
            raise ValueError(UNREADABLE)
        return name


class ScanResult(BaseModel):
    """What became of one scan. A rejected one is kept too, without its code."""

    model_config = ConfigDict(from_attributes=True)

    result: Literal["accepted", "duplicate", "rejected"]
    reason: Reason | None = None
    detail: str | None = None
    flag: str | None = None
    """`cancelled`: the registration had been cancelled; the scan is kept and counts for nothing."""
    scan_id: UUID | None = None


class BatchResult(BaseModel):
    """One result for each scan, in the order of the batch."""

    results: list[ScanResult]


class AddStay(BaseModel):
    """Somebody was there, though no scan says so."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["add_stay"]
    entered_at: Instant
    left_at: Instant
    reason: str


class StrikeScan(BaseModel):
    """A scan that is wrong."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["strike_scan"]
    scan_id: UUID
    reason: str


NewCorrection = Annotated[AddStay | StrikeScan, Field(discriminator="kind")]


class ScanOut(BaseModel):
    """A scan that was kept."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    scanned_at: AwareDatetime
    direction: Literal["in", "out"]
    means: str
    flag: str | None
    author: str


class CorrectionOut(BaseModel):
    """A correction with its reason and author."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: Literal["add_stay", "strike_scan"]
    scan_id: UUID | None
    entered_at: AwareDatetime | None
    left_at: AwareDatetime | None
    reason: str
    author: str
    corrected_at: AwareDatetime


class Attendance(BaseModel):
    """Everything that an hour of somebody's attendance rests on."""

    scans: list[ScanOut]
    corrections: list[CorrectionOut]
