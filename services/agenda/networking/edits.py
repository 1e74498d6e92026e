"""Changing a plan by hand: it says at once what it costs, keeps the hard rules, and who was moved stays there."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.events import service as events
from services.agenda.networking.broken import BreaksPast, must_keep_rules
from services.agenda.networking.models import Plan, State
from services.agenda.networking.plans import new_plan, rows_of, tables_of
from services.agenda.networking.problem import Problem
from services.agenda.networking.schemas import EditAnswer, EditOrder
from services.agenda.networking.seating import company_changes, figures_of
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.instances import Instance, parse
from services.agenda.networking.solving.instances import Plan as Rows
from shared.errors import Conflict, FieldError, Invalid
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_

EDITABLE = (State.draft, State.published)


class NotToBeEdited(Conflict):
    """Only a draft or the published plan can be changed by hand."""


def edit(
    session: Session, meeting: Meeting, plan: Plan, wanted: EditOrder, *, now: Clock = utc_now
) -> EditAnswer:
    """Move somebody in a draft; the published plan stays as it is and gets a new draft with the change.

    Raises Invalid for what is not in the plan, and what stands in `broken`.
    """
    events.must_be_open(meeting.event)
    if plan.state not in EDITABLE or not rows_of(plan):
        raise NotToBeEdited
    if wanted.round <= meeting.settings.round:
        raise BreaksPast
    before = rows_of(plan)
    after, moved = _moved(plan, before, wanted)
    instance = instance_of(plan)
    must_keep_rules(instance, before, after)
    answer = EditAnswer(
        plan=plan.number,
        kept=not wanted.try_only,
        before=figures_of(instance, before),
        after=figures_of(instance, after),
        changes=company_changes(instance, before, after),
    )
    if wanted.try_only:
        return answer
    kept = copy_of(session, meeting, plan, now=now) if plan.state == State.published else plan
    _keep(kept, after, wanted.round - 1, moved, answer)
    session.flush()
    return answer.model_copy(update={"plan": kept.number})


def instance_of(plan: Plan) -> Instance:
    """The problem that the plan solves, as the solvers know it."""
    return parse(plan.problem)


def copy_of(session: Session, meeting: Meeting, plan: Plan, *, now: Clock = utc_now) -> Plan:
    """A draft that begins as the plan is."""
    problem = Problem(
        tuple(UUID(person) for person in plan.people), tuple(tables_of(plan)), dict(plan.problem), plan.units
    )
    draft = new_plan(session, meeting, problem, now=now)
    draft.replans, draft.rows, draft.figures = plan.number, plan.rows, plan.figures
    draft.finished_at = now()
    return draft


def _moved(plan: Plan, before: Rows, wanted: EditOrder) -> tuple[Rows, list[int]]:
    """The seating with the change, and who was moved."""
    if wanted.round > len(before):
        raise Invalid([FieldError("round", N_("There are not so many rounds."))])
    after = [list(row) for row in before]
    row = after[wanted.round - 1]
    person = _number_of(plan, wanted.person, "person")
    if wanted.swap_with is None:
        row[person] = _table_of(plan, wanted.table or "")
        return after, [person]
    other = _number_of(plan, wanted.swap_with, "swap_with")
    row[person], row[other] = row[other], row[person]
    return after, [person, other]


def _number_of(plan: Plan, person: UUID, field: str) -> int:
    if str(person) not in plan.people:
        raise Invalid([FieldError(field, N_("This person is not in the plan."))])
    return plan.people.index(str(person))


def _table_of(plan: Plan, key: str) -> int:
    keys = [table.key for table in tables_of(plan)]
    if key not in keys:
        raise Invalid([FieldError("table", N_("There is no table with this key."))])
    return keys.index(key)


def _keep(plan: Plan, rows: Rows, number: int, moved: list[int], answer: EditAnswer) -> None:
    """The last word about a seat is that of whoever moved somebody there: the next search leaves it."""
    edited = [pin for pin in plan.problem.get("edited", []) if pin[0] != number or pin[1] not in moved]
    edited += [[number, person, rows[number][person]] for person in moved if rows[number][person] >= 0]
    plan.problem = {**plan.problem, "edited": edited}
    plan.rows, plan.figures = rows, answer.after
    plan.version += 1
