"""Layouts of badges by REST: the gallery, the organisation's own, their pictures, and an event's choice."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath

from services.certificates.copies.models import Event
from services.certificates.copies.wording import language_of, printable_facts
from services.certificates.layouts.images import MOST_BYTES
from services.certificates.layouts.layout import Side
from services.certificates.layouts.models import LayoutChoice, LayoutImage
from services.certificates.layouts.preview import preview
from services.certificates.layouts.schemas import (
    ChoiceIn,
    ChoiceOut,
    ImageOut,
    LayoutIn,
    LayoutOut,
    LayoutSummary,
    Sample,
)
from services.certificates.layouts.service import (
    Known,
    LayoutNotFound,
    choice_of,
    choose,
    find_image,
    find_layout,
    hold_choice,
    keep_image,
    keep_layout,
    list_images,
    list_layouts,
    pictures_of,
    remove_image,
    remove_layout,
)
from services.certificates.layouts.svg import MEDIA_TYPE
from services.certificates.web import EventToChange, EventToRead
from shared.errors import TooLarge
from shared.kit.web.caching import etag_of, must_match
from shared.kit.web.dependencies import Db

router = APIRouter(prefix="/certificates/api/v1/events/{event}", tags=["layouts"])

Named = Annotated[str, InPath(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


@router.get("/layouts")
def get_layouts(event: EventToRead, session: Db) -> list[LayoutSummary]:
    """The gallery, and the layouts of the event's organisation."""
    chosen = choice_of(session, event).name
    return [_summary(known, chosen) for known in list_layouts(session, event.organisation_id)]


@router.get("/layouts/{name}")
def get_layout(event: EventToRead, name: Named, response: Response, session: Db) -> LayoutOut:
    """A layout with everything that stands on it."""
    return _shown(find_layout(session, event.organisation_id, name), response)


@router.put("/layouts/{name}")
def put_layout(
    event: EventToChange, name: Named, wanted: LayoutIn, request: Request, response: Response, session: Db
) -> LayoutOut:
    """Keep a layout for all events of the organisation. One that is there already needs If-Match."""
    _must_match(session, event, name, request)
    return _shown(keep_layout(session, event.organisation_id, name, wanted), response)


@router.delete("/layouts/{name}", status_code=204)
def delete_layout(event: EventToChange, name: Named, request: Request, session: Db) -> None:
    """Remove a layout that no event has. It needs If-Match."""
    must_match(request, _etag(find_layout(session, event.organisation_id, name)))
    remove_layout(session, event.organisation_id, name)


@router.get(
    "/layouts/{name}/preview.svg",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
)
def get_preview(
    event: EventToRead,
    name: Named,
    session: Db,
    side: Annotated[Side, Query()] = Side.FRONT,
    sample: Annotated[Sample, Query()] = "usual",
) -> Response:
    """One side with a made-up person, drawn as it is printed. 404 where the layout has no such side."""
    known = find_layout(session, event.organisation_id, name)
    language = language_of(event.default_locale)
    facts, _ = printable_facts(event, language)
    pictures = pictures_of(session, event.organisation_id, known.layout)
    faces = preview(known.layout, facts, language, pictures, sample).faces
    if side not in faces:
        raise LayoutNotFound
    return Response(faces[side], media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


@router.get("/badge-layout")
def get_badge_layout(event: EventToRead, response: Response, session: Db) -> ChoiceOut:
    """The layout of the event's badges."""
    return _shown_choice(choice_of(session, event), response)


@router.put("/badge-layout")
def put_badge_layout(
    event: EventToChange, wanted: ChoiceIn, request: Request, response: Response, session: Db
) -> ChoiceOut:
    """Choose the layout of the event's badges. Once one was chosen, it needs If-Match."""
    held = hold_choice(session, event)
    if held.version or "if-match" in request.headers:
        must_match(request, _etag_of_choice(held))
    return _shown_choice(choose(session, event, wanted.layout), response)


@router.get("/layout-images", response_model=list[ImageOut])
def get_images(event: EventToRead, session: Db) -> Any:
    """The pictures that the organisation's layouts can show."""
    return list_images(session, event.organisation_id)


async def uploaded(request: Request) -> bytes:
    """The body of the request, as far as it may go. Raises TooLarge."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise TooLarge(limit="5 MB")
    return body


@router.put(
    "/layout-images/{name}",
    response_model=ImageOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/png", "image/jpeg")
            },
        }
    },
)
def put_image(
    event: EventToChange, name: Named, session: Db, raw: Annotated[bytes, Depends(uploaded)]
) -> LayoutImage:
    """Upload a picture (PNG or JPEG, at most 5 MB) for the organisation's layouts."""
    return keep_image(session, event.organisation_id, name, raw)


@router.get("/layout-images/{name}", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def get_image(event: EventToRead, name: Named, session: Db) -> Response:
    """A picture as it is printed: without transparency."""
    picture = find_image(session, event.organisation_id, name)
    return Response(picture.shown, media_type=picture.media_type)


@router.delete("/layout-images/{name}", status_code=204)
def delete_image(event: EventToChange, name: Named, session: Db) -> None:
    """Remove a picture that no layout shows."""
    remove_image(session, event.organisation_id, name)


def _must_match(session: Db, event: Event, name: str, request: Request) -> None:
    try:
        known = find_layout(session, event.organisation_id, name)
    except LayoutNotFound:
        return
    if not known.is_of_gallery:
        must_match(request, _etag(known))


def _etag(known: Known) -> str:
    return etag_of("layout", known.name, known.version, known.layout.model_dump_json())


def _etag_of_choice(chosen: LayoutChoice) -> str:
    return etag_of("badge-layout", chosen.event_id, chosen.version)


def _shown(known: Known, response: Response) -> LayoutOut:
    response.headers["ETag"] = _etag(known)
    return LayoutOut(
        name=known.name,
        is_of_gallery=known.is_of_gallery,
        layout=known.layout.model_dump(mode="json", exclude_defaults=True),
    )


def _shown_choice(chosen: LayoutChoice, response: Response) -> ChoiceOut:
    response.headers["ETag"] = _etag_of_choice(chosen)
    return ChoiceOut(layout=chosen.name)


def _summary(known: Known, chosen: str) -> LayoutSummary:
    return LayoutSummary(
        name=known.name,
        title=known.layout.title,
        width=known.layout.width,
        height=known.layout.height,
        has_back=bool(known.layout.back),
        is_of_gallery=known.is_of_gallery,
        is_chosen=known.name == chosen,
    )
