"""The pages on which organisers choose a layout, change it, and see at once what will be printed."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from fastapi import Form as FormField
from fastapi import Path as InPath
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.copies.wording import language_of, printable_facts
from services.certificates.documents import categories
from services.certificates.layouts import forms
from services.certificates.layouts.layout import Layout, Side, in_language
from services.certificates.layouts.preview import Preview, preview
from services.certificates.layouts.samples import SAMPLES
from services.certificates.layouts.schemas import Sample
from services.certificates.layouts.service import (
    Known,
    LayoutNotFound,
    categories_of,
    choice_of,
    choose,
    find_image,
    find_layout,
    keep_image,
    keep_layout,
    list_images,
    list_layouts,
    pictures_of,
    remove_layout,
)
from services.certificates.layouts.svg import MEDIA_TYPE
from services.certificates.runs.problems import FIELDS, SENTENCES
from services.certificates.web import OwnEvent, OwnEventToChange, pages
from shared.errors import FieldError, Invalid, Stale
from shared.kit.i18n import N_
from shared.kit.pages import FormState, event_tabs, locale_of
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/events/{event}"
NAME = r"^[a-z0-9][a-z0-9-]{0,59}$"
BAD_NAME = N_("Please use small letters, digits and hyphens.")
TAKEN = N_("There is something of this name already.")
NO_FILE = N_("Please choose a file.")

router = APIRouter(prefix=EVENT, include_in_schema=False, route_class=IdempotentRoute)

Named = Annotated[str, InPath(pattern=NAME)]

SAMPLE_NAMES = {
    "usual": N_("somebody"),
    "long": N_("a long name"),
    "short": N_("a short name without an organisation"),
    "arabic": N_("a name in Arabic"),
    "japanese": N_("a name in Japanese"),
    "hebrew": N_("a name in Hebrew"),
}
FACES = {Side.FRONT: N_("Front"), Side.BACK: N_("Back")}


@router.get("/layouts")
def see_layouts(event: OwnEvent, request: Request, session: Db, person: BrowserUser) -> Response:
    return _gallery(request, session, event, person.name)


@router.post("/layouts", dependencies=[OnceForBrowser])
def copy_layout(
    event: OwnEventToChange, request: Request, session: Db, person: BrowserUser, typed: Form
) -> Response:
    """An own layout that begins as another one."""
    try:
        name = _new_name(session, event, typed.get("name", ""))
    except Invalid as problem:
        form = FormState.refused(typed, problem)
        return _gallery(request, session, event, person.name, form=form, status=422)
    like = find_layout(session, event.organisation_id, typed.get("like", ""))
    keep_layout(session, event.organisation_id, name, like.layout)
    return see_other(_address(event, name))


@router.post("/badge-layout", dependencies=[OnceForBrowser])
def choose_layout(event: OwnEventToChange, session: Db, typed: Form) -> Response:
    choose(session, event, typed.get("layout", ""))
    return see_other(f"{EVENT.format(event=event.slug)}/layouts?chosen=yes")


@router.post("/layout-images", dependencies=[OnceForBrowser])
def upload_image(
    event: OwnEventToChange,
    request: Request,
    session: Db,
    person: BrowserUser,
    image_name: Annotated[str, FormField()] = "",
    image: Annotated[UploadFile | None, File()] = None,
) -> Response:
    raw = image.file.read() if image else b""
    try:
        keep_image(session, event.organisation_id, _image_name(image_name), _file(raw))
    except Invalid as problem:
        form = FormState.refused({"image_name": image_name}, problem)
        return _gallery(request, session, event, person.name, upload=form, status=422)
    return see_other(f"{EVENT.format(event=event.slug)}/layouts#pictures")


@router.get("/layout-images/{name}")
def see_image(event: OwnEvent, name: Named, session: Db) -> Response:
    picture = find_image(session, event.organisation_id, name)
    return Response(
        picture.shown, media_type=picture.media_type, headers={"Cache-Control": "private, no-cache"}
    )


@router.get("/layouts/{name}")
def see_layout(
    event: OwnEvent,
    name: Named,
    request: Request,
    session: Db,
    person: BrowserUser,
    sample: Annotated[Sample, Query()] = "usual",
) -> Response:
    known = find_layout(session, event.organisation_id, name)
    data = _with_blanks(session, event, forms.shown(known.layout))
    picture = _preview(session, event, known.layout, sample)
    return _editor(
        request, event, known, person.name, data, FormState(forms.values_of(data)), picture, sample
    )


@router.get("/layouts/{name}/preview.svg")
def see_preview(
    event: OwnEvent, name: Named, session: Db, side: Annotated[Side, Query()] = Side.FRONT
) -> Response:
    known = find_layout(session, event.organisation_id, name)
    faces = _preview(session, event, known.layout, "usual").faces
    if side not in faces:
        raise LayoutNotFound
    return Response(faces[side], media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


@router.post("/layouts/{name}", dependencies=[OnceForBrowser])
def change_layout(
    event: OwnEventToChange, name: Named, request: Request, session: Db, person: BrowserUser, typed: Form
) -> Response:
    """Saves, or shows what saving would bring: a preview, one element more or less."""
    known = find_layout(session, event.organisation_id, name)
    action, sample = typed.get("action", "save"), _sample(typed)
    try:
        data, layout = _read(session, event, typed, action)
    except Invalid as problem:
        return _refused(session, request, event, known, person.name, typed, problem)
    if action != "save":
        data = _with_blanks(session, event, data)
        picture = _preview(session, event, layout, sample)
        return _editor(
            request, event, known, person.name, data, FormState(forms.values_of(data)), picture, sample
        )
    if typed.get("version", "") != str(known.version):
        raise Stale
    keep_layout(session, event.organisation_id, name, layout)
    return see_other(f"{_address(event, name)}?saved=yes&sample={sample}")


@router.post("/layouts/{name}/preview")
def preview_layout(event: OwnEvent, name: Named, request: Request, session: Db, typed: Form) -> Response:
    """The picture alone, for a form that is being filled in."""
    find_layout(session, event.organisation_id, name)
    try:
        _, layout = _read(session, event, typed, "preview")
    except Invalid as problem:
        return pages.render(request, "layouts/preview.html", problems=[], faces=[], errors=problem.errors)
    return pages.render(
        request, "layouts/preview.html", errors=[], **_shown(_preview(session, event, layout, _sample(typed)))
    )


@router.post("/layouts/{name}/remove", dependencies=[OnceForBrowser])
def remove(event: OwnEventToChange, name: Named, session: Db) -> Response:
    remove_layout(session, event.organisation_id, name)
    return see_other(f"{EVENT.format(event=event.slug)}/layouts")


def _read(session: Session, event: Event, typed: Mapping[str, str], action: str) -> tuple[forms.Data, Layout]:
    images = [image.name for image in list_images(session, event.organisation_id)]
    what, _, where = action.partition(":")
    if what in ("add", "remove"):
        data = forms.typed_data(typed)
        changed = (
            forms.added(data, where, typed.get("kind", "")) if what == "add" else forms.removed(data, where)
        )
        typed = {"content": json.dumps(changed)}
    return forms.read_form(typed, images)


def _with_blanks(session: Session, event: Event, data: forms.Data) -> forms.Data:
    return forms.with_blanks(data, categories_of(session, event))


def _refused(
    session: Session,
    request: Request,
    event: Event,
    known: Known,
    organiser: str,
    typed: Mapping[str, str],
    problem: Invalid,
) -> Response:
    data = forms.shown(known.layout)
    if "json" not in typed:
        try:
            data = forms.typed_data(typed)
        except Invalid:
            typed = {}
    data = _with_blanks(session, event, data)
    values = {**forms.values_of(data), **typed}
    state = FormState.refused(values, problem)
    return _editor(
        request,
        event,
        known,
        organiser,
        data,
        state,
        Preview({}, []),
        _sample(typed),
        typed=typed,
        status=422,
    )


def _editor(
    request: Request,
    event: Event,
    known: Known,
    organiser: str,
    data: forms.Data,
    state: FormState,
    picture: Preview,
    sample: str,
    *,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return pages.render(
        request,
        "layouts/editor.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        event=event,
        here=_address(event, known.name),
        known=known,
        title=in_language(known.layout.title, locale_of(request)),
        is_saved="saved" in request.query_params,
        form=state,
        content=json.dumps(data, ensure_ascii=False),
        json=(typed or {}).get("json")
        or json.dumps(_short(forms.without_blanks(data)), ensure_ascii=False, indent=2),
        whole=forms.fields_of(data),
        sections=[(heading, fields) for heading, fields in forms.sections_of(data) if fields],
        category_words={name: categories.name_of(name, locale_of(request)) for name in data["categories"]},
        sides=[(side, FACES[Side(side)], forms.groups_of(data, side)) for side in forms.SIDES],
        kinds=list(forms.KINDS.items()),
        samples=list(SAMPLE_NAMES.items()),
        sample=sample,
        errors=[],
        **_shown(picture),
    )


def _short(data: forms.Data) -> Any:
    """The JSON without what goes without saying; as it is where it is no layout yet."""
    try:
        return Layout.model_validate(data).model_dump(mode="json", exclude_defaults=True)
    except ValueError:
        return data


def _gallery(
    request: Request,
    session: Session,
    event: Event,
    organiser: str,
    *,
    form: FormState | None = None,
    upload: FormState | None = None,
    status: int = 200,
) -> Response:
    known = list_layouts(session, event.organisation_id)
    locale = locale_of(request)
    layouts = [(each, in_language(each.layout.title, locale)) for each in known]
    return pages.render(
        request,
        "layouts/layouts.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        event=event,
        here=f"{EVENT.format(event=event.slug)}/layouts",
        layouts=layouts,
        chosen=choice_of(session, event).name,
        is_chosen="chosen" in request.query_params,
        form=form or FormState(),
        upload=upload or FormState(),
        likes=[(each.name, title) for each, title in layouts],
        images=list_images(session, event.organisation_id),
    )


def _preview(session: Session, event: Event, layout: Layout, sample: str) -> Preview:
    language = language_of(event.default_locale)
    facts, _ = printable_facts(event, language)
    return preview(layout, facts, language, pictures_of(session, event.organisation_id, layout), sample)


def _shown(picture: Preview) -> dict[str, Any]:
    faces = [
        (FACES[side], f"data:{MEDIA_TYPE};base64,{b64encode(face).decode('ascii')}")
        for side, face in picture.faces.items()
    ]
    problems = [
        (FIELDS.get(each.field, each.field), SENTENCES[each.reason.value]) for each in picture.problems
    ]
    return {"faces": faces, "problems": problems}


def _sample(typed: Mapping[str, str]) -> str:
    sample = typed.get("sample", "")
    return sample if sample in SAMPLES else "usual"


def _new_name(session: Session, event: Event, text: str) -> str:
    name = _name(text, "name")
    if any(each.name == name for each in list_layouts(session, event.organisation_id)):
        raise Invalid([FieldError("name", TAKEN)])
    return name


def _image_name(text: str) -> str:
    return _name(text, "image_name")


def _name(text: str, field: str) -> str:
    name = text.strip()
    if (
        not 0 < len(name) <= 60
        or name[0] == "-"
        or not set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    ):
        raise Invalid([FieldError(field, BAD_NAME)])
    return name


def _file(raw: bytes) -> bytes:
    if not raw:
        raise Invalid([FieldError("image", NO_FILE)])
    return raw


def _address(event: Event, name: str) -> str:
    return f"{EVENT.format(event=event.slug)}/layouts/{name}"
