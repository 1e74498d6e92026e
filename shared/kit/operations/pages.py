"""The organiser's page "Operations": what of one service waits or is stuck, with a button for each remedy."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from shared.contracts.schedule import PERIODS
from shared.kit import mail
from shared.kit.access import Principal, Right
from shared.kit.i18n import N_
from shared.kit.operations import service
from shared.kit.operations.paging import read_place
from shared.kit.operations.schemas import ParkedMessageOut, StreamOut, StuckMailOut
from shared.kit.pages import OPERATIONS, Link, Pages
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute
from shared.kit.web.paging import page_of, read_id

ROWS_ON_A_PAGE = 50

SERVICE_NAMES = {
    "registration": N_("Registration"),
    "agenda": N_("Agenda"),
    "certificates": N_("Certificates"),
}
TABS = [Link(label, f"/{name}/operations") for name, label in SERVICE_NAMES.items()]

# What was just done, by the word that stands in the address.
DONE = {
    "message": N_("The message is sent again."),
    "messages": N_("The messages are sent again."),
    "mail": N_("The mail is sent again."),
    "stream": N_("The mails go on."),
}


def organisations(caller: BrowserUser) -> Sequence[UUID]:
    return service.organisations_of(caller)


Organisations = Annotated[Sequence[UUID], Depends(organisations, scope="function")]


def routes(service_name: str) -> APIRouter:
    """The page of one service, and what its buttons do."""
    router = APIRouter(
        prefix=f"/{service_name}/operations", include_in_schema=False, route_class=IdempotentRoute
    )
    router.get("")(show)
    router.post("/messages/send-again", dependencies=[OnceForBrowser])(send_messages_again)
    router.post("/messages/{message_id}/send-again", dependencies=[OnceForBrowser])(send_message_again)
    router.post("/mails/{mail_id}/send-again", dependencies=[OnceForBrowser])(send_mail_again)
    router.post("/streams/resume", dependencies=[OnceForBrowser])(resume)
    return router


def show(
    own: Organisations,
    caller: BrowserUser,
    request: Request,
    session: Db,
    messages: str | None = None,
    mails: str | None = None,
    done: str = "",
) -> Response:
    """`messages` and `mails` are the cursors of the two lists."""
    pages: Pages = request.app.state.pages
    overview = service.overview(session, own)
    return pages.render(
        request,
        "kit/operations.html",
        organiser=caller.name,
        subnav=TABS,
        subnav_label=N_("Parts of the system"),
        under=OPERATIONS,
        address=request.url.path,
        done=DONE.get(done),
        overview=overview,
        streams=[StreamOut.of(stream) for stream in overview.streams],
        service_names=SERVICE_NAMES,
        sends_mails=f"{_service_of(request)}.send_mails" in PERIODS,
        may_read=bool(caller.organisations(Right.read)),
        **_parked(request, session, own, messages),
        **_stuck(request, session, own, caller, mails),
    )


def _parked(request: Request, session: Session, own: Sequence[UUID], cursor: str | None) -> dict[str, Any]:
    rows = service.list_parked(session, own, after=read_place(cursor), limit=ROWS_ON_A_PAGE)
    page, following = page_of(rows, ROWS_ON_A_PAGE, key=lambda each: [each.message_id, each.consumer])
    return {
        "parked": [ParkedMessageOut.of(message) for message in page],
        "more_parked": _next_page(request, "messages", following),
    }


def _stuck(
    request: Request, session: Session, own: Sequence[UUID], caller: Principal, cursor: str | None
) -> dict[str, Any]:
    rows = mail.list_stuck(session, own, after=read_id(cursor), limit=ROWS_ON_A_PAGE)
    page, following = page_of(rows, ROWS_ON_A_PAGE, key=lambda each: [each.mail.id])
    return {
        "stuck": [StuckMailOut.of(each, caller) for each in page],
        "more_stuck": _next_page(request, "mails", following),
    }


def send_message_again(message_id: UUID, caller: BrowserUser, request: Request, session: Db) -> Response:
    service.send_message_again(session, caller, message_id)
    return _back(request, "message")


def send_messages_again(own: Organisations, request: Request, session: Db) -> Response:
    service.send_messages_again(session, own)
    return _back(request, "messages")


def send_mail_again(mail_id: UUID, caller: BrowserUser, request: Request, session: Db) -> Response:
    service.send_mail_again(session, caller, mail_id)
    return _back(request, "mail")


def resume(_: Organisations, request: Request, session: Db, form: Form) -> Response:
    service.resume(session, form.get("name", ""))
    return _back(request, "stream")


def _service_of(request: Request) -> str:
    return request.url.path.split("/")[1]


def _next_page(request: Request, parameter: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return f"{request.url.path}?{urlencode({**request.query_params, parameter: cursor})}"


def _back(request: Request, done: str) -> Response:
    return see_other(f"/{_service_of(request)}/operations?done={done}")
