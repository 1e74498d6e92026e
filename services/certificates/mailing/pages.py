"""The page that shows the mailing of an event's confirmations while it runs, and what can be done about it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.certificates.confirmations.bounces import mail_again, mark_bounced
from services.certificates.confirmations.checks import count_waiting, held_up
from services.certificates.confirmations.service import find_issued
from services.certificates.confirmations.trouble import SENTENCES as TROUBLES
from services.certificates.copies.models import Event
from services.certificates.mailing.queries import run_of
from services.certificates.runtime import settings
from services.certificates.signing.keys import ring
from services.certificates.signing.overview import to_warn_of
from services.certificates.web import OwnEvent, OwnEventToChange, pages
from shared.kit.clock import utc_now
from shared.kit.i18n import N_
from shared.kit.mail import send_again
from shared.kit.pages import event_tabs, locale_of
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

MAILING = "/certificates/events/{event}/attendance/mailing"

router = APIRouter(prefix=MAILING, include_in_schema=False, route_class=IdempotentRoute)

STATES = {
    "queued": N_("in the queue"),
    "claimed": N_("about to be sent"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "unknown": N_("not known whether it arrived"),
    "failed": N_("refused by the mail server"),
    "suppressed": N_("held back"),
}


@router.get("")
def see_mailing(event: OwnEvent, request: Request, session: Db, person: BrowserUser) -> Response:
    return pages.render(
        request,
        "mailing/mailing.html",
        organiser=person.name,
        subnav=event_tabs(event.slug),
        **_facts(request, session, event),
    )


@router.get("/run")
def see_run(event: OwnEvent, request: Request, session: Db) -> Response:
    """The run alone, which the page loads again while mails are on their way."""
    return pages.render(request, "mailing/run.html", **_facts(request, session, event))


@router.post("/mails/{mail_id}/again", dependencies=[OnceForBrowser])
def send_once_more(event: OwnEventToChange, mail_id: UUID, session: Db) -> Response:
    send_again(session, event.event_id, mail_id)
    return _back(event)


@router.post("/bounced", dependencies=[OnceForBrowser])
def note_bounce(event: OwnEventToChange, session: Db, typed: Form) -> Response:
    mark_bounced(session, event, typed.get("address", ""))
    return _back(event)


@router.post("/confirmations/{confirmation_id}/again", dependencies=[OnceForBrowser])
def mail_confirmation_again(event: OwnEventToChange, confirmation_id: UUID, session: Db) -> Response:
    mail_again(session, event, find_issued(session, event, confirmation_id))
    return _back(event)


def _facts(request: Request, session: Session, event: Event) -> dict[str, Any]:
    run = run_of(session, event.event_id, utc_now())
    return {
        "event": event,
        "run": run,
        "shown": to_warn_of(ring(), event.organisation_id, utc_now()),
        "held_up": held_up(session, event.event_id),
        "troubles": TROUBLES,
        "to_look_at": count_waiting(session, event.event_id) if event.state == "closed" else 0,
        "per_second": f"{run.per_second:.1f}".replace(".", "," if locale_of(request) == "de" else "."),
        "limit": settings.mail_per_second,
        "states": STATES,
    }


def _back(event: Event) -> Response:
    return see_other(MAILING.format(event=event.slug))
