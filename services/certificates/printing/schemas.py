"""What the API takes about badges and printers."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.certificates.printing.grids import Duplex, Grid
from services.certificates.printing.imposition import Filling
from services.certificates.printing.sheets import SHEETS
from services.certificates.runs.schemas import RunIn

# Lengths of a sheet in millimetres; what fits is checked with the whole grid.
Length = Annotated[float, Field(ge=0, le=420, allow_inf_nan=False)]
# What a printer is off by; the page for measuring it shows as much.
Offset = Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
# One after the other by hand, nobody wants more.
MOST_CHOSEN, MOST_BLANKS = 1000, 500

A_GRID: dict[str, Any] = {
    "sheet_width": 210,
    "sheet_height": 297,
    "columns": 2,
    "rows": 5,
    "cell_width": 90,
    "cell_height": 54,
    "left": 15,
    "top": 13.5,
    "across": 90,
    "down": 54,
}
SHEET_NAMES = tuple(SHEETS)


class GridIn(BaseModel):
    """Cells on a sheet of one's own, in millimetres; `across` and `down` are from cell to cell."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [A_GRID]})

    sheet_width: Length
    sheet_height: Length
    columns: int = Field(ge=1, le=20)
    rows: int = Field(ge=1, le=40)
    cell_width: Length
    cell_height: Length
    left: Length
    top: Length
    across: Length
    down: Length

    @property
    def grid(self) -> Grid:
        return Grid(**self.model_dump())


class BadgeRunIn(RunIn):
    """An order for badges; without a sheet each side has a page of its own.

    `registrations` chooses people, `changed` those whose badge says something else of them than when it was last
    drawn (or was never drawn); both together: whoever is in both. With `changed_looks` those are among them whose
    layout, programme or facts of the event are others since. `stacks` puts the piles of cut sheets in order.
    Without a `duplex` two-sided badges are printed over the long edge.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"locale": "de"},
                {
                    "layout": "a6-portrait-programme",
                    "sheet": "4xA6",
                    "duplex": "long-edge",
                    "filling": "stacks",
                    "order": "organisation",
                    "blanks": 8,
                    "blank_category": "guest",
                },
                {"grid": A_GRID, "crop_marks": True, "bleed": 2, "changed": True},
            ]
        },
    )

    layout: str | None = Field(default=None, min_length=1, max_length=80)
    """The name of a layout; without one, the usual."""
    sheet: Literal[SHEET_NAMES] | None = None  # type: ignore[valid-type]  # The names stand in a table.
    grid: GridIn | None = None
    duplex: Duplex | None = None
    filling: Filling = Filling.ROWS
    crop_marks: bool = False
    bleed: float = Field(default=0, ge=0, le=5, allow_inf_nan=False)
    """How far crop marks stay away from the cells, in mm."""
    printer: UUID | None = None
    order: Literal["name", "organisation", "category"] = "name"
    registrations: list[UUID] | None = Field(default=None, min_length=1, max_length=MOST_CHOSEN)
    changed: bool = False
    changed_looks: bool = False
    blanks: int = Field(default=0, ge=0, le=MOST_BLANKS)
    blank_category: str = Field(default="guest", min_length=1, max_length=80)

    @property
    def options(self) -> dict[str, Any]:
        """All but the language, as JSON."""
        return self.model_dump(mode="json", exclude={"locale"})

    @model_validator(mode="after")
    def _one_sheet(self) -> "BadgeRunIn":
        if self.sheet and self.grid:
            raise ValueError("Please choose a sheet by name or describe one, not both.")
        return self


PRINTER_EXAMPLE: dict[str, Any] = {
    "id": "0198c5a0-0000-7000-8000-000000000002",
    "name": "Copier, 2nd floor",
    "front_right": 0.5,
    "front_down": -1.0,
    "back_right": 0.0,
    "back_down": 0.5,
}


class PrinterIn(BaseModel):
    """A printer and by how many millimetres its pages are moved, as read from the calibration page."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{name: value for name, value in PRINTER_EXAMPLE.items() if name != "id"}]
        },
    )

    name: Name
    front_right: Offset = 0
    front_down: Offset = 0
    back_right: Offset = 0
    back_down: Offset = 0


class PrinterOut(PrinterIn):
    model_config = ConfigDict(
        extra="forbid", from_attributes=True, json_schema_extra={"examples": [PRINTER_EXAMPLE]}
    )

    id: UUID = Field(validation_alias="printer_id")


class SheetOut(BaseModel):
    """A sheet that can be bought or cut, in millimetres from its upper left corner."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "10x90x54", "label": "A4, 10 × 90 mm × 54 mm", **A_GRID}]}
    )

    name: str
    label: str
    sheet_width: float
    sheet_height: float
    columns: int
    rows: int
    cell_width: float
    cell_height: float
    left: float
    top: float
    across: float
    down: float
