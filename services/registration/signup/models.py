from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.database import Base
from shared.kit.database import Id, Version

IS_ACTIVE = text("status <> 'cancelled'")


class Event(Base):
    """Our copy of the agenda's event."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    slug: Mapped[str]
    state: Mapped[str]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str]
    venue: Mapped[dict[str, str]]
    organiser: Mapped[str]
    contact_email: Mapped[str | None]
    default_locale: Mapped[str]
    sequence: Mapped[int]

    __table_args__ = (
        # Not unique: the agenda says what a slug means, and two of its messages may overtake each other.
        Index("ix_events_slug", "slug"),
        Index("ix_events_organisation_id_starts_at", "organisation_id", "starts_at"),
    )


class ReleasedProgramme(Base):
    """Which release of an event's programme is public; the message may come before the event's own."""

    __tablename__ = "released_programmes"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    sequence: Mapped[int]


class EventSettings(Base):
    """How people sign up for an event."""

    __tablename__ = "event_settings"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    organisation_id: Mapped[UUID]
    categories: Mapped[list[Any]]
    questions: Mapped[list[Any]]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    cancel_until: Mapped[datetime | None]
    places_per_address: Mapped[int]
    retention_days: Mapped[int | None]
    version: Mapped[Version]

    __table_args__ = (CheckConstraint("places_per_address >= 1", name="places_per_address"),)


class PlaceCounter(Base):
    """The places of an event. Its one row is the lock that every sign-up and cancellation takes first."""

    __tablename__ = "place_counters"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    organisation_id: Mapped[UUID]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_position: Mapped[int] = mapped_column(default=0)
    """Positions in the waiting list are given once, so leaving it moves nobody."""

    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND capacity", name="not_oversold"),
        CheckConstraint(
            "waiting = 0 OR (waiting > 0 AND taken = capacity)", name="nobody_waits_beside_a_free_place"
        ),
        # Room on the page for the next versions of a row that changes with each sign-up.
        {"postgresql_with": {"fillfactor": 50}},
    )


class Registration(Base):
    """One person at one event."""

    __tablename__ = "registrations"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    status: Mapped[str]
    position: Mapped[int]
    ref: Mapped[str | None]
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    organisation: Mapped[str]
    category: Mapped[str]
    locale: Mapped[str]
    answers: Mapped[dict[str, str]]
    sort_key: Mapped[str]
    person_key: Mapped[str]
    address_key: Mapped[str]
    address_slot: Mapped[int]
    """Which of the places of one address this is: the smallest free number from 1 on."""
    promoted: Mapped[bool] = mapped_column(default=False)
    registered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When the place came; from then on the other services know this person."""
    cancelled_at: Mapped[datetime | None]
    link_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[Version]

    __table_args__ = (
        CheckConstraint("status IN ('confirmed', 'waiting', 'cancelled')", name="status"),
        CheckConstraint("address_slot >= 1", name="address_slot"),
        Index("uq_registrations_person", "event_id", "person_key", unique=True, postgresql_where=IS_ACTIVE),
        Index(
            "uq_registrations_address",
            "address_key",
            "event_id",
            "address_slot",
            unique=True,
            postgresql_where=IS_ACTIVE,
        ),
        Index("uq_registrations_ref", "event_id", "ref", unique=True, postgresql_where=IS_ACTIVE),
        Index(
            "ix_registrations_waiting", "event_id", "position", postgresql_where=text("status = 'waiting'")
        ),
        Index("ix_registrations_event_id_id", "event_id", "id"),
        Index("ix_registrations_by_name", "event_id", "sort_key", "id"),
    )


class Notice(Base):
    """When an address last heard of a repeated sign-up: nobody can have somebody flooded with mails.

    `untold` counts what has happened since and was not told yet, from `untold_since` on.
    """

    __tablename__ = "notices"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
    untold: Mapped[int] = mapped_column(server_default="0")
    untold_since: Mapped[datetime | None]
