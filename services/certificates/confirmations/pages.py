"""A person's own confirmations, behind the link that registration signs on the person's own page."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.certificates.confirmations.service import own_confirmation, own_confirmations, paper_of
from services.certificates.review.words import KINDS
from services.certificates.runtime import settings
from services.certificates.web import pages, pdf
from shared.kit.person_links import person_of
from shared.kit.web.dependencies import Db

router = APIRouter(prefix="/certificates/my", include_in_schema=False)

# What a person's own link shows must not stay in a shared computer's cache, nor the link in another site's log.
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


@router.get("/{token}")
def see_own(token: str, request: Request, session: Db) -> Response:
    return _show(token, request, session, "confirmations/own.html")


@router.get("/{token}/part")
def see_own_part(token: str, request: Request, session: Db) -> Response:
    """The list alone, for the person's page in registration."""
    return _show(token, request, session, "confirmations/own_part.html")


@router.get("/{token}/{confirmation_id}/confirmation.pdf")
def get_own_confirmation(token: str, confirmation_id: UUID, session: Db) -> Response:
    confirmation = own_confirmation(session, person_of(token, settings.access_public_key), confirmation_id)
    answer = pdf(paper_of(confirmation), f"{confirmation.number}.pdf")
    answer.headers.update(PRIVATE)
    return answer


def _show(token: str, request: Request, session: Session, template: str) -> Response:
    found = own_confirmations(session, person_of(token, settings.access_public_key))
    return pages.render(
        request, template, headers=PRIVATE, confirmations=found, here=f"/certificates/my/{token}", kinds=KINDS
    )
