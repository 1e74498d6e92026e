"""The search for seats: a few seconds at a time, by whichever worker claims a plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from services.agenda.networking.models import Plan, State
from services.agenda.networking.seating import Found, search
from services.agenda.networking.solving.first_plans import NoPlanExists
from shared.kit.clock import Clock, utc_now
from shared.kit.database import Sessions
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# A search goes on in steps of this length, so that no task runs for longer than seconds.
STEP_SECONDS = 4.0
# What is left of the time after steps of fractions of seconds is no step worth a transaction.
SHORTEST_STEP_SECONDS = 0.05
# Longer than a task may run: only a dead worker's plan is claimed a second time.
LEASE = timedelta(seconds=90)
# A search that has ended three workers would end the fourth.
MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Claim:
    """One step of one search."""

    plan_id: UUID
    leased_until: datetime
    seconds: float

    def holds(self, plan: Plan) -> bool:
        """Whether nobody else has taken the plan since, because the lease had ended."""
        return plan.state == State.solving and plan.leased_until == self.leased_until


def solve_next(sessions: Sessions, *, now: Clock = utc_now) -> bool:
    """Search one step of the plan that has waited longest; False if there is none.

    The claim is committed before, so that nobody else searches the same one, and no transaction is open meanwhile.
    """
    with sessions.begin() as session:
        claimed = claim(session, now=now)
    if claimed is None:
        return False
    try:
        _step(sessions, claimed, now)
    # Whatever went wrong, the organiser must not wait for the lease to hear of it.
    except Exception as problem:
        log.error("networking.search_failed", plan_id=str(claimed.plan_id), **describe_error(problem))
        with sessions.begin() as session:
            _give_back(session, claimed, now)
    return True


def claim(session: Session, *, now: Clock = utc_now) -> Claim | None:
    """Take the plan that has waited longest, or whose worker has died, for the time of the lease."""
    plan = session.scalar(waiting_plans(now()).with_for_update(skip_locked=True))
    if plan is None:
        return None
    plan.attempts += 1
    if plan.attempts > MOST_ATTEMPTS:
        _give_up(plan, now)
        return None
    plan.state, plan.leased_until = State.solving, now() + LEASE
    return Claim(plan.id, plan.leased_until, min(STEP_SECONDS, plan.seconds - plan.seconds_taken))


def waiting_plans(now: datetime) -> Select[Plan]:
    """The plan that has waited longest; without a lock two would take it."""
    abandoned = and_(Plan.state == State.solving, Plan.leased_until < now)
    waiting = select(Plan).where(or_(Plan.state == State.queued, abandoned))
    return waiting.order_by(Plan.requested_at).limit(1)


def _step(sessions: Sessions, claimed: Claim, now: Clock) -> None:
    with sessions() as session:
        plan = session.get(Plan, claimed.plan_id)
        if plan is None or not claimed.holds(plan):
            return
        document, units, best = plan.problem, plan.units, plan.rows
        seed = plan.seed + round(plan.seconds_taken * 1000)
    found = _search(document, units, best, claimed.seconds, seed)
    with sessions.begin() as session:
        _keep(session, claimed, found, now)


def _search(
    document: dict[str, Any], units: list[Any] | None, best: list[Any] | None, seconds: float, seed: int
) -> Found | NoPlanExists:
    try:
        return search(document, units, seconds=seconds, seed=seed, best=best)
    except NoPlanExists as reason:
        return reason


def _keep(session: Session, claimed: Claim, found: Found | NoPlanExists, now: Clock) -> None:
    """Note what the step has found; what is best, or had its time, is a draft, and the rest waits for its next step."""
    plan = session.get(Plan, claimed.plan_id, with_for_update=True)
    if plan is None or not claimed.holds(plan):
        return
    plan.seconds_taken += claimed.seconds
    plan.attempts = 0
    if isinstance(found, Found):
        plan.rows, plan.figures, plan.reason = found.rows, found.figures, None
    elif plan.rows is None:
        plan.reason = ",".join(found.rules) or str(found)
    is_best = isinstance(found, Found) and found.is_best
    if not is_best and plan.seconds - plan.seconds_taken >= SHORTEST_STEP_SECONDS:
        plan.state = State.queued
        return
    plan.state = State.failed if plan.rows is None else State.draft
    plan.finished_at = now()
    plan.version += 1
    log.info("networking.searched", state=plan.state, seconds=plan.seconds_taken, people=len(plan.people))


def _give_back(session: Session, claimed: Claim, now: Clock) -> None:
    plan = session.get(Plan, claimed.plan_id, with_for_update=True)
    if plan is None or not claimed.holds(plan):
        return
    if plan.attempts < MOST_ATTEMPTS:
        plan.state = State.queued
    else:
        _give_up(plan, now)


def _give_up(plan: Plan, now: Clock) -> None:
    plan.state, plan.reason, plan.finished_at = State.failed, "", now()
    plan.version += 1
