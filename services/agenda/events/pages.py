"""The organiser's pages of an event: its facts, its programme, and the buttons that act on them."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.agenda.attendees import service as attendees
from services.agenda.clock import wall_time
from services.agenda.events import service
from services.agenda.events.forms import event_values, read_event, zone_names
from services.agenda.events.models import Event
from services.agenda.programme import releases
from services.agenda.programme import service as programme
from services.agenda.programme.links import sign_up_url
from services.agenda.programme.models import ProgrammeSession
from services.agenda.programme.schemas import KIND_LABELS
from services.agenda.web import (
    EventPage,
    PageToChange,
    PageToRead,
    Refused,
    attempt,
    event_address,
    pages,
)
from shared.errors import Conflict
from shared.kit.access import Principal, Right
from shared.kit.clock import utc_now
from shared.kit.pages import FormState
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

router = APIRouter(prefix="/agenda/events", include_in_schema=False, route_class=IdempotentRoute)

# A list for people; whoever has more events finds them by the API's pages.
MOST_EVENTS = 200


class CancellingUnconfirmed(Conflict):
    """Please confirm that the event will not take place."""


@router.get("")
def show_events(request: Request, session: Db, caller: BrowserUser) -> Response:
    return pages.render(
        request,
        "events/list.html",
        events=service.list_own(session, caller, limit=MOST_EVENTS)[:MOST_EVENTS],
        may_create=bool(caller.organisations(Right.write)),
        organiser=caller.name,
    )


@router.get("/new")
def show_empty_form(request: Request, caller: BrowserUser) -> Response:
    typed = {"timezone": "Europe/Berlin", "default_locale": "de", "venue.country": "DE"}
    return _new_event_form(request, caller, FormState(typed))


@router.post("/new", dependencies=[OnceForBrowser])
def create_event(request: Request, session: Db, caller: BrowserUser, form: Form) -> Response:
    made = attempt(session, form, lambda: service.create(session, read_event(form), caller))
    if isinstance(made, Refused):
        return _new_event_form(request, caller, made.form, made.status)
    return see_other(event_address(made))


@router.get("/{event}")
def show_event(page: PageToRead) -> Response:
    return _show(page)


@router.get("/{event}/edit")
def show_event_form(page: PageToChange) -> Response:
    return _event_form(page, FormState(event_values(page.event)))


@router.post("/{event}/edit")
def change_event(page: PageToChange, form: Form) -> Response:
    return page.keep(
        form,
        lambda: service.change(page.session, page.event, read_event(form)),
        partial(_event_form, page),
        version=page.event.version,
    )


@router.post("/{event}/publish")
def publish_event(page: PageToChange) -> Response:
    return _act(page, lambda: service.publish(page.session, page.event))


@router.post("/{event}/release", dependencies=[OnceForBrowser])
def release_programme(page: PageToChange) -> Response:
    return _act(page, lambda: releases.release(page.session, page.event, page.caller))


@router.post("/{event}/close")
def close_event(page: PageToChange, form: Form) -> Response:
    early = form.get("early") == "yes"
    return _act(page, lambda: service.close(page.session, page.event, early=early))


@router.post("/{event}/cancel")
def cancel_event(page: PageToChange, form: Form) -> Response:
    if form.get("confirmed") != "yes":
        return _show(page, CancellingUnconfirmed())
    return _act(page, lambda: service.cancel(page.session, page.event))


def _act(page: EventPage, act: Callable[[], object]) -> Response:
    """Do it and show the event again; what hinders it is said there."""
    try:
        with page.session.begin_nested():
            act()
    except Conflict as problem:
        page.session.refresh(page.event)
        return _show(page, problem)
    return see_other(event_address(page.event))


def _show(page: EventPage, problem: Conflict | None = None) -> Response:
    session, event = page.session, page.event
    draft = releases.draft(session, event)
    return page.show(
        "events/event.html",
        problem.status if problem else 200,
        days=_by_day(programme.sessions_of(session, event), event),
        rooms=programme.rooms_of(session, event),
        speakers=programme.speakers_of(session, event),
        problem=problem,
        hindrances=releases.problems(draft) if draft.sessions else [],
        warnings=releases.warnings(session, draft),
        has_changed=releases.has_changed(session, event, draft),
        confirmed=attendees.count_confirmed(session, event.id),
        arrived=attendees.count_arrived(session, event.id),
        kinds=KIND_LABELS,
        may_write=page.caller.may(Right.write, event.organisation_id),
        has_ended=event.ends_at <= utc_now(),
        sign_up=sign_up_url("", event.slug),
        form=FormState(),
    )


def _by_day(sessions: Sequence[ProgrammeSession], event: Event) -> list[tuple[date, list[ProgrammeSession]]]:
    """The sessions, sorted by their beginning, of each day on the calendar at the venue."""
    grouped = groupby(sessions, key=lambda row: wall_time(row.starts_at, event.timezone).date())
    return [(day, list(rows)) for day, rows in grouped]


def _event_form(page: EventPage, form: FormState, status: int = 200) -> Response:
    return page.show("events/form.html", status, form=form, zones=zone_names(), organisations=[])


def _new_event_form(request: Request, caller: Principal, form: FormState, status: int = 200) -> Response:
    return pages.render(
        request,
        "events/form.html",
        status,
        form=form,
        event=None,
        zones=zone_names(),
        organisations=caller.organisations(Right.write),
        organiser=caller.name,
    )
