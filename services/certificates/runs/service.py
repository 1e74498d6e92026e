"""Ordering papers and drawing them: one step at a time, by whoever claims it first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from services.certificates.attendance.sheets import prepare_evidence_list, prepare_sign_in_sheet
from services.certificates.badges.service import prepare_badges
from services.certificates.copies.models import Event
from services.certificates.copies.wording import language_of
from services.certificates.printing.steps import next_step
from services.certificates.runs.files import NO_ROOM, read
from services.certificates.runs.finishing import finish, forget_parts
from services.certificates.runs.models import DocumentRun, Kind, Note, Prepared, State, Step
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
# Room is made by people, but soon where somebody waits for a paper.
WAIT_FOR_ROOM = timedelta(seconds=10)
ROOM = "room"

Prepare = Callable[[Session, Event, Locale], Prepared]
# Papers as a whole; long runs of badges are drawn in steps (`printing/steps.py`).
PAPERS: dict[Kind, Prepare] = {
    Kind.BADGES: prepare_badges,
    Kind.EVIDENCE_LIST: prepare_evidence_list,
    Kind.SIGN_IN_SHEET: prepare_sign_in_sheet,
}


@dataclass(frozen=True)
class Claim:
    """One attempt at one step of a paper."""

    run_id: UUID
    attempt: int

    def holds(self, run: DocumentRun) -> bool:
        """Whether nobody has taken or cancelled the paper since."""
        return run.state == State.DRAWING.value and run.attempts == self.attempt


class RunNotFound(NotFound):
    """This paper was never ordered."""


class NotDrawnYet(Conflict):
    """This paper is still being drawn. Please try again in a moment."""


class DrawnAlready(Conflict):
    """This paper is finished, so there is nothing to cancel."""


def order(
    session: Session,
    event: Event,
    kind: Kind,
    *,
    locale: str | None = None,
    options: Mapping[str, Any] | None = None,
    now: Clock = utc_now,
) -> DocumentRun:
    """Order a paper; it is drawn within seconds. `options` are those of the kind, as JSON."""
    run = DocumentRun(
        run_id=new_id(),
        organisation_id=event.organisation_id,
        event_id=event.event_id,
        kind=kind.value,
        locale=locale or event.default_locale,
        options=dict(options or {}),
        state=State.QUEUED.value,
        requested_at=now(),
        attempts=0,
        stalled=0,
        checked=0,
        drawn=0,
        total=0,
        parts=[],
        pages=0,
        persons=0,
        problems=[],
    )
    session.add(run)
    session.flush()
    return run


def cancel(session: Session, run: DocumentRun) -> DocumentRun:
    """Nobody draws this paper any more; what a worker is drawing at this moment is thrown away.

    Raises DrawnAlready. To cancel twice is to cancel once.
    """
    session.refresh(run, with_for_update=True)
    if run.state == State.CANCELLED.value:
        return run
    if not run.is_open:
        raise DrawnAlready
    run.state, run.waits_for = State.CANCELLED.value, None
    forget_parts(run)
    return run


def find_run(session: Session, event: Event, kind: Kind, run_id: UUID) -> DocumentRun:
    """An ordered paper of this event and kind. Raises RunNotFound."""
    run = find_any_run(session, event, run_id)
    if run.kind != kind.value:
        raise RunNotFound
    return run


def find_any_run(session: Session, event: Event, run_id: UUID) -> DocumentRun:
    """An ordered paper of this event. Raises RunNotFound."""
    run = session.get(DocumentRun, run_id)
    if run is None or run.event_id != event.event_id:
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
    """Draw a step of the paper that has waited longest; False if there is none.

    The claim is committed before drawing begins, so that nobody else draws the same one meanwhile, and no
    transaction is open while it is drawn. A step takes a second or so; whoever comes next takes the next one.
    """
    with sessions.begin() as session:
        claimed = claim(session, now=now)
    if claimed is None:
        return False
    try:
        _draw(sessions, claimed, now)
    except OSError as problem:
        _put_off(sessions, claimed, problem, now)
    except (
        Exception
    ) as problem:  # Whatever went wrong, the organiser must not wait for the lease to hear of it.
        _give_back(sessions, claimed, problem)
    return True


def claim(session: Session, *, now: Clock = utc_now) -> Claim | None:
    """Take the paper that has waited longest, or whose worker has died, for the time of the lease."""
    run = session.scalar(waiting_runs(now()).with_for_update(skip_locked=True))
    if run is None:
        return None
    run.attempts += 1
    run.stalled += 1
    run.state = State.DRAWING.value if run.stalled <= MOST_ATTEMPTS else State.FAILED.value
    run.leased_until = now() + LEASE
    return Claim(run.run_id, run.attempts)


def waiting_runs(now: datetime) -> Select[DocumentRun]:
    """The paper that has waited longest; without a lock two would take it."""
    is_free = or_(DocumentRun.leased_until.is_(None), DocumentRun.leased_until < now)
    is_due = or_(DocumentRun.not_before.is_(None), DocumentRun.not_before <= now)
    waiting = select(DocumentRun).where(
        or_(
            and_(DocumentRun.state == State.QUEUED.value, is_due),
            and_(DocumentRun.state == State.DRAWING.value, is_free),
        )
    )
    return waiting.order_by(DocumentRun.requested_at).limit(1)


def _draw(sessions: Sessions, claimed: Claim, now: Clock) -> None:
    with sessions() as session:
        step = _step(session, claimed, now)
    if step is None:
        return
    note = step()
    with sessions.begin() as session:
        run = session.get_one(DocumentRun, claimed.run_id, with_for_update=True)
        if claimed.holds(run):
            note(session, run)
            # The next step is anybody's.
            run.stalled, run.leased_until, run.waits_for, run.not_before = 0, None, None, None


def _step(session: Session, claimed: Claim, now: Clock) -> Step | None:
    """What is to be done next, with all that it needs from the database."""
    run = session.get_one(DocumentRun, claimed.run_id)
    if not claimed.holds(run):
        return None
    event = session.get_one(Event, run.event_id)
    if run.kind == Kind.BADGES.value:
        return next_step(session, run, event, now=now)
    prepared = PAPERS[Kind(run.kind)](session, event, language_of(run.locale))
    return lambda: _finished(prepared, prepared.draw(), now)


def _finished(prepared: Prepared, pdf: bytes, now: Clock) -> Note:
    def note(_: Session, run: DocumentRun) -> None:
        finish(run, pdf, persons=prepared.persons, problems=prepared.problems, at=now())

    return note


def _put_off(sessions: Sessions, claimed: Claim, problem: OSError, now: Clock) -> None:
    """Without room on the disk the run waits, with all that is drawn of it; the organiser is told."""
    if problem.errno not in NO_ROOM:
        _give_back(sessions, claimed, problem)
        return
    log.warning("paper.without_room", run_id=str(claimed.run_id))
    with sessions.begin() as session:
        run = session.get_one(DocumentRun, claimed.run_id, with_for_update=True)
        if claimed.holds(run):
            run.state, run.waits_for = State.QUEUED.value, ROOM
            run.stalled, run.not_before = 0, now() + WAIT_FOR_ROOM


def _give_back(sessions: Sessions, claimed: Claim, problem: Exception) -> None:
    """Begin again, for what was read or drawn before may be what is wrong; after some attempts, give up."""
    log.error("paper.failed", run_id=str(claimed.run_id), **describe_error(problem))
    with sessions.begin() as session:
        run = session.get_one(DocumentRun, claimed.run_id, with_for_update=True)
        if claimed.holds(run):
            run.state = State.QUEUED.value if run.stalled < MOST_ATTEMPTS else State.FAILED.value
            run.people, run.checked, run.drawn, run.persons = None, 0, 0, 0
            forget_parts(run)
