"""Ordering papers and drawing them: one at a time, by whoever claims it first."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from services.certificates.attendance.sheets import prepare_evidence_list, prepare_sign_in_sheet
from services.certificates.badges.service import prepare_badges
from services.certificates.copies.models import Event
from services.certificates.copies.wording import language_of
from services.certificates.runs.files import read, store
from services.certificates.runs.models import FILE_NAMES, DocumentRun, Kind, Prepared, State
from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import Sessions, new_id
from shared.kit.i18n import Locale
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# Longer than a task may run: only a dead worker's run is claimed a second time.
LEASE = timedelta(seconds=90)
# A run that has ended three workers would end the fourth.
MOST_ATTEMPTS = 3

Prepare = Callable[[Session, Event, Locale], Prepared]
PAPERS: dict[Kind, Prepare] = {
    Kind.BADGES: prepare_badges,
    Kind.EVIDENCE_LIST: prepare_evidence_list,
    Kind.SIGN_IN_SHEET: prepare_sign_in_sheet,
}


@dataclass(frozen=True)
class Claim:
    """One attempt at one paper."""

    run_id: UUID
    attempt: int

    def holds(self, run: DocumentRun) -> bool:
        """Whether nobody else has taken the paper since, because the lease had ended."""
        return run.state == State.DRAWING.value and run.attempts == self.attempt


class RunNotFound(NotFound):
    """This paper was never ordered."""


class NotDrawnYet(Conflict):
    """This paper is still being drawn. Please try again in a moment."""


def order(
    session: Session, event: Event, kind: Kind, *, locale: str | None = None, now: Clock = utc_now
) -> DocumentRun:
    """Order a paper; it is drawn within seconds."""
    run = DocumentRun(
        run_id=new_id(),
        organisation_id=event.organisation_id,
        event_id=event.event_id,
        kind=kind.value,
        locale=locale or event.default_locale,
        state=State.QUEUED.value,
        requested_at=now(),
        attempts=0,
        pages=0,
        persons=0,
        problems=[],
    )
    session.add(run)
    session.flush()
    return run


def find_run(session: Session, event: Event, kind: Kind, run_id: UUID) -> DocumentRun:
    """An ordered paper of this event and kind. Raises RunNotFound."""
    run = session.get(DocumentRun, run_id)
    if run is None or run.event_id != event.event_id or run.kind != kind.value:
        raise RunNotFound
    return run


def list_runs(session: Session, event_id: UUID, *, limit: int = 12) -> Sequence[DocumentRun]:
    """The papers that were ordered for an event, newest first."""
    ordered = select(DocumentRun).where(DocumentRun.event_id == event_id)
    return session.scalars(ordered.order_by(DocumentRun.run_id.desc()).limit(limit)).all()


def file_of(run: DocumentRun) -> bytes:
    """The drawn PDF. Raises NotDrawnYet."""
    if run.state != State.DONE.value:
        raise NotDrawnYet
    return read(run.file)


def draw_next(sessions: Sessions, *, now: Clock = utc_now) -> bool:
    """Draw the paper that has waited longest; False if there is none.

    The claim is committed before drawing begins, so that nobody else draws the same one meanwhile, and no
    transaction is open while it is drawn: that may take as long as a task may run.
    """
    with sessions.begin() as session:
        claimed = claim(session, now=now)
    if claimed is None:
        return False
    try:
        _draw(sessions, claimed, now)
    except (
        Exception
    ) as problem:  # Whatever went wrong, the organiser must not wait for the lease to hear of it.
        log.error("paper.failed", run_id=str(claimed.run_id), **describe_error(problem))
        with sessions.begin() as session:
            _give_back(session, claimed)
    return True


def claim(session: Session, *, now: Clock = utc_now) -> Claim | None:
    """Take the paper that has waited longest, or whose worker has died, for the time of the lease."""
    run = session.scalar(waiting_runs(now()).with_for_update(skip_locked=True))
    if run is None:
        return None
    run.attempts += 1
    run.state = State.DRAWING.value if run.attempts <= MOST_ATTEMPTS else State.FAILED.value
    run.leased_until = now() + LEASE
    return Claim(run.run_id, run.attempts)


def waiting_runs(now: datetime) -> Select[DocumentRun]:
    """The paper that has waited longest; without a lock two would take it."""
    abandoned = and_(DocumentRun.state == State.DRAWING.value, DocumentRun.leased_until < now)
    waiting = select(DocumentRun).where(or_(DocumentRun.state == State.QUEUED.value, abandoned))
    return waiting.order_by(DocumentRun.requested_at).limit(1)


def _draw(sessions: Sessions, claimed: Claim, now: Clock) -> None:
    with sessions() as session:
        prepared = _prepare(session, claimed)
    if prepared is None:
        return
    pdf = prepared.draw()
    with sessions.begin() as session:
        _finish(session, claimed, prepared, pdf, now)


def _prepare(session: Session, claimed: Claim) -> Prepared | None:
    run = session.get_one(DocumentRun, claimed.run_id)
    if not claimed.holds(run):
        return None
    event = session.get_one(Event, run.event_id)
    return PAPERS[Kind(run.kind)](session, event, language_of(run.locale))


def _finish(session: Session, claimed: Claim, prepared: Prepared, pdf: bytes, now: Clock) -> None:
    run = session.get_one(DocumentRun, claimed.run_id, with_for_update=True)
    if not claimed.holds(run):
        return
    run.file = f"runs/{run.run_id}/{FILE_NAMES[Kind(run.kind)]}"
    run.sha256 = store(run.file, pdf)
    run.pages, run.persons, run.problems = count_pages(pdf), prepared.persons, prepared.problems
    run.state, run.finished_at = State.DONE.value, now()
    log.info("paper.drawn", kind=run.kind, event_id=str(run.event_id), pages=run.pages)


def _give_back(session: Session, claimed: Claim) -> None:
    run = session.get_one(DocumentRun, claimed.run_id, with_for_update=True)
    if claimed.holds(run):
        run.state = State.QUEUED.value if run.attempts < MOST_ATTEMPTS else State.FAILED.value


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF of ours has: its page objects stand uncompressed in it (ISO 32000-1, 7.7.3.3)."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
