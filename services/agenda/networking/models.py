"""Networking sessions of a programme: their rules, the plans that were made for them, and the clock of the day."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.agenda.database import Base
from shared.kit.database import Id, Version


class State(StrEnum):
    """What a plan is: asked for, being searched, ready to be compared, shown to people, or shown no more."""

    queued = "queued"
    solving = "solving"
    draft = "draft"
    failed = "failed"
    published = "published"
    replaced = "replaced"


UNDER_WAY = (State.queued, State.solving)
IS_UNDER_WAY = text("state IN ('queued', 'solving')")


class NetworkingSession(Base):
    """What belongs to a session in rounds beside its place in the programme.

    `round` is 0 before the first one begins. While it runs, `round_ends_at` says when it ends; while it is held,
    `seconds_left` says what is left of it.
    """

    __tablename__ = "networking_sessions"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    rules: Mapped[dict[str, Any]]
    edition: Mapped[int] = mapped_column(default=0)
    """How often a plan was published; the sequence of its messages."""
    round: Mapped[int] = mapped_column(default=0)
    round_ends_at: Mapped[datetime | None]
    seconds_left: Mapped[int | None]
    version: Mapped[Version]

    __table_args__ = (Index("ix_networking_sessions_event_id", "event_id"),)

    @property
    def is_in_a_round(self) -> bool:
        """A round runs or is held."""
        return self.round_ends_at is not None or self.seconds_left is not None


class Plan(Base):
    """One plan. `rows` seats `people` (registrations) round by round; `problem` is what was to be solved.

    `problem` is of the schema evn-networking/1, its people and tables being numbers into `people` and `tables`;
    `units` groups people who walk as one. Nothing of it changes when rules or people do: a new plan is made then.
    """

    __tablename__ = "networking_plans"

    id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str]
    people: Mapped[list[str]]
    tables: Mapped[list[Any]]
    problem: Mapped[dict[str, Any]]
    units: Mapped[list[Any] | None]
    rows: Mapped[list[Any] | None]
    figures: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    """Why there is no plan, as the solver says it."""
    replans: Mapped[int | None]
    """The number of the plan that this one changes for the rounds to come."""
    edition: Mapped[int | None]
    seed: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float]
    """The time that the search may take."""
    seconds_taken: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    told: Mapped[dict[str, Any] | None]
    """Room and rounds' times that people were told, and whether by `mails`; None for plans published before 0003."""
    version: Mapped[Version]

    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        Index("uq_networking_plans_under_way", "session_id", unique=True, postgresql_where=IS_UNDER_WAY),
        Index(
            "uq_networking_plans_published",
            "session_id",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
        Index("ix_networking_plans_due", "requested_at", postgresql_where=IS_UNDER_WAY),
        CheckConstraint("seconds > 0", name="seconds_are_positive"),
    )

    @property
    def has_stations(self) -> bool:
        """People walk from station to station; otherwise they sit at tables."""
        # A problem is called by the format that people chose; solvers know fewer of them.
        return self.problem.get("id") == "tour"

    @property
    def is_told_by_mail(self) -> bool:
        """Everybody whose way is new in it gets a mail about it."""
        return bool((self.told or {}).get("mails"))
