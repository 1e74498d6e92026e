"""The organiser's pages of networking: sessions, rules, plans side by side, one plan, and the day."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.agenda.attendees import service as attendees
from services.agenda.networking import day, edits, plans, publishing, service, stand_ins
from services.agenda.networking.answers import report_answer
from services.agenda.networking.changes import ChangedWay, changed_ways, changes_by
from services.agenda.networking.forms import (
    RULE_LABELS,
    KnownKeys,
    OtherSetting,
    at_fields,
    format_options,
    known_keys,
    lines_version,
    organisations_options,
    other_settings,
    people_options,
    read_settings,
    rule_lines,
    settings_values,
    settings_version,
    unknown_keys,
    with_rule,
    without_rule,
)
from services.agenda.networking.gaps import gaps_of, gaps_of_each
from services.agenda.networking.models import UNDER_WAY, Plan
from services.agenda.networking.people import present
from services.agenda.networking.rules import FORMAT_LABELS, ORGANISATIONS_LABELS, Absence, Rules
from services.agenda.networking.schemas import (
    BackOrder,
    ClockOrder,
    EditAnswer,
    EditOrder,
    People,
    PlanOrder,
    StandInOrder,
)
from services.agenda.networking.service import Meeting
from services.agenda.networking.shown import own_ways, report, show
from services.agenda.networking.views import (
    STATE_KINDS,
    STATE_LABELS,
    Guest,
    broken_rules,
    colleagues_of,
    guests_of,
    rounds_of,
)
from services.agenda.refusals import checked, filled
from services.agenda.runtime import settings
from services.agenda.web import EventPage, PageToChange, PageToRead, PlanNumber, event_address, pages
from shared.errors import Conflict, FieldError, Invalid, Stale
from shared.kit.access import Right
from shared.kit.clock import utc_now
from shared.kit.pages import FormState
from shared.kit.person_links import person_of
from shared.kit.web.dependencies import Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

router = APIRouter(
    prefix="/agenda/events/{event}/networking", include_in_schema=False, route_class=IdempotentRoute
)


report_router = APIRouter(prefix="/agenda/events/{event}/networking/meetings/report", include_in_schema=False)
public_router = APIRouter(prefix="/agenda/my", include_in_schema=False)
M = TypeVar("M", bound=BaseModel)

# Whoever publishes wants people to hear of it, unless they say otherwise; programs have the same default.
TO_BE_TOLD = {"mails": "yes"}
# What a person's own link shows must not stay in a shared computer's cache.
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def address_of(meeting: Meeting) -> str:
    """The organiser's page of a networking session."""
    return f"{event_address(meeting.event)}/networking/{meeting.row.key}"


def meeting_to_read(key: str, page: PageToRead) -> Meeting:
    return service.find_meeting(page.session, page.event, key)


def meeting_to_change(key: str, page: PageToChange) -> Meeting:
    return service.find_meeting(page.session, page.event, key)


MeetingToRead = Annotated[Meeting, Depends(meeting_to_read, scope="function")]
MeetingToChange = Annotated[Meeting, Depends(meeting_to_change, scope="function")]


def plan_to_read(number: PlanNumber, page: PageToRead, meeting: MeetingToRead) -> Plan:
    return plans.find_plan(page.session, meeting, number)


def plan_to_change(number: PlanNumber, page: PageToChange, meeting: MeetingToChange) -> Plan:
    return plans.find_plan(page.session, meeting, number)


PlanToRead = Annotated[Plan, Depends(plan_to_read, scope="function")]
PlanToChange = Annotated[Plan, Depends(plan_to_change, scope="function")]


@router.get("")
def show_sessions(page: PageToRead) -> Response:
    meetings = service.meetings_of(page.session, page.event)
    gaps = gaps_of_each(page.session, page.event, meetings)
    return page.show(
        "networking/sessions.html", meetings=list(zip(meetings, gaps, strict=True)), formats=FORMAT_LABELS
    )


@router.get("/{key}")
def show_meeting(page: PageToRead, meeting: MeetingToRead) -> Response:
    return _show_meeting(page, meeting)


@router.get("/{key}/plan-list")
def show_plan_list(page: PageToRead, meeting: MeetingToRead) -> Response:
    """The part of the session's page that changes while a plan is searched."""
    return page.show("networking/plan_list.html", **_plan_list(page, meeting))


@router.post("/{key}/plans", dependencies=[OnceForBrowser])
def order_plan(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    def act() -> None:
        plan, is_known = plans.order(page.session, meeting, _read(PlanOrder, form))
        if is_known:
            raise plans.IsUnderWay(number=plan.number)

    problem = _attempt(page, meeting, act)
    return _show_meeting(page, meeting, problem, form) if problem else see_other(address_of(meeting))


@router.get("/{key}/rules")
def show_rules(page: PageToChange, meeting: MeetingToChange) -> Response:
    return _show_rules(page, meeting, FormState(settings_values(meeting.own_rules)), FormState())


@router.post("/{key}/rules")
def change_settings(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    rules = meeting.own_rules
    if form.get("version") != settings_version(rules):
        others = other_settings(form, rules)
        return _show_rules(page, meeting, FormState(form), FormState(), stale=Stale(), others=others)
    return _keep_rules(
        page,
        meeting,
        lambda: read_settings(form, rules),
        lambda problem: (FormState.refused(form, problem), FormState()),
    )


@router.post("/{key}/rules/add", dependencies=[OnceForBrowser])
def add_rule(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    """One rule more, whatever others have added meanwhile: it overwrites nothing of theirs."""
    settings = FormState(settings_values(meeting.own_rules))
    return _keep_rules(
        page,
        meeting,
        lambda: with_rule(form, meeting.own_rules),
        lambda problem: (settings, FormState.refused(form, at_fields(problem, form.get("kind", "")))),
    )


@router.post("/{key}/rules/remove")
def remove_rule(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    rules, kind = meeting.own_rules, form.get("kind", "")
    settings = FormState(settings_values(rules))
    if kind not in RULE_LABELS or form.get("version") != lines_version(rules, kind):
        return _show_rules(page, meeting, settings, FormState(), stale=Stale())
    return _keep_rules(
        page,
        meeting,
        lambda: without_rule(form, rules),
        lambda problem: (settings, FormState.refused(form, problem)),
    )


def _keep_rules(
    page: EventPage,
    meeting: Meeting,
    change: Callable[[], Rules],
    refused: Callable[[Invalid], tuple[FormState, FormState]],
) -> Response:
    try:
        with page.session.begin_nested():
            service.set_rules(page.session, meeting, change())
    except Invalid as problem:
        return _show_rules(page, meeting, *refused(problem), status=problem.status)
    return see_other(f"{address_of(meeting)}/rules")


def _show_rules(
    page: EventPage,
    meeting: Meeting,
    settings: FormState,
    rule: FormState,
    *,
    status: int = 200,
    stale: Stale | None = None,
    others: Sequence[OtherSetting] = (),
) -> Response:
    """With `stale`, others have changed what a form was made from; `others` is what stands now."""
    guests = guests_of(page.session, page.event)
    tables = {table.key: table.title for table in meeting.tables}
    known = _known_keys(page)
    return page.show(
        "networking/rules.html",
        stale.status if stale else status,
        stale=stale,
        others=others,
        meeting=meeting,
        here=address_of(meeting),
        settings=settings,
        rule=rule,
        lines=list(rule_lines(meeting.rules, {key: guest.name for key, guest in guests.items()}, tables)),
        kinds=RULE_LABELS,
        formats=format_options(),
        organisations=organisations_options(),
        people=people_options(guests.values()),
        tables=tables,
        known=known,
        # Before anybody has a place, nothing can have been answered.
        unknown=unknown_keys(meeting.own_rules, known) if guests else [],
        version=settings_version(meeting.own_rules),
        versions={kind: lines_version(meeting.own_rules, kind) for kind in RULE_LABELS},
    )


def _known_keys(page: EventPage) -> KnownKeys:
    people = attendees.list_confirmed(page.session, page.event.id)
    return known_keys((one.wishes for one in people), (one.category for one in people))


@router.get("/{key}/plans/{number}")
def show_plan(page: PageToRead, meeting: MeetingToRead, plan: PlanToRead) -> Response:
    return _show_plan(page, meeting, plan, FormState(TO_BE_TOLD))


@router.post("/{key}/plans/{number}/edit", dependencies=[OnceForBrowser])
def edit_plan(page: PageToChange, meeting: MeetingToChange, plan: PlanToChange, form: Form) -> Response:
    """Move somebody; the page says what it cost, or why it may not be."""
    try:
        with page.session.begin_nested():
            answer = edits.edit(page.session, meeting, plan, _read(EditOrder, form))
    except Invalid as problem:
        return _show_plan(page, meeting, plan, FormState.refused(form, problem), status=problem.status)
    except Conflict as problem:
        return _show_plan(page, meeting, plan, FormState(form), problem=problem, status=problem.status)
    shown = plans.find_plan(page.session, meeting, answer.plan)
    return _show_plan(
        page, meeting, shown, FormState({**TO_BE_TOLD, "round": form.get("round", "")}), answer=answer
    )


@router.post("/{key}/plans/{number}/publish")
def publish_plan(page: PageToChange, meeting: MeetingToChange, plan: PlanToChange, form: Form) -> Response:
    mails = form.get("mails") == "yes"
    problem = _attempt(page, meeting, lambda: publishing.publish(page.session, meeting, plan, mails=mails))
    if problem:
        return _show_plan(page, meeting, plan, FormState(form), problem=problem, status=problem.status)
    return see_other(address_of(meeting))


@router.post("/{key}/plans/{number}/remove")
def remove_plan(page: PageToChange, meeting: MeetingToChange, plan: PlanToChange) -> Response:
    return _act(page, meeting, lambda: plans.remove(page.session, plan))


@router.get("/{key}/day")
def show_day(page: PageToChange, meeting: MeetingToChange) -> Response:
    return _show_day(page, meeting)


@router.post("/{key}/clock", dependencies=[OnceForBrowser])
def turn_clock(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    wanted = _read(ClockOrder, form)
    return _on_the_day(page, meeting, lambda: day.turn_clock(page.session, meeting, wanted))


@router.post("/{key}/away")
def mark_away(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    def act() -> None:
        day.mark_away(page.session, meeting, _read(Absence, form))

    problem = _attempt(page, meeting, act)
    if problem is None:
        return see_other(f"{address_of(meeting)}/day")
    return _show_day(page, meeting, problem, away_form=_typed(form, problem, {"": "until_round"}))


@router.post("/{key}/back")
def mark_back(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    return _on_the_day(
        page, meeting, lambda: day.mark_back(page.session, meeting, _read(BackOrder, form).person)
    )


@router.post("/{key}/stand-ins", dependencies=[OnceForBrowser])
def stand_in(page: PageToChange, meeting: MeetingToChange, form: Form) -> Response:
    def act() -> None:
        given = filled(form)
        wanted = {"person": given.get("newcomer"), "instead_of": given.get("instead_of")}
        stand_ins.stand_in(page.session, meeting, checked(StandInOrder, wanted))

    before = plans.published_plan(page.session, meeting.row.id)
    problem = _attempt(page, meeting, act)
    after = plans.published_plan(page.session, meeting.row.id)
    if problem or before is None or after is None:
        fields = {"person": "newcomer"}
        return _show_day(page, meeting, problem, way_form=_typed(form, problem, fields))
    # Whoever stands at the door hands the other's badge over, and says where to go first.
    given = changed_ways(before, after, guests_of(page.session, page.event))
    return _show_day(page, meeting, given=given)


def _read(model: type[M], form: Form) -> M:
    """The fields of the form that the model knows. Raises Invalid."""
    return checked(model, {name: value for name, value in filled(form).items() if name in model.model_fields})


def _typed(form: Form, problem: Conflict | Invalid | None, fields: Mapping[str, str]) -> FormState:
    """A refused form with what was typed; `fields` are those that have another name in it than in the rules."""
    if not isinstance(problem, Invalid):
        return FormState(form)
    # `away.3.from_round` is the rule's field; a rule that does not fit as a whole has none.
    named = [(error.field.rpartition(".")[2], error.sentence) for error in problem.errors]
    places = [FieldError("" if name.isdecimal() else name, sentence) for name, sentence in named]
    return FormState.refused(
        form, Invalid([FieldError(fields.get(one.field, one.field), one.sentence) for one in places])
    )


def _act(page: EventPage, meeting: Meeting, act: Callable[[], object]) -> Response:
    """Do it and show the session again; what hinders it is said there."""
    problem = _attempt(page, meeting, act)
    return _show_meeting(page, meeting, problem) if problem else see_other(address_of(meeting))


def _on_the_day(page: EventPage, meeting: Meeting, act: Callable[[], object]) -> Response:
    problem = _attempt(page, meeting, act)
    return _show_day(page, meeting, problem) if problem else see_other(f"{address_of(meeting)}/day")


def _attempt(page: EventPage, meeting: Meeting, act: Callable[[], object]) -> Conflict | Invalid | None:
    try:
        with page.session.begin_nested():
            act()
    except (Conflict, Invalid) as problem:
        if meeting.settings in page.session:
            page.session.refresh(meeting.settings)
        return problem
    return None


def _show_meeting(
    page: EventPage,
    meeting: Meeting,
    problem: Conflict | Invalid | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    form = FormState(typed or {"people": "confirmed", "seconds": "5"})
    return page.show(
        "networking/session.html",
        problem.status if problem else 200,
        problem=problem,
        formats=FORMAT_LABELS,
        organisations=ORGANISATIONS_LABELS,
        form=FormState.refused(form.values, problem) if isinstance(problem, Invalid) else form,
        gaps=gaps_of(page.session, meeting),
        **_plan_list(page, meeting),
    )


def _plan_list(page: EventPage, meeting: Meeting) -> dict[str, Any]:
    found = plans.plans_of(page.session, meeting)
    return {
        "meeting": meeting,
        "here": address_of(meeting),
        "plans": found,
        "is_searching": any(plan.state in UNDER_WAY for plan in found),
        "has_published": any(plan.state == "published" for plan in found),
        "states": STATE_LABELS,
        "kinds": STATE_KINDS,
        "broken_rules": broken_rules,
        "may_write": page.caller.may(Right.write, page.event.organisation_id) and not page.event.is_over,
    }


def _show_plan(
    page: EventPage,
    meeting: Meeting,
    plan: Plan,
    form: FormState,
    *,
    problem: Conflict | Invalid | None = None,
    answer: EditAnswer | None = None,
    status: int = 200,
) -> Response:
    guests = guests_of(page.session, page.event)
    rounds = rounds_of(meeting, plan, guests)
    in_plan = [guests[UUID(person)] for person in plan.people if UUID(person) in guests]
    return page.show(
        "networking/plan.html",
        status,
        meeting=meeting,
        here=address_of(meeting),
        plan=plan,
        rounds=rounds,
        colleagues=colleagues_of(plan, rounds),
        changed=changes_by(page.session, plan, guests),
        form=form,
        problem=problem,
        answer=answer,
        people=people_options(in_plan),
        states=STATE_LABELS,
        kinds=STATE_KINDS,
        broken=broken_rules(plan),
        may_write=page.caller.may(Right.write, page.event.organisation_id) and not page.event.is_over,
    )


def _show_day(
    page: EventPage,
    meeting: Meeting,
    problem: Conflict | Invalid | None = None,
    *,
    given: Sequence[ChangedWay] = (),
    away_form: FormState | None = None,
    way_form: FormState | None = None,
) -> Response:
    guests = guests_of(page.session, page.event)
    shown = plans.published_plan(page.session, meeting.row.id)
    inside = present(page.session, page.event.id, People.inside, as_of=utc_now()) or set()
    away = [(guests[absence.person], absence) for absence in meeting.rules.away if absence.person in guests]
    return page.show(
        "networking/day.html",
        problem.status if problem else 200,
        meeting=meeting,
        here=address_of(meeting),
        problem=problem,
        shown=shown,
        gaps=gaps_of(page.session, meeting),
        away=away,
        away_form=away_form
        or FormState({"from_round": str(min(meeting.settings.round + 1, meeting.rounds))}),
        way_form=way_form or FormState(),
        inside=len(inside & guests.keys()),
        given=given,
        people=people_options(guests.values()),
        **(_stand_in_options(page, meeting, shown, guests) if shown else {}),
    )


def _stand_in_options(
    page: EventPage, meeting: Meeting, shown: Plan, guests: Mapping[UUID, Guest]
) -> dict[str, Any]:
    seated = set(stand_ins.seated_to_come(meeting, shown))
    missing = stand_ins.ways_to_take(page.session, meeting, shown)
    return {
        "newcomers": people_options(guest for guest in guests.values() if guest.id not in seated),
        "missing": people_options(guests[person] for person in missing if person in guests),
    }


@router.get("/{key}/screen")
def show_screen(page: PageToRead, meeting: MeetingToRead) -> Response:
    """For the projector: which round runs, for how long, and who sits where."""
    return _show_screen(page, meeting, "networking/screen.html")


@router.get("/{key}/screen-now")
def show_screen_now(page: PageToRead, meeting: MeetingToRead) -> Response:
    """The part of the screen that changes."""
    return _show_screen(page, meeting, "networking/screen_now.html")


def _show_screen(page: EventPage, meeting: Meeting, template: str) -> Response:
    shown = show(page.session, meeting)
    if shown is None:
        return _show_meeting(page, meeting, plans.NothingPublished())
    # Without the organiser's name and menus: everybody in the room looks at it.
    return pages.render(
        page.request,
        template,
        event=page.event,
        shown=shown,
        meeting=meeting,
        here=address_of(meeting),
        now=utc_now(),
    )


@router.get("/{key}/sheets")
def show_sheets(page: PageToRead, meeting: MeetingToRead) -> Response:
    """A sheet for each table and round, to be printed."""
    shown = show(page.session, meeting)
    if shown is None:
        return _show_meeting(page, meeting, plans.NothingPublished())
    return page.show("networking/sheets.html", meeting=meeting, shown=shown, here=address_of(meeting))


@report_router.get("")
def show_report(page: PageToRead) -> Response:
    found, names = report(page.session, page.event)
    return page.show("networking/report.html", report=report_answer(found, names))


@public_router.get("/{token}")
def show_own_way(token: str, request: Request, session: Db) -> Response:
    return _show_own(token, request, session, "networking/own.html")


@public_router.get("/{token}/part")
def show_own_way_part(token: str, request: Request, session: Db) -> Response:
    """The part of the page that changes, also for the person's page of registration."""
    return _show_own(token, request, session, "networking/own_part.html")


def _show_own(token: str, request: Request, session: Db, template: str) -> Response:
    event, ways = own_ways(session, person_of(token, settings.access_public_key))
    return pages.render(
        request, template, headers=PRIVATE, event=event, ways=ways, here=f"/agenda/my/{token}", now=utc_now()
    )
