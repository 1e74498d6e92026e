"""The forms for printing badges and for printers: what was typed, read into wishes."""

from collections.abc import Callable, Mapping
from typing import Any

from services.certificates.printing.grids import Duplex
from services.certificates.printing.imposition import Filling
from services.certificates.printing.models import Printer
from services.certificates.printing.schemas import A_GRID, BadgeRunIn, PrinterIn
from shared.kit.i18n import N_
from shared.kit.validation import checked

OWN = "own"
SIDES = (
    ("front_right", N_("Front, horizontal (mm)")),
    ("front_down", N_("Front, vertical (mm)")),
    ("back_right", N_("Back, horizontal (mm)")),
    ("back_down", N_("Back, vertical (mm)")),
)
GRID = (
    ("sheet_width", N_("Width of the sheet (mm)")),
    ("sheet_height", N_("Height of the sheet (mm)")),
    ("columns", N_("Columns")),
    ("rows", N_("Rows")),
    ("cell_width", N_("Width of a cell (mm)")),
    ("cell_height", N_("Height of a cell (mm)")),
    ("left", N_("From the sheet's left edge to the first cell (mm)")),
    ("top", N_("From the sheet's upper edge to the first cell (mm)")),
    ("across", N_("From the left edge of a cell to that of the next (mm)")),
    ("down", N_("From the upper edge of a cell to that of the next (mm)")),
)

BLANK: Mapping[str, Any] = {
    "sheet": "",
    "duplex": Duplex.LONG_EDGE.value,
    "filling": Filling.ROWS.value,
    "order": "name",
    "whom": "everyone",
    "bleed": "0",
    "blanks": "0",
    "blank_category": "guest",
    **{f"grid.{name}": f"{value:g}" for name, value in A_GRID.items()},
}


def wish_of(typed: Mapping[str, str], find_people: Callable[[str], list[str]], locale: str) -> BadgeRunIn:
    """What was typed, as an order; `find_people` gives registrations for lines of text.

    Raises Invalid with a sentence at each field.
    """
    is_own = typed.get("sheet") == OWN
    people = typed.get("people", "") if typed.get("whom") == "chosen" else None
    values = {
        "locale": locale,
        "layout": typed.get("layout") or None,
        "sheet": None if is_own else typed.get("sheet") or None,
        "grid": {name: _decimal(typed.get(f"grid.{name}", "")) for name, _ in GRID} if is_own else None,
        "duplex": typed.get("duplex", Duplex.LONG_EDGE.value),
        "filling": typed.get("filling", Filling.ROWS.value),
        "crop_marks": bool(typed.get("crop_marks")),
        "bleed": _decimal(typed.get("bleed", "")) or 0,
        "printer": typed.get("printer") or None,
        "order": typed.get("order", "name"),
        "registrations": None if people is None else find_people(people),
        "changed": typed.get("whom") in ("changed", "changed-looks"),
        "changed_looks": typed.get("whom") == "changed-looks",
        "blanks": typed.get("blanks", "").strip() or 0,
        "blank_category": typed.get("blank_category", "").strip() or "guest",
    }
    return checked(BadgeRunIn, values)


def shown(printer: Printer) -> dict[str, str]:
    """A printer as its form shows it."""
    return {"name": printer.name, **{name: f"{getattr(printer, name):g}" for name, _ in SIDES}}


def printer_of(typed: Mapping[str, str]) -> PrinterIn:
    """A printer as it was typed. Raises Invalid with a sentence at each field."""
    offsets = {name: _decimal(typed.get(name, "")) or 0 for name, _ in SIDES}
    return checked(PrinterIn, {"name": typed.get("name", "").strip(), **offsets})


def _decimal(text: str) -> str:
    """A German comma is a point, and a minus is a minus however it was typed."""
    return text.strip().replace(",", ".").replace("\u2212", "-")
