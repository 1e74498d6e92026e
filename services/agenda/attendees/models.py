"""The agenda's copy of who takes part, kept for seats and networking."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.agenda.database import Base


class Attendee(Base):
    """A registration as it was last told. A cancelled one keeps its sequence and forgets the person."""

    __tablename__ = "attendees"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    sequence: Mapped[int]
    is_confirmed: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(default="", server_default="")
    organisation: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="", server_default="")
    wishes: Mapped[dict[str, str]]
    """Answers to the event's questions by their key."""

    __table_args__ = (Index("ix_attendees_event_id", "event_id"),)


class Arrival(Base):
    """One time that somebody came in: an entry at the door, or a stay that an organiser added."""

    __tablename__ = "arrivals"

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The scan's id, or the correction's."""
    registration_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    arrived_at: Mapped[datetime]

    __table_args__ = (Index("ix_arrivals_event_id", "event_id", "registration_id"),)


class Departure(Base):
    """One time that somebody went out: an exit at the door, or the end of a stay that an organiser added."""

    __tablename__ = "departures"

    exit_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The scan's id, or the correction's."""
    registration_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    left_at: Mapped[datetime]

    __table_args__ = (Index("ix_departures_event_id", "event_id", "registration_id"),)


class StruckScan(Base):
    """A scan that does not count; a table of its own, since the correction may come before the scan."""

    __tablename__ = "struck_scans"

    scan_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
