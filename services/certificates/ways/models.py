"""Where people go in networking sessions, as the agenda has published it last."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.database import Base


class NetworkingPlan(Base):
    """The published plan of one session.

    `ways` has, by registration, the number of the table in each round, counted from 0; -1 is no seat.
    """

    __tablename__ = "networking_plans"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    sequence: Mapped[int]
    title: Mapped[str]
    room: Mapped[str | None]
    starts_at: Mapped[datetime]
    rounds: Mapped[list[Any]]
    tables: Mapped[list[str]]
    ways: Mapped[dict[str, Any]]
    mails: Mapped[bool]
    """Whether people get mails about it, also those whose registration comes after the plan."""
    told: Mapped[dict[str, Any] | None]
    """Room, rounds and ways of the last edition that people got mails about; None before the first."""
    has_stations: Mapped[bool]
    """People walk from station to station; otherwise they sit at tables."""
