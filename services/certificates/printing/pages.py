"""The page on which organisers print badges: sheets, order, whom, blank ones, and the printers' offsets."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.documents.paper import A4
from services.certificates.layouts.layout import in_language
from services.certificates.layouts.service import list_layouts
from services.certificates.printing import calibration, forms
from services.certificates.printing.models import Printer
from services.certificates.printing.service import (
    change_printer,
    enter_printer,
    find_people,
    find_printer,
    list_printers,
    must_be_printable,
    remove_printer,
)
from services.certificates.printing.sheets import SHEETS
from services.certificates.runs.models import Kind
from services.certificates.runs.service import order
from services.certificates.web import OwnEvent, OwnEventToChange, pages, pdf
from shared.errors import Invalid
from shared.kit.clock import utc_now
from shared.kit.pages import FormState, event_tabs, locale_of
from shared.kit.web.dependencies import BrowserUser, Db, Form, OnceForBrowser, see_other
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/events/{event}"
PRINTER = "/printing/printers/{printer_id}"
router = APIRouter(prefix=EVENT, include_in_schema=False, route_class=IdempotentRoute)


@router.get("/printing")
def see_printing(event: OwnEvent, request: Request, session: Db, person: BrowserUser) -> Response:
    return _page(request, session, event, person.name, form=FormState(forms.BLANK))


@router.post("/printing", dependencies=[OnceForBrowser])
def order_badges(
    event: OwnEventToChange, request: Request, session: Db, person: BrowserUser, typed: Form
) -> Response:
    try:
        wish = forms.wish_of(typed, partial(find_people, session, event.event_id), locale_of(request))
        must_be_printable(session, event, wish)
    except Invalid as problem:
        form = FormState.refused(typed, problem)
        return _page(request, session, event, person.name, form=form, status=422)
    order(session, event, Kind.BADGES, locale=wish.locale, options=wish.options)
    return see_other(f"{EVENT.format(event=event.slug)}#papers")


@router.post("/printing/printers", dependencies=[OnceForBrowser])
def add_printer(
    event: OwnEventToChange, request: Request, session: Db, person: BrowserUser, typed: Form
) -> Response:
    try:
        enter_printer(session, event.organisation_id, forms.printer_of(typed))
    except Invalid as problem:
        printer = FormState.refused(typed, problem)
        return _page(request, session, event, person.name, printer=printer, status=422)
    return _back_to_printers(event)


@router.get(PRINTER)
def see_printer(
    event: OwnEvent, printer_id: UUID, request: Request, session: Db, person: BrowserUser
) -> Response:
    printer = find_printer(session, event.organisation_id, printer_id)
    return _printer_page(request, event, printer, person.name, FormState(forms.shown(printer)))


@router.post(PRINTER, dependencies=[OnceForBrowser])
def save_printer(
    event: OwnEventToChange,
    printer_id: UUID,
    request: Request,
    session: Db,
    person: BrowserUser,
    typed: Form,
) -> Response:
    printer = find_printer(session, event.organisation_id, printer_id)
    try:
        change_printer(session, printer, forms.printer_of(typed))
    except Invalid as problem:
        form = FormState.refused(typed, problem)
        return _printer_page(request, event, printer, person.name, form, status=422)
    return _back_to_printers(event)


@router.post(f"{PRINTER}/remove", dependencies=[OnceForBrowser])
def drop_printer(event: OwnEventToChange, printer_id: UUID, session: Db) -> Response:
    remove_printer(session, find_printer(session, event.organisation_id, printer_id))
    return _back_to_printers(event)


@router.get(f"{PRINTER}/calibration.pdf")
def get_calibration(event: OwnEvent, printer_id: UUID, request: Request, session: Db) -> Response:
    printer = find_printer(session, event.organisation_id, printer_id)
    page = calibration.draw(A4, printer=printer.name, language=locale_of(request), drawn_at=utc_now())
    return pdf(page, "calibration.pdf")


def _back_to_printers(event: Event) -> Response:
    return see_other(f"{EVENT.format(event=event.slug)}/printing#printers")


def _page(
    request: Request,
    session: Session,
    event: Event,
    organiser: str,
    *,
    form: FormState | None = None,
    printer: FormState | None = None,
    status: int = 200,
) -> Response:
    printers = list_printers(session, event.organisation_id)
    return pages.render(
        request,
        "printing/printing.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        event=event,
        form=form or FormState(forms.BLANK),
        new_printer=printer or FormState(),
        printers=printers,
        printer_names=[(printer.printer_id, printer.name) for printer in printers],
        layouts=[
            (known.name, in_language(known.layout.title, locale_of(request)))
            for known in list_layouts(session, event.organisation_id)
        ],
        sheets=[(sheet.name, sheet.label) for sheet in SHEETS.values()],
        own=forms.OWN,
        grid=forms.GRID,
        offsets=forms.SIDES,
    )


def _printer_page(
    request: Request, event: Event, printer: Printer, organiser: str, form: FormState, *, status: int = 200
) -> Response:
    return pages.render(
        request,
        "printing/printer.html",
        status,
        organiser=organiser,
        subnav=event_tabs(event.slug),
        event=event,
        printer=printer,
        here=f"{EVENT.format(event=event.slug)}{PRINTER.format(printer_id=printer.printer_id)}",
        form=form,
        offsets=forms.SIDES,
    )
