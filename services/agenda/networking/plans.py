"""Plans: ordered, searched a few seconds at a time by whoever claims them, compared, thrown away."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from services.agenda.events import service as events
from services.agenda.networking.brief import Published, Table
from services.agenda.networking.models import UNDER_WAY, Plan, State
from services.agenda.networking.people import participants
from services.agenda.networking.problem import Problem, make_problem
from services.agenda.networking.schemas import PlanOrder, Replan
from services.agenda.networking.seating import Found, search
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.first_plans import NoPlanExists
from services.agenda.networking.solving.instances import AWAY
from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import Sessions, new_id
from shared.kit.telemetry import describe_error

log = structlog.get_logger()

# A search goes on in steps of this length, so that no task runs for longer than seconds.
STEP_SECONDS = 4.0
# Longer than a task may run: only a dead worker's plan is claimed a second time.
LEASE = timedelta(seconds=90)
# A search that has ended three workers would end the fourth.
MOST_ATTEMPTS = 3


class PlanNotFound(NotFound):
    """There is no such plan."""


class NothingPublished(Conflict):
    """No plan of this session is published yet."""


class RoundHasPassed(Conflict):
    """Round {round} has begun already, and what has passed does not change."""


class IsUnderWay(Conflict):
    """Plan {number} is still being searched. Please wait for it, or throw it away, and ask again."""


class PlanIsShown(Conflict):
    """People have this plan. It stays, so that their way can be explained."""


@dataclass(frozen=True)
class Claim:
    """One step of one search."""

    plan_id: UUID
    leased_until: datetime
    seconds: float

    def holds(self, plan: Plan) -> bool:
        """Whether nobody else has taken the plan since, because the lease had ended."""
        return plan.state == State.solving and plan.leased_until == self.leased_until


def order(
    session: Session, meeting: Meeting, wanted: PlanOrder, *, now: Clock = utc_now
) -> tuple[Plan, bool]:
    """A plan that is searched within `wanted.seconds`, and whether it was asked for before and is under way.

    Raises what stands in `impossible`, NothingPublished and RoundHasPassed.
    """
    events.must_be_open(meeting.event)
    under_way = _under_way(session, meeting)
    if under_way is not None:
        return under_way, True
    published = find_published(session, meeting) if wanted.replan else None
    frozen = _frozen(meeting, wanted) if published else 0
    problem = _problem(session, meeting, wanted, published, frozen, wanted.as_of or now())
    plan = new_plan(session, meeting, problem, now=now)
    plan.state, plan.seconds, plan.seed = State.queued, wanted.seconds, wanted.seed
    plan.replans = published.number if published else None
    session.flush()
    return plan, False


def new_plan(session: Session, meeting: Meeting, problem: Problem, *, now: Clock = utc_now) -> Plan:
    """The session's next plan, as a draft without a seating."""
    plan = Plan(
        id=new_id(),
        organisation_id=meeting.event.organisation_id,
        event_id=meeting.event.id,
        session_id=meeting.row.id,
        number=_next_number(session, meeting),
        state=State.draft,
        people=[str(person) for person in problem.people],
        tables=[asdict(table) for table in problem.tables],
        problem=problem.document,
        units=problem.units,
        seconds=PlanOrder().seconds,
        requested_at=now(),
        version=1,
    )
    session.add(plan)
    return plan


def _under_way(session: Session, meeting: Meeting) -> Plan | None:
    waiting = select(Plan).where(Plan.session_id == meeting.row.id, Plan.state.in_(UNDER_WAY))
    return session.scalars(waiting).first()


def _next_number(session: Session, meeting: Meeting) -> int:
    """Whoever orders holds the event's row, so that no two plans get one number."""
    latest = session.scalar(select(func.max(Plan.number)).where(Plan.session_id == meeting.row.id))
    return (latest or 0) + 1


def _frozen(meeting: Meeting, wanted: PlanOrder) -> int:
    """How many rounds stay as they are."""
    passed = meeting.settings.round
    first = wanted.from_round or passed + 1
    if first <= passed:
        raise RoundHasPassed(round=first)
    return min(first - 1, meeting.rounds)


def _problem(
    session: Session,
    meeting: Meeting,
    wanted: PlanOrder,
    published: Plan | None,
    frozen: int,
    as_of: datetime,
) -> Problem:
    known = [UUID(person) for person in published.people] if published else []
    people = participants(session, meeting, wanted.people, as_of=as_of, known=known, frozen=frozen)
    before = (
        as_published(published, frozen, keeps=wanted.replan is Replan.fewest_changes) if published else None
    )
    return make_problem(
        meeting.format, meeting.rules, meeting.rounds, meeting.tables, people, published=before
    )


def as_published(plan: Plan, frozen: int, *, keeps: bool) -> Published:
    """The plan that people have, as the next problem begins with it."""
    people, keys = [UUID(person) for person in plan.people], [table["key"] for table in plan.tables]
    rows = [
        {person: keys[table] for person, table in zip(people, row, strict=True) if table != AWAY}
        for row in rows_of(plan)
    ]
    return Published(
        rows,
        frozen,
        pins=[(r, people[p], keys[t]) for r, p, t in plan.problem.get("edited", ())],
        units=[[people[p] for p in unit] for unit in plan.units] if plan.units else None,
        keeps_company=keeps,
    )


def rows_of(plan: Plan) -> list[list[int]]:
    """The seating, round by round; empty while there is none."""
    return plan.rows or []


def absences_of(plan: Plan) -> set[tuple[int, int]]:
    """Which people (numbers into `plan.people`) are away in which rounds, from 0; the problem's spans are half open."""
    return {
        (person, number)
        for person, first, end in plan.problem.get("absent", ())
        for number in range(first, end)
    }


def tables_of(plan: Plan) -> list[Table]:
    return [Table(**table) for table in plan.tables]


def plans_of(session: Session, meeting: Meeting) -> Sequence[Plan]:
    """The newest first; what fills pages of each is only read where somebody asks for it."""
    mine = select(Plan).where(Plan.session_id == meeting.row.id).order_by(Plan.number.desc())
    return session.scalars(
        mine.options(*map(defer, (Plan.problem, Plan.rows, Plan.tables, Plan.units)))
    ).all()


def find_plan(session: Session, meeting: Meeting, number: int) -> Plan:
    """Raises PlanNotFound."""
    plan = session.scalar(select(Plan).where(Plan.session_id == meeting.row.id, Plan.number == number))
    if plan is None:
        raise PlanNotFound
    return plan


def published_plan(session: Session, session_id: UUID) -> Plan | None:
    """What people have now; None before the first publication."""
    shown = select(Plan).where(Plan.session_id == session_id, Plan.state == State.published)
    return session.scalar(shown)


def published_plans(session: Session, event_id: UUID) -> dict[UUID, Plan]:
    """What people have now of each session (its id) of an event."""
    shown = select(Plan).where(Plan.event_id == event_id, Plan.state == State.published)
    return {plan.session_id: plan for plan in session.scalars(shown)}


def find_published(session: Session, meeting: Meeting) -> Plan:
    """Raises NothingPublished."""
    plan = published_plan(session, meeting.row.id)
    if plan is None:
        raise NothingPublished
    return plan


def remove(session: Session, plan: Plan) -> None:
    """Throw away a draft, or stop a search. Raises PlanIsShown."""
    if plan.edition is not None:
        raise PlanIsShown
    session.delete(plan)
    session.flush()


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
    is_over = plan.seconds - plan.seconds_taken < 0.05
    if isinstance(found, Found):
        plan.rows, plan.figures = found.rows, found.figures
        plan.state = State.draft if is_over or found.is_best else State.queued
    else:
        plan.reason = ",".join(found.rules) or str(found)
        plan.state = State.failed if is_over else State.queued
    if plan.state != State.queued:
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
