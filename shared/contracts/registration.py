"""Facts that registration tells: who has a place, who came and went."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.messages import Message, Service


class RegistrationStatus(StrEnum):
    """What became of a registration; only `confirmed` has a place."""

    confirmed = "confirmed"
    waiting = "waiting"
    cancelled = "cancelled"


class RegistrationFacts(Message):
    """The whole state of one person's registration.

    People on the waiting list are told to nobody until they have a place; from then on every
    change travels, so `status` is never `waiting` in a message of somebody who never had one.
    """

    producer: ClassVar[Service] = Service.registration
    consumers: ClassVar[tuple[Service, ...]] = (Service.agenda, Service.certificates)
    aggregate: ClassVar[str] = "registration"
    # The agenda plans who meets whom; it writes to nobody.
    withheld: ClassVar[Mapping[Service, frozenset[str]]] = MappingProxyType(
        {Service.agenda: frozenset({"email", "link"})}
    )

    registration_id: UUID
    event_id: UUID
    status: RegistrationStatus
    ref: str | None = None
    """The organiser's own reference; unique in an event."""
    first_name: str
    last_name: str
    email: str = ""
    organisation: str = ""
    category: str = ""
    locale: str = "de"
    registered_at: AwareDatetime
    promoted: bool = False
    """True for a place that came free for somebody on the waiting list."""
    answers: dict[str, str] = Field(default_factory=dict)
    """Answers to the event's questions by their key."""
    link: str = ""
    """The person's own link, which views and can cancel."""

    @property
    def subject(self) -> UUID:
        return self.registration_id


class RegistrationConfirmed(RegistrationFacts):
    """Somebody has a place."""

    name: ClassVar[str] = "registration.registration_confirmed.v1"


class RegistrationChanged(RegistrationFacts):
    """A registration's name, organisation or answers changed."""

    name: ClassVar[str] = "registration.registration_changed.v1"


class RegistrationCancelled(RegistrationFacts):
    """Somebody gave the place back, or lost it."""

    name: ClassVar[str] = "registration.registration_cancelled.v1"


class Direction(StrEnum):
    """Which way somebody went through a door."""

    entry = "in"
    exit = "out"


class ScanRecorded(Message):
    """One scan at a door: a set's member, so `sequence` is always 1."""

    name: ClassVar[str] = "registration.scan_recorded.v1"
    producer: ClassVar[Service] = Service.registration
    consumers: ClassVar[tuple[Service, ...]] = (Service.agenda, Service.certificates)
    aggregate: ClassVar[str] = "scan"

    sequence: int = 1
    scan_id: UUID
    event_id: UUID
    registration_id: UUID
    scanned_at: AwareDatetime
    direction: Direction
    means: str
    """`ticket`, `short_code`, `ref`, or `desk` for a person marked present by hand."""
    flag: str | None = None
    """`cancelled` when the ticket had been cancelled before; such a scan counts for nothing."""

    @property
    def subject(self) -> UUID:
        return self.scan_id


class CorrectionKind(StrEnum):
    """What an organiser did to an attendance; minutes are never set by hand."""

    add_stay = "add_stay"
    strike_scan = "strike_scan"


class AttendanceCorrected(Message):
    """An organiser added a stay or struck a scan; also a member of a set."""

    name: ClassVar[str] = "registration.attendance_corrected.v1"
    producer: ClassVar[Service] = Service.registration
    consumers: ClassVar[tuple[Service, ...]] = (Service.agenda, Service.certificates)
    aggregate: ClassVar[str] = "correction"

    sequence: int = 1
    correction_id: UUID
    event_id: UUID
    registration_id: UUID
    kind: CorrectionKind
    scan_id: UUID | None = None
    """The scan that is struck; None for an added stay."""
    entered_at: AwareDatetime | None = None
    left_at: AwareDatetime | None = None
    """The added stay; both None for a struck scan."""
    reason: str
    author: str
    corrected_at: AwareDatetime

    @property
    def subject(self) -> UUID:
        return self.correction_id


class DoorDevice(BaseModel):
    """A device at the door as it last spoke of itself: how many scans it still holds."""

    model_config = ConfigDict(frozen=True)

    name: str
    held: int
    seen_at: AwareDatetime


class AttendanceClosed(Message):
    """How much there is to wait for before an event's attendance is complete."""

    name: ClassVar[str] = "registration.attendance_closed.v1"
    producer: ClassVar[Service] = Service.registration
    consumers: ClassVar[tuple[Service, ...]] = (Service.certificates,)
    aggregate: ClassVar[str] = "attendance"

    event_id: UUID
    registrations: int
    """Registrations that were ever told to the other services, without the erased ones."""
    scans: int
    corrections: int
    erased: int = 0
    devices: tuple[DoorDevice, ...] = ()
    """Devices that still hold scans; this message is told again when one of them says something else."""

    @property
    def subject(self) -> UUID:
        return self.event_id


class SessionRevoked(Message):
    """A browser session or API token is worthless from now on, though its signature is good."""

    name: ClassVar[str] = "registration.session_revoked.v1"
    producer: ClassVar[Service] = Service.registration
    consumers: ClassVar[tuple[Service, ...]] = (Service.agenda, Service.certificates)
    aggregate: ClassVar[str] = "session"

    sequence: int = 1
    session_id: UUID
    expires_at: AwareDatetime
    """After this instant the signature has expired too, and the entry can be forgotten."""

    @property
    def subject(self) -> UUID:
        return self.session_id
