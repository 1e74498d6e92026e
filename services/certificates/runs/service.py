"""Ordering papers and drawing them: one at a time, by whoever claims it first."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services.certificates.attendance.sheets import draw_evidence_list, draw_sign_in_sheet
from services.certificates.badges.service import draw_badges
from services.certificates.copies.models import Event
from services.certificates.copies.wording import language_of
from services.certificates.runs.files import read, store
from services.certificates.runs.models import FILE_NAMES, DocumentRun, Drawn, Kind, State
from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import Sessions, new_id
from shared.kit.i18n import Locale

log = structlog.get_logger()

# Longer than a task may run: only a dead worker's run is claimed a second time.
LEASE = timedelta(seconds=90)
# A run that has ended three workers would end the fourth.
MOST_ATTEMPTS = 3

Draw = Callable[[Session, Event, Locale], Drawn]
DRAWINGS: dict[Kind, Draw] = {
    Kind.BADGES: draw_badges,
    Kind.EVIDENCE_LIST: draw_evidence_list,
    Kind.SIGN_IN_SHEET: draw_sign_in_sheet,
}


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

    The claim is committed before drawing begins, so that nobody else draws the same one meanwhile.
    """
    with sessions.begin() as session:
        run_id = _claim(session, now)
    if run_id is None:
        return False
    try:
        with sessions.begin() as session:
            _draw(session, session.get_one(DocumentRun, run_id, with_for_update=True), now)
    except Exception:  # Whatever went wrong, the organiser must not wait for the lease to hear of it.
        log.exception("paper.failed", run_id=str(run_id))
        with sessions.begin() as session:
            _give_back(session.get_one(DocumentRun, run_id, with_for_update=True))
    return True


def _claim(session: Session, now: Clock) -> UUID | None:
    abandoned = and_(DocumentRun.state == State.DRAWING.value, DocumentRun.leased_until < now())
    waiting = select(DocumentRun).where(or_(DocumentRun.state == State.QUEUED.value, abandoned))
    run = session.scalar(
        waiting.order_by(DocumentRun.requested_at).limit(1).with_for_update(skip_locked=True)
    )
    if run is None:
        return None
    run.attempts += 1
    run.state = State.DRAWING.value if run.attempts <= MOST_ATTEMPTS else State.FAILED.value
    run.leased_until = now() + LEASE
    return run.run_id


def _give_back(run: DocumentRun) -> None:
    run.state = State.QUEUED.value if run.attempts < MOST_ATTEMPTS else State.FAILED.value


def _draw(session: Session, run: DocumentRun, now: Clock) -> None:
    if run.state != State.DRAWING.value:
        return
    event = session.get_one(Event, run.event_id)
    drawn = DRAWINGS[Kind(run.kind)](session, event, language_of(run.locale))
    run.file = f"runs/{run.run_id}/{FILE_NAMES[Kind(run.kind)]}"
    run.sha256 = store(run.file, drawn.pdf)
    run.pages, run.persons, run.problems = count_pages(drawn.pdf), drawn.persons, drawn.problems
    run.state, run.finished_at = State.DONE.value, now()
    log.info("paper.drawn", kind=run.kind, event_id=str(run.event_id), pages=run.pages)


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF of ours has: its page objects stand uncompressed in it (ISO 32000-1, 7.7.3.3)."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
