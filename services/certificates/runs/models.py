"""Document runs: papers that organisers order and that are drawn in the background."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.certificates.database import Base
from shared.kit.database import Id


class Kind(StrEnum):
    BADGES = "badges"
    SIGN_IN_SHEET = "sign-in-sheet"
    EVIDENCE_LIST = "evidence-list"


class State(StrEnum):
    QUEUED = "queued"
    DRAWING = "drawing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FILE_NAMES = {kind: f"{kind.value}.pdf" for kind in Kind}


@dataclass(frozen=True)
class Prepared:
    """A paper whose facts are read, so that `draw` (to the PDF) needs no database any more.

    With how many people are on it, and what was left out and why.
    """

    draw: Callable[[], bytes]
    persons: int
    problems: list[dict[str, Any]]


class DocumentRun(Base):
    """One order; `problems` lists who could not be printed and why, `persons` counts who was.

    A long paper is drawn in steps of a second. `people` are those who are still to be checked or printed, in
    their order (None: not looked up yet), `checked` and `drawn` say how far that is, `total` how many badges
    there will be, blank ones with them. `parts` are the checksums of the parts that are drawn. `attempts` counts
    whoever took the paper, `stalled` those of them since it last went on. `waits_for` is what it lacks. `looks` is
    how the badges look (`printing/looks.py`).
    """

    __tablename__ = "document_runs"

    run_id: Mapped[Id]
    organisation_id: Mapped[UUID]
    event_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    locale: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=State.QUEUED.value)
    requested_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    waits_for: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    stalled: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    people: Mapped[list[str] | None] = mapped_column(deferred=True)
    looks: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    checked: Mapped[int] = mapped_column(default=0)
    drawn: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    parts: Mapped[list[str]] = mapped_column(default=list)
    pages: Mapped[int] = mapped_column(default=0)
    persons: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(default=list)
    file: Mapped[str | None]
    sha256: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_document_runs_open",
            "requested_at",
            postgresql_where=text("state IN ('queued', 'drawing')"),
        ),
    )

    @property
    def is_open(self) -> bool:
        """Whether it is still to be drawn."""
        return self.state in (State.QUEUED.value, State.DRAWING.value)


# One step of a run: it works without a transaction, and says what to write down afterwards, in one.
Note = Callable[[Session, DocumentRun], None]
Step = Callable[[], Note]
