"""What the API takes and gives about document runs."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.certificates.runs.models import Kind, State


class RunIn(BaseModel):
    """An order for a paper; without a language it is drawn in the event's."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"locale": "de"}]})

    locale: Literal["de", "en"] | None = None


class ProblemOut(BaseModel):
    """One text that could not be printed, or not as a whole; without a name it stands on everybody's paper."""

    registration: UUID | None
    name: str
    field: str
    what: str
    """`missing_glyph`, `forbidden_character`, `too_long`, `no_ticket`; of a badge that is printed `left_out`,
    `shortened`; of those that are not drawn again `other_looks`."""
    characters: str
    """Which ones; of what is `shortened` the text, and of `other_looks` how many badges."""


RUN_EXAMPLE: dict[str, Any] = {
    "id": "0198c5a0-0000-7000-8000-000000000001",
    "kind": "badges",
    "state": "done",
    "requested_at": "2022-11-23T08:00:00Z",
    "finished_at": "2022-11-23T08:00:01Z",
    "pages": 60,
    "persons": 60,
    "drawn": 60,
    "total": 60,
    "waits_for": None,
    "problems": [],
    "file": "/certificates/api/v1/events/ki-hub-2022/badge-runs/0198c5a0-0000-7000-8000-000000000001/badges.pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class RunOut(BaseModel):
    """How far a paper is; `file` is null until it is drawn.

    Of badges, `drawn` of `total` are done, blank ones among them. `waits_for` is `room` while the disk is full:
    drawing goes on by itself.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [RUN_EXAMPLE]})

    id: UUID
    kind: Kind
    state: State
    requested_at: datetime
    finished_at: datetime | None
    pages: int
    persons: int
    drawn: int
    total: int
    waits_for: str | None
    problems: list[ProblemOut]
    file: str | None
    sha256: str | None
