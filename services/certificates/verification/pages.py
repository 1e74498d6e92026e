"""The public pages of confirmations: whoever holds the paper, or the file, sees whether it is genuine."""

from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse

from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code, typed_code
from services.certificates.confirmations.service import ConfirmationNotFound, find_by_code
from services.certificates.review.words import KINDS
from services.certificates.signing.credentials import MEDIA_TYPE
from services.certificates.signing.service import credential_of
from services.certificates.verification.schemas import (
    CONFIRMATION_EXAMPLE,
    JUDGEMENT_EXAMPLE,
    PublicConfirmation,
    PublicJudgement,
)
from services.certificates.verification.service import Judgement, Reason, judge
from services.certificates.web import pages
from shared.kit.clock import utc_now
from shared.kit.i18n import N_
from shared.kit.pages import FormState, locale_of
from shared.kit.web.dependencies import Db
from shared.kit.web.problems import problem_json

router = APIRouter(tags=["verification"])

# A code is nobody's business but the holder's and the reader's: no search engine keeps the page.
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Language, Cookie",
}
SENTENCES = {
    Reason.APPENDED: N_("Something was added after it had been signed. What was signed is as it was issued."),
    Reason.BROKEN: N_("What was signed has been changed."),
    Reason.UNSIGNED: N_("The electronic signature of the issuer is missing."),
    Reason.TEXT: N_("It says something else than the confirmation that was issued."),
    Reason.BYTES: N_(
        "We found no other words in it, but it is not the file that was issued: it was printed or saved anew, "
        "or pictures were changed."
    ),
    Reason.LOST: N_("It cannot be compared with what was issued."),
}


@router.get("/certificates/v", include_in_schema=False)
def see_form(request: Request, code: str = "") -> Response:
    """Where somebody types a code or drops a file; no code stands in a link, so that the form needs no script."""
    if typed := typed_code(code):
        return RedirectResponse(f"/certificates/v/{shown_code(typed)}", 303, headers=HEADERS)
    return _form(request)


@router.post(
    "/certificates/v",
    summary="Whether a PDF is a confirmation as it was issued",
    responses={
        200: {
            "model": PublicJudgement,
            "content": {"application/json": {"example": JUDGEMENT_EXAMPLE}, "text/html": {}},
        }
    },
)
def check_file(request: Request, session: Db, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """The whole file is compared, with the name on it; nothing of it is kept. It may have 1 MB."""
    pdf = file.file.read() if file else b""
    if not pdf and not _wants_json(request):
        return _form(request, N_("Please choose a file."))
    judgement = judge(session, pdf)
    public = shown_judgement(judgement)
    if _wants_json(request):
        return JSONResponse(public.model_dump(mode="json"), headers=HEADERS)
    return pages.render(
        request,
        "verification/judgement.html",
        headers=HEADERS,
        judgement=public,
        kinds=KINDS,
        sentences=[SENTENCES[reason] for reason in judgement.reasons],
        has_ended=_has_ended(judgement),
        form=FormState(),
    )


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


@router.get("/certificates/v/{code}/credential.jwt", include_in_schema=False)
def see_credential(code: str, request: Request, session: Db) -> Response:
    """The same as a Verifiable Credential, with the initials only."""
    confirmation = find_by_code(session, code)
    credential = credential_of(confirmation, locale_of(request))
    name = f'attachment; filename="{confirmation.number}.jwt"'
    return Response(credential, media_type=MEDIA_TYPE, headers={**HEADERS, "Content-Disposition": name})


def _form(request: Request, error: str | None = None) -> Response:
    form = FormState(errors={"file": error} if error else {})
    status = 422 if error else 200
    return pages.render(request, "verification/check.html", status, headers=HEADERS, form=form)


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


def _has_ended(judgement: Judgement) -> bool:
    return judgement.signature is not None and judgement.signature.certificate_ends_at < utc_now()


def shown_judgement(judgement: Judgement) -> PublicJudgement:
    """What everybody may see of it."""
    signature, key = judgement.signature, judgement.key
    return PublicJudgement(
        outcome=judgement.outcome,
        reasons=list(judgement.reasons),
        lines=list(judgement.lines),
        signed_by=signature.signer if signature else None,
        signed_at=signature.signed_at if signature else None,
        key_state=key.state if key else None,
        confirmation=shown(judgement.confirmation) if judgement.confirmation else None,
    )


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
