"""The public page of a confirmation: whoever holds the paper sees whether it is genuine."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code
from services.certificates.confirmations.service import ConfirmationNotFound, find_by_code
from services.certificates.review.words import KINDS
from services.certificates.verification.schemas import CONFIRMATION_EXAMPLE, PublicConfirmation
from services.certificates.web import pages
from shared.kit.web.dependencies import Db
from shared.kit.web.problems import problem_json

router = APIRouter(tags=["verification"])

# A code is nobody's business but the holder's and the reader's: no search engine keeps the page.
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Language, Cookie",
}


@router.get("/v/{code}", include_in_schema=False)
@router.get(
    "/certificates/v/{code}",
    summary="Whether a confirmation is genuine",
    responses={
        200: {
            "model": PublicConfirmation,
            "content": {"application/json": {"example": CONFIRMATION_EXAMPLE}, "text/html": {}},
        }
    },
)
def see_confirmation(code: str, request: Request, session: Db) -> Response:
    """A page for people; JSON for whoever asks for it by `Accept: application/json`."""
    try:
        confirmation = shown(find_by_code(session, code))
    except ConfirmationNotFound as problem:
        return _nothing_here(request, problem)
    if _wants_json(request):
        return JSONResponse(confirmation.model_dump(mode="json"), headers=HEADERS)
    return pages.render(
        request, "verification/confirmation.html", headers=HEADERS, confirmation=confirmation, kinds=KINDS
    )


def _nothing_here(request: Request, problem: ConfirmationNotFound) -> Response:
    if _wants_json(request):
        answer: Response = problem_json(request, problem)
    else:
        answer = pages.render(request, "verification/unknown.html", problem.status)
    answer.headers.update(HEADERS)
    return answer


def _wants_json(request: Request) -> bool:
    """Browsers name HTML first; whoever names JSON and no HTML is a program."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def shown(confirmation: Confirmation) -> PublicConfirmation:
    """What everybody may see."""
    facts = confirmation.facts
    return PublicConfirmation(
        number=confirmation.number,
        code=shown_code(confirmation.code),
        state=State(confirmation.state),
        kind=confirmation.paper.kind,
        parts=facts.get("sessions", []),
        replaced_by=confirmation.replaced_by,
        organiser=facts["organiser"],
        event=facts["title"],
        starts_at=facts["starts_at"],
        ends_at=facts["ends_at"],
        timezone=facts["timezone"],
        place=facts["place"],
        holder=facts["name"],
        attended_minutes=confirmation.attended_minutes,
        programme_minutes=facts["programme_minutes"],
        teaching_units=facts["teaching_units"],
        issued_at=confirmation.issued_at,
    )
