"""The end of a run: its file is there, and the row says so."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from services.certificates.runs.files import remove, store
from services.certificates.runs.models import FILE_NAMES, DocumentRun, Kind, State

log = structlog.get_logger()


def finish(
    run: DocumentRun, pdf: bytes, *, persons: int, problems: list[dict[str, Any]], at: datetime
) -> None:
    """Store the paper and note it in the row, which the caller has locked: nobody else writes this file."""
    run.file = f"runs/{run.run_id}/{FILE_NAMES[Kind(run.kind)]}"
    run.sha256 = store(run.file, pdf)
    run.pages, run.persons, run.problems = count_pages(pdf), persons, problems
    run.state, run.finished_at = State.DONE.value, at
    log.info("paper.drawn", kind=run.kind, event_id=str(run.event_id), pages=run.pages)


def part_name(run_id: UUID, number: int) -> str:
    """Where a part of a long paper is kept until all are drawn."""
    return f"runs/{run_id}/part-{number:04}.pdf"


def forget_parts(run: DocumentRun) -> None:
    """The parts of a paper are no longer needed."""
    for number in range(len(run.parts)):
        remove(part_name(run.run_id, number))
    run.parts = []


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF of ours has: its page objects stand uncompressed in it (ISO 32000-1, 7.7.3.3)."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
