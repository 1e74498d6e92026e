"""Scans of signed sign-in sheets and evidence lists by REST."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from services.certificates.runs.models import Kind
from services.certificates.signed_lists.models import SignedList
from services.certificates.signed_lists.schemas import SignedListOut
from services.certificates.signed_lists.service import content_of, find_signed, keep, list_signed, throw_away
from services.certificates.web import EventToChange, EventToRead, attachment
from shared.kit.web.dependencies import Db, OnceForToken, TokenUser
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/api/v1/events/{event}"
# The gate lets larger bodies pass at addresses with this ending.
UPLOADS = "/signed-lists"

router = APIRouter(prefix=EVENT, tags=["signed lists"], route_class=IdempotentRoute)


@router.post(UPLOADS, status_code=201, dependencies=[OnceForToken], response_model=SignedListOut)
def upload(
    event: EventToChange,
    session: Db,
    caller: TokenUser,
    kind: Annotated[Literal[Kind.SIGN_IN_SHEET, Kind.EVIDENCE_LIST], Form(examples=["sign-in-sheet"])],
    file: Annotated[UploadFile, File(description="PDF, JPEG or PNG of at most 20 MB")],
) -> SignedList:
    """Keep the scan of a list that was signed by hand."""
    content = file.file.read()
    return keep(session, event, kind, content, name=file.filename or "", author=caller.name)


@router.get(UPLOADS, response_model=list[SignedListOut])
def list_uploads(event: EventToRead, session: Db) -> Sequence[SignedList]:
    """What was uploaded, newest first."""
    return list_signed(session, event.event_id)


@router.get(
    f"{UPLOADS}/{{list_id}}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/jpeg": {}, "image/png": {}}}},
)
def download(event: EventToRead, list_id: UUID, session: Db) -> Response:
    """The scan as it was uploaded, to be saved and never shown by a browser on its own."""
    kept = find_signed(session, event, list_id)
    return attachment(content_of(kept), kept.name, kept.media_type)


@router.delete(f"{UPLOADS}/{{list_id}}", status_code=204)
def delete_upload(event: EventToChange, list_id: UUID, session: Db) -> None:
    """For a scan that should not have been uploaded."""
    throw_away(session, find_signed(session, event, list_id))
