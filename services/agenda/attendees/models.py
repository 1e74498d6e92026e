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
    organisation: Mapped[str] = mapped_column(default="")
    wishes: Mapped[dict[str, str]]
    """Answers to the event's questions by their key."""

    __table_args__ = (Index("ix_attendees_event_id", "event_id"),)


class Arrival(Base):
    """The first time that somebody came in; a table of its own, since scans may overtake registrations."""

    __tablename__ = "arrivals"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    arrived_at: Mapped[datetime]

    __table_args__ = (Index("ix_arrivals_event_id", "event_id"),)
