"""Sheets and printers by REST; badges themselves are ordered as document runs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.certificates.documents.paper import A4
from services.certificates.printing import calibration
from services.certificates.printing.models import Printer
from services.certificates.printing.schemas import PrinterIn, PrinterOut, SheetOut
from services.certificates.printing.service import (
    change_printer,
    enter_printer,
    find_printer,
    list_printers,
    remove_printer,
)
from services.certificates.printing.sheets import SHEETS
from services.certificates.web import EventToChange, EventToRead, pdf
from shared.kit.clock import utc_now
from shared.kit.web.dependencies import Db, OnceForToken
from shared.kit.web.idempotency import IdempotentRoute

EVENT = "/certificates/api/v1/events/{event}"

router = APIRouter(prefix=EVENT, tags=["printing"], route_class=IdempotentRoute)


def printer_to_change(event: EventToChange, printer_id: UUID, session: Db) -> Printer:
    return find_printer(session, event.organisation_id, printer_id)


PrinterToChange = Annotated[Printer, Depends(printer_to_change, scope="function")]


@router.get("/sheets")
def list_sheets(event: EventToRead) -> list[SheetOut]:
    """The sheets on which badges can be printed by name."""
    return [SheetOut(name=sheet.name, label=sheet.label, **asdict(sheet.grid)) for sheet in SHEETS.values()]


@router.get("/printers", response_model=list[PrinterOut])
def list_printers_of_organisation(event: EventToRead, session: Db) -> Sequence[Printer]:
    """The printers of the event's organisation, with their offsets."""
    return list_printers(session, event.organisation_id)


@router.post("/printers", status_code=201, dependencies=[OnceForToken], response_model=PrinterOut)
def add_printer(event: EventToChange, wanted: PrinterIn, session: Db) -> Printer:
    """Enter a printer for all events of the organisation."""
    return enter_printer(session, event.organisation_id, wanted)


@router.put("/printers/{printer_id}", response_model=PrinterOut)
def set_printer(printer: PrinterToChange, wanted: PrinterIn, session: Db) -> Printer:
    """Other offsets, as read from the calibration page."""
    return change_printer(session, printer, wanted)


@router.delete("/printers/{printer_id}", status_code=204)
def delete_printer(printer: PrinterToChange, session: Db) -> None:
    """Runs that were ordered for it and are not drawn yet are drawn without an offset."""
    remove_printer(session, printer)


@router.get(
    "/printers/{printer_id}/calibration.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def get_calibration(
    event: EventToRead, printer_id: UUID, session: Db, locale: Literal["de", "en"] = "en"
) -> Response:
    """A page with rulers on both sides: folded in half, it says by how much the printer is off."""
    printer = find_printer(session, event.organisation_id, printer_id)
    page = calibration.draw(A4, printer=printer.name, language=locale, drawn_at=utc_now())
    return pdf(page, "calibration.pdf")
