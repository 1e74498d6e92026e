"""What other services own and this one needs: copies, each with its owner's sequence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base
from shared.kit.clock import utc_now


class Event(Base):
    """An event of the agenda.

    `calendar_version` rises when time, place or title change: what an invitation tells. The closing's facts
    have a sequence of their own, because a later change may overtake them.
    """

    __tablename__ = "events"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(index=True)
    sequence: Mapped[int]
    slug: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    title: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str]
    venue: Mapped[dict[str, str]]
    organiser: Mapped[str]
    contact_email: Mapped[str | None]
    default_locale: Mapped[str]
    calendar_version: Mapped[int] = mapped_column(default=0)
    closed_sequence: Mapped[int] = mapped_column(default=0)
    closed_release: Mapped[int | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_events_closed", "closed_at", postgresql_where=text("state = 'closed'")),)


class ProgrammeRelease(Base):
    """One release of an event's programme; all are kept, because closing names the one that counts."""

    __tablename__ = "programme_releases"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    release: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    released_at: Mapped[datetime]
    sessions: Mapped[list[Any]]


class Attendee(Base):
    """Somebody who has, or had, a place.

    `ticket_due_at` says when the ticket needs a look (None: it needs none), and `ticket_failures` how often
    it could not be made since anything changed.
    """

    __tablename__ = "attendees"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    sequence: Mapped[int]
    status: Mapped[str]
    ref: Mapped[str | None]
    first_name: Mapped[str]
    last_name: Mapped[str]
    sort_key: Mapped[str]
    email: Mapped[str]
    organisation: Mapped[str]
    category: Mapped[str]
    locale: Mapped[str]
    registered_at: Mapped[datetime]
    promoted: Mapped[bool]
    link: Mapped[str]
    ticket_due_at: Mapped[datetime | None] = mapped_column(default=utc_now)
    ticket_failures: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index("ix_attendees_ticket_due", "ticket_due_at", postgresql_where=text("ticket_due_at IS NOT NULL")),
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_confirmed(self) -> bool:
        return self.status == "confirmed"


class Scan(Base):
    """One scan at a door."""

    __tablename__ = "scans"

    scan_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    scanned_at: Mapped[datetime]
    direction: Mapped[str]
    means: Mapped[str]
    flag: Mapped[str | None]

    __table_args__ = (Index("ix_scans_person", "event_id", "registration_id"),)


class Correction(Base):
    """One correction of somebody's attendance."""

    __tablename__ = "corrections"

    correction_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    registration_id: Mapped[UUID]
    kind: Mapped[str]
    scan_id: Mapped[UUID | None]
    entered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    reason: Mapped[str]
    author: Mapped[str]
    corrected_at: Mapped[datetime]

    __table_args__ = (Index("ix_corrections_person", "event_id", "registration_id"),)


class AttendanceTotals(Base):
    """How much there is to wait for once an event is closed.

    `devices` are those at the door that said that they still hold scans: name, how many, since when.
    """

    __tablename__ = "attendance_totals"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    sequence: Mapped[int]
    registrations: Mapped[int]
    scans: Mapped[int]
    corrections: Mapped[int]
    devices: Mapped[list[Any]] = mapped_column(default=list)
