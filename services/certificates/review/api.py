"""An organiser's decisions about single papers, by REST."""

from fastapi import APIRouter

from services.certificates.review.schemas import DecisionIn, DecisionOut
from services.certificates.review.service import decide
from services.certificates.web import EventToChange
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser
from shared.kit.web.idempotency import IdempotentRoute

router = APIRouter(
    prefix="/certificates/api/v1/events/{event}", tags=["confirmations"], route_class=IdempotentRoute
)


@router.post("/decisions", dependencies=[OnceForToken])
def post_decision(event: EventToChange, wanted: DecisionIn, session: Db, caller: TokenUser) -> DecisionOut:
    """Take somebody's paper in or out, with a reason, or leave it to the rules again."""
    held = decide(
        session,
        event,
        wanted.registration_id,
        wanted.paper,
        is_in=wanted.is_in,
        reason=wanted.reason,
        author=caller.name,
    )
    return DecisionOut(
        registration_id=wanted.registration_id, paper=wanted.paper, verdict=held.verdict, reason=held.reason
    )
