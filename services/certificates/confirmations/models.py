"""Confirmations, their running numbers, and who has to be looked at before more are issued."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.confirmations.kinds import Kind, Paper
from services.certificates.database import Base
from shared.kit.database import Id


class State(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"


class Doubt(StrEnum):
    """Why an issued confirmation is worth a look."""

    NO_LONGER_DUE = "no_longer_due"
    MINUTES_CHANGED = "minutes_changed"
    NAME_CHANGED = "name_changed"


class Confirmation(Base):
    """One issued confirmation: `facts` is what stands on the paper, and lives as long as the paper.

    `doubt` is set when a later correction no longer bears out what was confirmed: an organiser decides. A new
    version `replaces` the number before it, and the one before says by which number it was `replaced_by`;
    `is_to_renew` asks for such a version. `mailings` counts how often it was mailed, and `bounced_at` is when
    its mail was known to have come back.
    """

    __tablename__ = "confirmations"

    confirmation_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    registration_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default=Kind.ATTENDANCE.value)
    session_key: Mapped[str] = mapped_column(default="")
    year: Mapped[int]
    count: Mapped[int]
    number: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=State.VALID.value)
    attended_minutes: Mapped[int]
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    file: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    doubt: Mapped[str | None]
    replaces: Mapped[str | None]
    replaced_by: Mapped[str | None]
    is_to_renew: Mapped[bool] = mapped_column(default=False)
    mailings: Mapped[int] = mapped_column(default=1)
    bounced_at: Mapped[datetime | None]

    status_place: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """Its place in the lists that say which credentials are revoked, counted by the database."""

    @property
    def paper(self) -> Paper:
        return Paper(Kind(self.kind), self.session_key)

    __table_args__ = (
        # Whatever goes wrong elsewhere, nobody has two valid confirmations of the same thing.
        Index(
            "uq_confirmations_valid",
            "registration_id",
            "kind",
            "session_key",
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
    trouble: Mapped[str | None]
    """What failed then (trouble.py)."""
    # Somebody who cannot be printed waits here until data change, instead of holding up the others.
    problem: Mapped[str | None]


class Review(Base):
    """The organiser has looked at the attendance of an event: confirmations may go out."""

    __tablename__ = "reviews"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[UUID]


class GoAhead(Base):
    """An organiser lets confirmations go out though something that was counted is not here (`without`)."""

    __tablename__ = "go_aheads"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    without: Mapped[list[Any]]
    author: Mapped[str]
    decided_at: Mapped[datetime]
