"""Events as the agenda keeps them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Enum, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.agenda.database import Base
from shared.contracts.agenda import EventState, Venue
from shared.kit.database import Id, Version


class Event(Base):
    """An event. `version` rises with each change and is the sequence of its messages."""

    __tablename__ = "events"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    slug: Mapped[str]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    starts_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    timezone: Mapped[str]
    venue_name: Mapped[str]
    venue_city: Mapped[str]
    venue_country: Mapped[str]
    organiser: Mapped[str]
    contact_email: Mapped[str | None]
    default_locale: Mapped[str]
    state: Mapped[EventState] = mapped_column(
        Enum(EventState, native_enum=False, length=20, create_constraint=True, name="state_is_known"),
        default=EventState.draft,
    )
    release: Mapped[int] = mapped_column(default=0)
    """Number of the latest release of the programme; 0 before the first."""
    version: Mapped[Version]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("slug"),
        Index("ix_events_organisation_id_id", "organisation_id", "id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_is_lower_case"),
    )

    @property
    def venue(self) -> Venue:
        return Venue(name=self.venue_name, city=self.venue_city, country=self.venue_country)

    @property
    def is_over(self) -> bool:
        """Closed or cancelled: nothing about it changes any more."""
        return self.state in {EventState.closed, EventState.cancelled}

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it: published, or over since."""
        return self.state is not EventState.draft
