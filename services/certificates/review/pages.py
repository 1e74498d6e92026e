"""The review list: who gets what, who is held and why, and deciding about single people."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.certificates.attendance.rule import Verdict
from services.certificates.confirmations.models import Review
from services.certificates.copies.models import Event
from services.certificates.review.service import decide, review_list
from services.certificates.review.words import KINDS, REASONS, VERDICTS
from services.certificates.web import OwnEvent, OwnEventToChange, pages
from shared.errors import Invalid
from shared.kit.pages import FormState, event_tabs
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/events/{event}"
# Each line has a form of its own; more of them make a page slow on a phone.
LINES_ON_A_PAGE = 100
CHOICES = {"in": True, "out": False, "rules": None}

router = APIRouter(prefix=EVENT, include_in_schema=False, route_class=IdempotentRoute)


@router.get("/attendance/review")
def see_review(
    event: OwnEvent,
    request: Request,
    session: Db,
    person: BrowserUser,
    show: Verdict | None = None,
    page: int = 1,
) -> Response:
    return _page(request, session, event, person.name, FormState(), show=show, page=page)


@router.post("/attendance/review/decisions", dependencies=[OnceForBrowser])
def save_decision(
    event: OwnEventToChange, request: Request, session: Db, person: BrowserUser, typed: Form
) -> Response:
    registration_id, is_in = _uuid(typed.get("registration_id", "")), CHOICES.get(typed.get("choice", ""))
    try:
        decide(
            session,
            event,
            registration_id,
            typed.get("paper", ""),
            is_in=is_in,
            reason=typed.get("reason", ""),
            author=person.name,
        )
    except Invalid as problem:
        form = FormState.refused(typed, problem)
        return _page(request, session, event, person.name, form, status=422)
    return see_other(f"{EVENT.format(event=event.slug)}/attendance/review#person-{registration_id}")


def _uuid(text: str) -> UUID:
    """Nobody has the id that a mistyped one becomes."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _page(
    request: Request,
    session: Session,
    event: Event,
    organiser: str,
    form: FormState,
    *,
    show: Verdict | None = None,
    page: int = 1,
    status: int = 200,
) -> Response:
    found = review_list(session, event, only=show)
    first = max(page - 1, 0) * LINES_ON_A_PAGE
    return pages.render(
        request,
        "review/review.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        event=event,
        form=form,
        found=found,
        lines=found.lines[first : first + LINES_ON_A_PAGE],
        show=show,
        is_closed=event.state == "closed",
        review=session.get(Review, event.event_id),
        previous_page=_address(show, page - 1) if page > 1 else None,
        next_page=_address(show, page + 1) if len(found.lines) > first + LINES_ON_A_PAGE else None,
        words={"kinds": KINDS, "verdicts": VERDICTS, "reasons": REASONS},
    )


def _address(show: Verdict | None, page: int) -> str:
    wanted: dict[str, Any] = {"show": show.value} if show else {}
    return f"?{urlencode({**wanted, 'page': page})}"
