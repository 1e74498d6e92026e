"""The mailing of an event's confirmations, by REST."""

from fastapi import APIRouter

from services.certificates.confirmations.bounces import mark_bounced
from services.certificates.mailing.queries import run_of
from services.certificates.mailing.schemas import Bounce, BounceOut, MailingOut
from services.certificates.web import EventToChange, EventToRead
from shared.kit.clock import utc_now
from shared.kit.web.dependencies import Db, OnceForToken
from shared.kit.web.idempotency import IdempotentRoute

router = APIRouter(
    prefix="/certificates/api/v1/events/{event}/mailing", tags=["confirmations"], route_class=IdempotentRoute
)


@router.get("")
def get_mailing(event: EventToRead, session: Db) -> MailingOut:
    """How many mails with confirmations are where, how fast they go, and what is stuck."""
    run = run_of(session, event.event_id, utc_now())
    return MailingOut(
        counts={str(state): count for state, count in run.counts.items()},
        waiting=run.waiting,
        per_second=round(run.per_second, 2),
        last_sent_at=run.last_sent_at,
        stuck=len(run.stuck),
        bounced=len(run.bounced),
        held_up=[stream.reason for stream in run.streams],
    )


@router.post("/bounces", dependencies=[OnceForToken])
def post_bounce(event: EventToChange, bounce: Bounce, session: Db) -> BounceOut:
    """A mail came back, as whoever reads the organiser's mailbox knows.

    When the person's address is corrected, or already is, the confirmation is mailed again by itself.
    """
    return BounceOut(confirmations=mark_bounced(session, event, bounce.address))
