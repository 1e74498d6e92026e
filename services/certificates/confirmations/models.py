"""Confirmations, their running numbers, and who has to be looked at before more are issued."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base
from shared.kit.database import Id


class State(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"


class Confirmation(Base):
    """One issued confirmation: `facts` is what stands on the paper, and lives as long as the paper.

    `doubt` is set when a later correction no longer bears out what was confirmed: an organiser decides.
    """

    __tablename__ = "confirmations"

    confirmation_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    registration_id: Mapped[UUID]
    year: Mapped[int]
    count: Mapped[int]
    number: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=State.VALID.value)
    attended_minutes: Mapped[int]
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    file: Mapped[str]
    sha256: Mapped[str]
    doubt: Mapped[str | None]

    __table_args__ = (
        # Whatever goes wrong elsewhere, nobody has two confirmations that are valid.
        Index(
            "uq_confirmations_valid",
            "registration_id",
            unique=True,
            postgresql_where=text("state = 'valid'"),
        ),
        UniqueConstraint("organisation_id", "year", "count"),
    )


class NumberCounter(Base):
    """The last running number of an organisation and year; its row is the lock that keeps them gapless."""

    __tablename__ = "number_counters"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class DueCheck(Base):
    """A person for whom it has to be looked whether a confirmation is due: the queue of issuing."""

    __tablename__ = "due_checks"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    retry_at: Mapped[datetime | None]
    """After a look that failed: when to look again."""
    # Somebody who cannot be printed waits here until data change, instead of holding up the others.
    problem: Mapped[str | None]


class Review(Base):
    """The organiser has looked at the attendance of an event: confirmations may go out."""

    __tablename__ = "reviews"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[UUID]
