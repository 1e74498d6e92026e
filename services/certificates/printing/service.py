"""What organisers order of badges, and the printers that they have measured."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.certificates.badges.service import programme_of, short_codes_of
from services.certificates.copies.models import Event
from services.certificates.copies.service import list_attendees
from services.certificates.copies.wording import printable_facts
from services.certificates.documents.paper import MM
from services.certificates.documents.problems import Problem
from services.certificates.layouts.layout import Layout, Side
from services.certificates.layouts.service import LayoutNotFound, find_layout, pictures_of
from services.certificates.layouts.service import layout_of as chosen_layout
from services.certificates.printing.document import BadgeDoesNotFit, Offsets, Press, cells_for
from services.certificates.printing.grids import Duplex, Grid, check
from services.certificates.printing.looks import Looks, digests
from services.certificates.printing.models import Printer
from services.certificates.printing.schemas import BadgeRunIn, PrinterIn
from services.certificates.printing.sheets import SHEETS
from shared.contracts.ticket_code import clean_short_code
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.kit.database import new_id
from shared.kit.i18n import N_, Locale

# More than any house has; whoever enters more has mistaken something.
MOST_PRINTERS = 50
UNMOVED = Offsets()


class PrinterNotFound(NotFound):
    """This printer is not entered."""


class TooManyPrinters(Conflict):
    """There are fifty printers already. Please remove one first."""


def layout_of(session: Session, event: Event, name: str | None) -> Layout:
    """How the wished badges look; without a name as the event's do. Raises Invalid."""
    if not name:
        return chosen_layout(session, event)
    try:
        return find_layout(session, event.organisation_id, name).layout
    except LayoutNotFound as problem:
        raise Invalid([FieldError("layout", N_("There is no layout of this name."))]) from problem


def must_be_printable(session: Session, event: Event, wish: BadgeRunIn) -> None:
    """Raises Invalid where a wish cannot be fulfilled, before it stands in a queue."""
    if wish.grid:
        _check_own(wish.grid.grid)
    if wish.printer:
        _must_be_entered(session, event.organisation_id, wish.printer)
    layout = layout_of(session, event, wish.layout)
    try:
        cells_for(layout, press_of(wish, layout).grid)
    except BadgeDoesNotFit as problem:
        raise Invalid([FieldError("sheet", BadgeDoesNotFit.sentence())]) from problem


def _check_own(grid: Grid) -> None:
    try:
        check(grid)
    except Invalid as problem:
        errors = [FieldError(f"grid.{error.field}", error.sentence) for error in problem.errors]
        raise Invalid(errors) from problem


def _must_be_entered(session: Session, organisation_id: UUID, printer_id: UUID) -> None:
    try:
        find_printer(session, organisation_id, printer_id)
    except PrinterNotFound as problem:
        raise Invalid([FieldError("printer", N_("This printer is not entered."))]) from problem


def press_of(wish: BadgeRunIn, layout: Layout, offsets: Offsets = UNMOVED) -> Press:
    """How the wished sheets are printed."""
    return Press(
        grid=_grid_of(wish, layout),
        duplex=wish.duplex or (Duplex.LONG_EDGE if Side.BACK in layout.sides else Duplex.NONE),
        offsets=offsets,
        mark_offset=wish.bleed if wish.crop_marks else None,
    )


def looks_of(
    session: Session, event: Event, wish: BadgeRunIn, language: Locale
) -> tuple[Looks, list[Problem]]:
    """How the wished badges look now, and what no font can print of what they have in common.

    The offsets of a printer that was removed since count no more.
    """
    layout = layout_of(session, event, wish.layout)
    facts, of_event = printable_facts(event, language)
    agenda, of_sessions = programme_of(session, event, layout, language)
    pictures = pictures_of(session, event.organisation_id, layout)
    printer = session.get(Printer, wish.printer) if wish.printer else None
    is_own = printer is not None and printer.organisation_id == event.organisation_id
    offsets = offsets_of(printer) if printer and is_own else UNMOVED
    return Looks(layout, facts, agenda, digests(pictures), offsets), [*of_event, *of_sessions]


def _grid_of(wish: BadgeRunIn, layout: Layout) -> Grid:
    if wish.grid:
        return wish.grid.grid
    if wish.sheet:
        return SHEETS[wish.sheet].grid
    # A page for each side.
    width, height = (side / MM for side in layout.size)
    return Grid(width, height, 1, 1, width, height, 0, 0, width, height)


def offsets_of(printer: Printer) -> Offsets:
    return Offsets(
        (float(printer.front_right), float(printer.front_down)),
        (float(printer.back_right), float(printer.back_down)),
    )


def find_people(session: Session, event_id: UUID, lines: str) -> list[str]:
    """The registrations of the people named on these lines: by short code, e-mail address or whole name.

    Raises Invalid where a line names nobody or several people.
    """
    named: dict[str, set[UUID]] = {}
    people = list_attendees(session, event_id)
    short_codes = short_codes_of(session, event_id, [person.registration_id for person in people])
    for person in people:
        short_code = short_codes.get(person.registration_id, "")
        for name in {short_code, _key(person.email), _key(person.name)} - {""}:
            named.setdefault(name, set()).add(person.registration_id)
    return [str(_only(named, line)) for line in lines.splitlines() if line.strip()]


def _only(named: Mapping[str, set[UUID]], line: str) -> UUID:
    found = named.get(_key(line)) or named.get(clean_short_code(line) or "") or set()
    if len(found) != 1:
        sentence = N_("Each line has to name one person. Where two have the same name, use the short code.")
        raise Invalid([FieldError("people", sentence)])
    return next(iter(found))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def list_printers(session: Session, organisation_id: UUID) -> Sequence[Printer]:
    """The organisation's printers by name."""
    own = select(Printer).where(Printer.organisation_id == organisation_id)
    return session.scalars(own.order_by(Printer.name)).all()


def find_printer(session: Session, organisation_id: UUID, printer_id: UUID) -> Printer:
    """A printer of this organisation. Raises PrinterNotFound."""
    printer = session.get(Printer, printer_id)
    if printer is None or printer.organisation_id != organisation_id:
        raise PrinterNotFound
    return printer


def enter_printer(session: Session, organisation_id: UUID, facts: PrinterIn) -> Printer:
    """A printer with its offsets. Raises Invalid for a name that is taken, and TooManyPrinters."""
    if len(list_printers(session, organisation_id)) >= MOST_PRINTERS:
        raise TooManyPrinters
    printer = Printer(printer_id=new_id(), organisation_id=organisation_id, **facts.model_dump())
    session.add(printer)
    _flush(session)
    return printer


def change_printer(session: Session, printer: Printer, facts: PrinterIn) -> Printer:
    """Other offsets or another name. Raises Invalid for a name that is taken."""
    for name, value in facts.model_dump().items():
        setattr(printer, name, value)
    _flush(session)
    return printer


def remove_printer(session: Session, printer: Printer) -> None:
    session.delete(printer)


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as problem:
        raise Invalid([FieldError("name", N_("A printer of this name is entered already."))]) from problem
