"""Rooms, speakers, sessions and releases of an event's programme."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.agenda.database import Base
from services.agenda.programme import released
from shared.kit.database import Id, Version


class Room(Base):
    """A room. `guid` is random, for the exports: the id tells when the room was entered."""

    __tablename__ = "rooms"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    key: Mapped[str]
    name: Mapped[str]
    capacity: Mapped[int | None]
    guid: Mapped[UUID] = mapped_column(default=uuid4)
    version: Mapped[Version]

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        # The schedule formats tell rooms apart by their names.
        UniqueConstraint("event_id", "name"),
        CheckConstraint("capacity > 0", name="capacity_is_positive"),
    )


class Speaker(Base):
    """A speaking person, or an organisation that has not named its person yet (`name` is empty)."""

    __tablename__ = "speakers"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    key: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(Identity())
    guid: Mapped[UUID] = mapped_column(default=uuid4)
    version: Mapped[Version]

    @property
    def label(self) -> str:
        """How a programme names the speaker; see `released.Speaker`."""
        return released.Speaker(self.number, self.guid, self.organisation, self.name).label

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        Index(
            "uq_speakers_nameless_organisation",
            "event_id",
            "organisation",
            unique=True,
            postgresql_where=text("name = ''"),
        ),
        CheckConstraint("name <> '' OR organisation <> ''", name="has_a_name_or_an_organisation"),
    )


class Appearance(Base):
    """A speaker in a session; `position` is the order in which they are named."""

    __tablename__ = "appearances"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    speaker_id: Mapped[UUID] = mapped_column(ForeignKey("speakers.id"), primary_key=True)
    organisation_id: Mapped[UUID]
    position: Mapped[int]

    speaker: Mapped[Speaker] = relationship(lazy="joined")

    __table_args__ = (Index("ix_appearances_speaker_id", "speaker_id"),)


class ProgrammeSession(Base):
    """A session. Its wall time is what was agreed; the instants follow from it and the event's zone."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    key: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    abstract: Mapped[str] = mapped_column(default="")
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"))
    starts_at: Mapped[datetime]
    starts_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    minutes: Mapped[int]
    ends_at: Mapped[datetime]
    networking: Mapped[dict[str, Any] | None]
    number: Mapped[int] = mapped_column(Identity())
    """Numeric id for the exports, which apps have kept from the time before guids."""
    guid: Mapped[UUID] = mapped_column(default=uuid4)
    version: Mapped[Version]

    room: Mapped[Room | None] = relationship(lazy="joined")
    appearances: Mapped[list[Appearance]] = relationship(
        lazy="selectin", order_by=Appearance.position, cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        Index("ix_sessions_event_id_starts_at", "event_id", "starts_at"),
        Index("ix_sessions_room_id", "room_id"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_of_a_day"),
    )

    @property
    def speakers(self) -> list[Speaker]:
        """The speakers in the order in which they are named."""
        return [appearance.speaker for appearance in self.appearances]


class Release(Base):
    """A programme as it was released; it never changes."""

    __tablename__ = "releases"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    released_at: Mapped[datetime]
    released_by: Mapped[UUID]
    """The account."""
    programme: Mapped[dict[str, Any]]
