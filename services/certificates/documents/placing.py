"""Where an area lies on a page, and which way round: the arithmetic of imposed sheets and fold-over badges.

Lengths are points. Inside an area, as on a page, PDF counts from the lower left corner (ISO 32000-1, 8.3).
"""

from dataclasses import dataclass

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placement:
    """The area's point (u, v) is the page's point (a·u + c·v + e, b·u + d·v + f); only quarter turns occur."""

    a: int
    b: int
    c: int
    d: int
    e: float
    f: float

    def of(self, inner: "Placement") -> "Placement":
        """Where something lies that is placed inside what is placed here."""
        return Placement(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            self.a * inner.e + self.c * inner.f + self.e,
            self.b * inner.e + self.d * inner.f + self.f,
        )

    def box(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        """The page's rectangle (left, bottom, right, top) that this one of the area covers."""
        across = [self.a * u + self.c * v + self.e for u, v in ((left, bottom), (right, top))]
        up = [self.b * u + self.d * v + self.f for u, v in ((left, bottom), (right, top))]
        return min(across), min(up), max(across), max(up)


WHOLE_PAGE = Placement(1, 0, 0, 1, 0, 0)


def placement(left: float, bottom: float, width: float, height: float, quarters: int) -> Placement:
    """An area of this width and height, turned clockwise by so many quarters.

    `left` and `bottom` are the lower left corner of what it covers then: `height` × `width` after an odd turn.
    """
    match quarters % 4:
        case 0:
            return Placement(1, 0, 0, 1, left, bottom)
        case 1:
            return Placement(0, -1, 1, 0, left, bottom + width)
        case 2:
            return Placement(-1, 0, 0, -1, left + width, bottom + height)
        case _:
            return Placement(0, 1, -1, 0, left + height, bottom)
