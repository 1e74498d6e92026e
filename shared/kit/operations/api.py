"""Messages and mails that wait or are stuck, by REST: the same routes under each service's prefix."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from shared.kit import mail
from shared.kit.operations import service
from shared.kit.operations.paging import read_place
from shared.kit.operations.schemas import OperationsOut, ParkedMessageOut, SentAgainOut, StuckMailOut
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser
from shared.kit.web.idempotency import IdempotentRoute
from shared.kit.web.paging import link_next, page_of, read_id

Limit = Annotated[int, Query(ge=1, le=1000)]


def organisations(caller: TokenUser) -> Sequence[UUID]:
    return service.organisations_of(caller)


Organisations = Annotated[Sequence[UUID], Depends(organisations, scope="function")]


def routes(service_name: str) -> APIRouter:
    """The routes of one service."""
    router = APIRouter(
        prefix=f"/{service_name}/api/v1/operations", tags=["operations"], route_class=IdempotentRoute
    )
    router.get("")(get_operations)
    router.get("/parked-messages")(get_parked_messages)
    router.post("/parked-messages/send-again", dependencies=[OnceForToken])(post_messages_again)
    router.post("/parked-messages/{message_id}/send-again", dependencies=[OnceForToken])(post_message_again)
    router.get("/mails")(get_mails)
    router.post("/mails/{mail_id}/send-again", dependencies=[OnceForToken])(post_mail_again)
    router.post("/streams/resume", status_code=204, dependencies=[OnceForToken])(post_resume)
    return router


def get_operations(own: Organisations, session: Db) -> OperationsOut:
    """How much waits, and what needs a person."""
    return OperationsOut.of(service.overview(session, own))


def get_parked_messages(
    own: Organisations,
    request: Request,
    response: Response,
    session: Db,
    limit: Limit = 100,
    cursor: str | None = None,
) -> list[ParkedMessageOut]:
    """Messages that their consumers could not take, the oldest first."""
    rows = service.list_parked(session, own, after=read_place(cursor), limit=limit)
    page, following = page_of(rows, limit, key=lambda message: [message.message_id, message.consumer])
    link_next(request, response, following)
    return [ParkedMessageOut.of(message) for message in page]


def post_message_again(message_id: UUID, caller: TokenUser, session: Db) -> SentAgainOut:
    """Send a parked message again; one that is on its way already stays so."""
    return SentAgainOut(sent_again=service.send_message_again(session, caller, message_id))


def post_messages_again(own: Organisations, session: Db) -> SentAgainOut:
    """Send all parked messages again."""
    return SentAgainOut(sent_again=service.send_messages_again(session, own))


def get_mails(
    own: Organisations,
    caller: TokenUser,
    request: Request,
    response: Response,
    session: Db,
    limit: Limit = 100,
    cursor: str | None = None,
) -> list[StuckMailOut]:
    """Mails that failed, that are unknown, or that the server has put off, the oldest first."""
    rows = mail.list_stuck(session, own, after=read_id(cursor), limit=limit)
    page, following = page_of(rows, limit, key=lambda stuck: [stuck.mail.id])
    link_next(request, response, following)
    return [StuckMailOut.of(stuck, caller) for stuck in page]


def post_mail_again(mail_id: UUID, caller: TokenUser, session: Db) -> SentAgainOut:
    """Send a failed or unknown mail once more, with the same Message-ID."""
    service.send_mail_again(session, caller, mail_id)
    return SentAgainOut(sent_again=1)


def post_resume(own: Organisations, name: Annotated[str, Query(max_length=1000)], session: Db) -> None:
    """Let the mails of a held-up stream flow again; the next answer of the server decides whether they do."""
    service.resume(session, name)
