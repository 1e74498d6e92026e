"""The page on which organisers keep scans of what people have signed by hand."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.runs.models import Kind
from services.certificates.signed_lists.service import (
    LISTS,
    content_of,
    find_signed,
    keep,
    list_signed,
    throw_away,
)
from services.certificates.web import OwnEvent, OwnEventToChange, attachment, pages
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_
from shared.kit.pages import FormState, event_tabs
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/events/{event}"
NAMES = {Kind.SIGN_IN_SHEET: N_("Sign-in sheet"), Kind.EVIDENCE_LIST: N_("Evidence of attendance")}

router = APIRouter(prefix=EVENT, include_in_schema=False, route_class=IdempotentRoute)


@router.get("/signed-lists")
def see_signed_lists(event: OwnEvent, request: Request, session: Db, person: BrowserUser) -> Response:
    return _page(request, session, event, person.name, FormState({"kind": Kind.SIGN_IN_SHEET.value}))


@router.post("/signed-lists", dependencies=[OnceForBrowser])
def upload(
    event: OwnEventToChange,
    request: Request,
    session: Db,
    person: BrowserUser,
    typed: Form,
    file: Annotated[UploadFile | str | None, File()] = None,
) -> Response:
    try:
        kind, content, name = _sent(typed.get("kind", ""), file)
        keep(session, event, kind, content, name=name, author=person.name)
    except Invalid as problem:
        return _page(request, session, event, person.name, FormState.refused(typed, problem), status=422)
    return _back(event)


def _sent(kind: str, file: UploadFile | str | None) -> tuple[Kind, bytes, str]:
    # A browser sends a field without a file as an empty one, a form without its type as text.
    content = b"" if file is None or isinstance(file, str) else file.file.read()
    errors = []
    if kind not in {each.value for each in LISTS}:
        errors.append(FieldError("kind", N_("Please choose one of the options.")))
    if not content:
        errors.append(FieldError("file", N_("Please choose a file.")))
    if errors:
        raise Invalid(errors)
    return Kind(kind), content, str(getattr(file, "filename", ""))


@router.get("/signed-lists/{list_id}/file")
def download(event: OwnEvent, list_id: UUID, session: Db) -> Response:
    kept = find_signed(session, event, list_id)
    return attachment(content_of(kept), kept.name, kept.media_type)


@router.post("/signed-lists/{list_id}/remove", dependencies=[OnceForBrowser])
def remove_upload(event: OwnEventToChange, list_id: UUID, session: Db) -> Response:
    throw_away(session, find_signed(session, event, list_id))
    return _back(event)


def _back(event: Event) -> Response:
    return see_other(f"{EVENT.format(event=event.slug)}/signed-lists")


def _page(
    request: Request, session: Session, event: Event, organiser: str, form: FormState, *, status: int = 200
) -> Response:
    return pages.render(
        request,
        "signed_lists/signed_lists.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        event=event,
        form=form,
        names={kind.value: name for kind, name in NAMES.items()},
        lists=list_signed(session, event.event_id),
    )
