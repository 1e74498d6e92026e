"""How a badge looks: its size, its sides, and what stands where."""

from dataclasses import dataclass
from enum import StrEnum

from services.certificates.documents.paper import A6, Size


class Side(StrEnum):
    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Layout:
    """`size` is that of one side, in points; a fold-over badge has one side, on which both halves stand."""

    size: Size
    sides: tuple[Side, ...]


DEFAULT = Layout(A6, (Side.FRONT,))
