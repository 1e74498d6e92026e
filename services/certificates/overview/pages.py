"""The organiser's pages: papers and rules of an event, attendance and confirmations."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.certificates.attendance.service import rules_of, set_rules
from services.certificates.confirmations.models import Doubt
from services.certificates.confirmations.service import (
    find_issued,
    finish_review,
    go_ahead,
    paper_of,
    renew,
    withdraw,
)
from services.certificates.confirmations.trouble import SENTENCES as TROUBLES
from services.certificates.copies.models import Event
from services.certificates.copies.service import list_some_attendees, released_sessions
from services.certificates.overview import forms
from services.certificates.overview.service import (
    attendance_page,
    must_be_version,
    tickets_with_problems,
)
from services.certificates.runs.models import FILE_NAMES, DocumentRun, Kind, State
from services.certificates.runs.problems import FIELDS, SENTENCES
from services.certificates.runs.service import (
    ROOM,
    RunNotFound,
    cancel,
    file_of,
    find_any_run,
    find_run,
    list_runs,
    order,
)
from services.certificates.web import OwnEvent, OwnEventToChange, pages, pdf
from shared.errors import Invalid
from shared.kit.i18n import N_
from shared.kit.pages import FormState, event_tabs, locale_of
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute
from shared.kit.web.paging import page_of, read_id

EVENT = "/certificates/events/{event}"
# Most events have fewer people: one page has them all.
ROWS_ON_A_PAGE = 200

router = APIRouter(prefix=EVENT, include_in_schema=False, route_class=IdempotentRoute)

TITLES = {
    Kind.BADGES: N_("Badges"),
    Kind.SIGN_IN_SHEET: N_("Sign-in sheet"),
    Kind.EVIDENCE_LIST: N_("Evidence of attendance"),
}
STATES = {
    State.QUEUED: N_("in the queue"),
    State.DRAWING: N_("is being drawn"),
    State.DONE: N_("ready"),
    State.FAILED: N_("failed"),
    State.CANCELLED: N_("stopped"),
}
DOUBTS = {
    Doubt.NO_LONGER_DUE.value: N_("no longer due"),
    Doubt.MINUTES_CHANGED.value: N_("minutes changed"),
    Doubt.NAME_CHANGED.value: N_("name changed"),
}


@router.get("")
def see_papers(event: OwnEvent, request: Request, session: Db, person: BrowserUser) -> Response:
    form = FormState(forms.shown(rules_of(session, event)))
    return _papers(request, session, event, person.name, form)


@router.get("/papers")
def see_runs(event: OwnEvent, request: Request, session: Db) -> Response:
    """The list of papers alone, which the page loads again while one is being drawn."""
    return pages.render(request, "overview/runs.html", **_runs(session, event))


@router.post("/papers/{kind}", dependencies=[OnceForBrowser])
def order_paper(event: OwnEventToChange, kind: Kind, request: Request, session: Db) -> Response:
    order(session, event, kind, locale=locale_of(request))
    return _back(event, "#papers")


@router.post("/papers/{run_id}/cancel", dependencies=[OnceForBrowser])
def cancel_paper(event: OwnEventToChange, run_id: UUID, session: Db) -> Response:
    cancel(session, find_any_run(session, event, run_id))
    return _back(event, "#papers")


@router.get("/papers/{run_id}/{file}")
def get_paper(event: OwnEvent, run_id: UUID, file: str, session: Db) -> Response:
    kind = next((kind for kind, name in FILE_NAMES.items() if name == file), None)
    if kind is None:
        raise RunNotFound
    return pdf(file_of(find_run(session, event, kind, run_id)), file)


@router.post("", dependencies=[OnceForBrowser])
def save_rules(
    event: OwnEventToChange, request: Request, session: Db, person: BrowserUser, typed: Form
) -> Response:
    try:
        wanted = forms.read(typed)
    except Invalid as problem:
        return _papers(request, session, event, person.name, FormState.refused(typed, problem), status=422)
    must_be_version(session, event, typed.get("version", ""))
    set_rules(session, event, wanted)
    return _back(event, "?saved=yes")


@router.get("/attendance")
def see_attendance(
    event: OwnEvent, request: Request, session: Db, person: BrowserUser, cursor: str | None = None
) -> Response:
    rows = list_some_attendees(session, event.event_id, after=read_id(cursor), limit=ROWS_ON_A_PAGE)
    shown, following = page_of(rows, ROWS_ON_A_PAGE, key=lambda attendee: [attendee.registration_id])
    return pages.render(
        request,
        "overview/attendance.html",
        organiser=person.name,
        subnav=event_tabs(event.slug),
        event=event,
        page=attendance_page(session, event, [attendee.registration_id for attendee in shown]),
        doubts=DOUBTS,
        next_page=f"{request.url.path}?{urlencode({'cursor': following})}" if following else None,
        sentences=SENTENCES,
        troubles=TROUBLES,
    )


@router.post("/review", dependencies=[OnceForBrowser])
def end_review(event: OwnEventToChange, session: Db, person: BrowserUser) -> Response:
    finish_review(session, event, person.account_id)
    return _back(event, "/attendance")


@router.get("/confirmations/{confirmation_id}/confirmation.pdf")
def get_confirmation(event: OwnEvent, confirmation_id: UUID, session: Db) -> Response:
    confirmation = find_issued(session, event, confirmation_id)
    return pdf(paper_of(confirmation), f"{confirmation.number}.pdf")


@router.post("/confirmations/{confirmation_id}/withdraw", dependencies=[OnceForBrowser])
def withdraw_confirmation(event: OwnEventToChange, confirmation_id: UUID, session: Db) -> Response:
    withdraw(session, find_issued(session, event, confirmation_id))
    return _back(event, "/attendance")


@router.post("/confirmations/{confirmation_id}/renew", dependencies=[OnceForBrowser])
def renew_confirmation(event: OwnEventToChange, confirmation_id: UUID, session: Db) -> Response:
    renew(session, find_issued(session, event, confirmation_id))
    return _back(event, "/attendance")


@router.post("/go-ahead", dependencies=[OnceForBrowser])
def go_ahead_without(event: OwnEventToChange, session: Db, person: BrowserUser) -> Response:
    go_ahead(session, event, person.name)
    return _back(event, "/attendance")


def _papers(
    request: Request, session: Session, event: Event, organiser: str, form: FormState, *, status: int = 200
) -> Response:
    return pages.render(
        request,
        "overview/papers.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        form=form,
        offered=forms.OFFERED,
        asked_sessions=forms.sessions_to_ask(rules_of(session, event), released_sessions(session, event)),
        is_saved="saved" in request.query_params,
        kinds=list(TITLES.items()),
        ticket_problems=tickets_with_problems(session, event.event_id),
        **_runs(session, event),
    )


def _runs(session: Session, event: Event) -> dict[str, Any]:
    runs = list_runs(session, event.event_id)
    return {
        "event": event,
        "runs": [_shown(event, run) for run in runs],
        "is_drawing": any(run.is_open for run in runs),
        "fields": FIELDS,
        "sentences": SENTENCES,
    }


def _shown(event: Event, run: DocumentRun) -> dict[str, Any]:
    file = f"{EVENT.format(event=event.slug)}/papers/{run.run_id}/{FILE_NAMES[Kind(run.kind)]}"
    return {
        "id": run.run_id,
        "title": TITLES[Kind(run.kind)],
        "state": State(run.state),
        "state_name": STATES[State(run.state)],
        "requested_at": run.requested_at,
        "pages": run.pages,
        "persons": run.persons,
        "problems": run.problems,
        "is_open": run.is_open,
        "drawn": run.drawn,
        "total": run.total,
        "waits_for_room": run.waits_for == ROOM,
        "file": file if run.state == State.DONE.value else None,
    }


def _back(event: Event, to: str) -> Response:
    return see_other(EVENT.format(event=event.slug) + to)
