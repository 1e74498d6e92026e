"""Confirmations by REST: how far they are, and the word that the review is finished."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from services.certificates.confirmations.checks import count_waiting, held_up
from services.certificates.confirmations.closing import readiness_of
from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code
from services.certificates.confirmations.schemas import ConfirmationOut, ConfirmationsOut
from services.certificates.confirmations.service import (
    find_issued,
    finish_review,
    go_ahead,
    list_issued,
    paper_of,
    renew,
    withdraw,
)
from services.certificates.copies.models import Event
from services.certificates.web import EventToChange, EventToRead, pdf
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser
from shared.kit.web.idempotency import IdempotentRoute
from shared.kit.web.paging import link_next, page_of, read_id

router = APIRouter(
    prefix="/certificates/api/v1/events/{event}", tags=["confirmations"], route_class=IdempotentRoute
)


# A confirmation takes some 300 bytes.
FIRST_PAGE = 200


@router.get("/confirmations")
def get_confirmations(
    event: EventToRead,
    request: Request,
    response: Response,
    session: Db,
    limit: Annotated[int, Query(ge=1, le=1000)] = FIRST_PAGE,
    cursor: str | None = None,
) -> ConfirmationsOut:
    """The issued confirmations, and what the others wait for."""
    rows = list_issued(session, event.event_id, after=read_id(cursor), limit=limit)
    page, following = page_of(rows, limit, key=lambda confirmation: [confirmation.confirmation_id])
    link_next(request, response, following)
    return _shown(session, event, page)


@router.post("/review", dependencies=[OnceForToken])
def post_review(event: EventToChange, session: Db, caller: TokenUser) -> ConfirmationsOut:
    """The attendance has been looked at: whoever is due gets a confirmation. A second time changes nothing.

    The answer has the first confirmations; all of them are read page by page.
    """
    finish_review(session, event, caller.account_id)
    first = list_issued(session, event.event_id, after=None, limit=FIRST_PAGE)
    return _shown(session, event, first[:FIRST_PAGE])


@router.get("/confirmations/{confirmation_id}/confirmation.pdf", response_class=Response)
def get_confirmation_file(event: EventToRead, confirmation_id: UUID, session: Db) -> Response:
    """The PDF as it was mailed."""
    confirmation = find_issued(session, event, confirmation_id)
    return pdf(paper_of(confirmation), f"{confirmation.number}.pdf")


@router.post("/confirmations/{confirmation_id}/withdraw", dependencies=[OnceForToken])
def post_withdrawal(event: EventToChange, confirmation_id: UUID, session: Db) -> ConfirmationOut:
    """Take a confirmation back. Who is still due gets a new one with another number."""
    confirmation = find_issued(session, event, confirmation_id)
    withdraw(session, confirmation)
    return _shown_one(confirmation)


@router.post("/confirmations/{confirmation_id}/renew", dependencies=[OnceForToken])
def post_renewal(event: EventToChange, confirmation_id: UUID, session: Db) -> ConfirmationOut:
    """Ask for a new version of a confirmation that is in doubt: it is issued and mailed, and the old one revoked."""
    confirmation = find_issued(session, event, confirmation_id)
    renew(session, confirmation)
    return _shown_one(confirmation)


@router.post("/go-ahead", dependencies=[OnceForToken])
def post_go_ahead(event: EventToChange, session: Db, caller: TokenUser) -> ConfirmationsOut:
    """No longer wait for what was counted and has not come within ten minutes, such as a device's last scans."""
    go_ahead(session, event, caller.name)
    first = list_issued(session, event.event_id, after=None, limit=FIRST_PAGE)
    return _shown(session, event, first[:FIRST_PAGE])


def _shown(session: Session, event: Event, page: Sequence[Confirmation]) -> ConfirmationsOut:
    is_closed = event.state == "closed" and event.closed_at is not None
    readiness = readiness_of(session, event) if is_closed else None
    return ConfirmationsOut(
        is_closed=is_closed,
        missing=[what.value for what in readiness.missing] if readiness else [],
        starts_at=readiness.starts_at if readiness else None,
        waiting=count_waiting(session, event.event_id),
        held_up={each.trouble: each.people for each in held_up(session, event.event_id)},
        confirmations=[_shown_one(each) for each in page],
    )


def _shown_one(confirmation: Confirmation) -> ConfirmationOut:
    return ConfirmationOut(
        id=confirmation.confirmation_id,
        registration_id=confirmation.registration_id,
        paper=str(confirmation.paper),
        number=confirmation.number,
        code=shown_code(confirmation.code),
        state=State(confirmation.state),
        attended_minutes=confirmation.attended_minutes,
        issued_at=confirmation.issued_at,
        doubt=confirmation.doubt,
        replaces=confirmation.replaces,
        replaced_by=confirmation.replaced_by,
        bounced_at=confirmation.bounced_at,
    )
