from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.database import Base
from shared.kit.database import Id


class Ticket(Base):
    """What the door needs to know of a ticket that certificates issued."""

    __tablename__ = "tickets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    short_code: Mapped[str]
    public_key: Mapped[str]
    sequence: Mapped[int]

    __table_args__ = (
        Index("ix_tickets_event_id_short_code", "event_id", "short_code"),
        Index("ix_tickets_registration_id", "registration_id"),
    )


class Scan(Base):
    """Somebody came in or went out."""

    __tablename__ = "scans"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    scanned_at: Mapped[datetime]
    direction: Mapped[str]
    means: Mapped[str]
    flag: Mapped[str | None]
    recorded_at: Mapped[datetime]
    author: Mapped[str]
    """Who sent it: an account's address."""

    __table_args__ = (
        UniqueConstraint(
            "registration_id", "scanned_at", "direction", name="uq_scans_person_instant_direction"
        ),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("means IN ('ticket', 'short_code', 'ref', 'desk')", name="means"),
        Index("ix_scans_event_id", "event_id"),
    )


class RejectedScan(Base):
    """A scan that was not taken, and why; the code only as a digest."""

    __tablename__ = "rejected_scans"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    reason: Mapped[str]
    content_hash: Mapped[str]
    recorded_at: Mapped[datetime]
    author: Mapped[str]

    # A device that sends its batch again adds nothing.
    __table_args__ = (UniqueConstraint("event_id", "content_hash", "reason"),)


class Correction(Base):
    """An organiser adds a stay or strikes a scan. Minutes are never set."""

    __tablename__ = "corrections"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    kind: Mapped[str]
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("scans.id"), unique=True)
    entered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    reason: Mapped[str]
    author: Mapped[str]
    corrected_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(
            "(kind = 'add_stay' AND scan_id IS NULL AND entered_at < left_at)"
            " OR (kind = 'strike_scan' AND scan_id IS NOT NULL AND entered_at IS NULL AND left_at IS NULL)",
            name="kind",
        ),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_corrections_event_id", "event_id"),
        Index("ix_corrections_registration_id", "registration_id"),
    )


class DoorDevice(Base):
    """A device at the door, by the name that it gives itself, and how many scans it still holds."""

    __tablename__ = "door_devices"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    held: Mapped[int]
    seen_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("held >= 0", name="held"),)


class Closing(Base):
    """How often it was told how much there is to wait for after an event was closed."""

    __tablename__ = "closings"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    organisation_id: Mapped[UUID]
    sequence: Mapped[int]
