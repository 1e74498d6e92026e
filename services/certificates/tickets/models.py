"""Tickets: one for each registration, for as long as it lives."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base
from shared.kit.database import Id


class Ticket(Base):
    """What somebody was sent.

    `version` counts what the door must hear of, `mailed` the mails. `calendar_sequence` and `calendar_version`
    say what the person's calendar was told last, `printed_name` what stands on the paper; `problems` are
    what no font could print.
    """

    __tablename__ = "tickets"

    ticket_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID]
    registration_id: Mapped[UUID] = mapped_column(unique=True)
    short_code: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    mailed: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    calendar_version: Mapped[int]
    printed_name: Mapped[str]
    printed_organisation: Mapped[str]
    recipient: Mapped[str]
    problems: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (UniqueConstraint("event_id", "short_code"),)
