"""The operators of one page or form (ISO 32000-1, 7.8.2): text, rectangles, QR codes, marks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import groupby

from services.certificates.documents.embedding import EmbeddedFont
from services.certificates.documents.fonts import Font
from services.certificates.documents.outlines import Outline, Step
from services.certificates.documents.placing import Placement
from services.certificates.documents.qr import QrCode
from services.certificates.documents.shaping import Glyph, Segment, ShapedText
from services.certificates.documents.typefaces import Typefaces

Colour = tuple[float, float, float]


class Content:
    """Lengths are points from the lower left corner. A colour or font is named where it changes."""

    def __init__(self, typefaces: Typefaces) -> None:
        self._typefaces = typefaces
        self._operators: list[str] = []
        self._paint: Colour | None = None
        self._using = ""

    def joined(self) -> bytes:
        return "\n".join(self._operators).encode("ascii")

    def add(self, operators: str) -> None:
        self._operators.append(operators)

    @contextmanager
    def moved(self, to: Placement) -> Iterator[None]:
        """What is added meanwhile is placed there; afterwards colour and font are what they were before."""
        paint, using = self._paint, self._using
        self.add(f"q {to.a} {to.b} {to.c} {to.d} {n(to.e)} {n(to.f)} cm")
        yield
        self.add("Q")
        self._paint, self._using = paint, using

    def line(self, x: float, y: float, line: ShapedText, size: float, paint: Colour) -> None:
        self._paint_with(paint)
        if line.house:
            shown = [
                f"{self._select(self._typefaces.name_of(letters, operand), size)}{operand}TJ"
                for letters, operand in line.house
            ]
            self.add(f"BT {n(x)} {n(y)} Td {' '.join(shown)} ET")
        for segment in line.segments:
            self._segment(x + segment.x * size / 1000, y, segment, size)
        # At the end of a line to the left no reader expects it.
        if line.space_follows and not line.right_to_left:
            self.line(x + line.width * size / 1000, y, self._typefaces.space, size, paint)

    def rectangle(self, x: float, y: float, width: float, height: float, paint: Colour) -> None:
        self._paint_with(paint)
        self.add(f"{n(x)} {n(y)} {n(width)} {n(height)} re f")

    def outline(
        self, outline: Outline, top: float, fill: Colour | None, line: Colour | None, thickness: float
    ) -> None:
        """A shape whose `y` is measured down from `top`, filled, drawn as a line, or both."""
        if fill:
            self._paint_with(fill)
        # The line's colour and thickness hold for this shape alone.
        before = f"q {' '.join(map(n, line))} RG {n(thickness)} w " if line else ""
        paint = {(True, True): "B Q", (True, False): "f", (False, True): "S Q"}[bool(fill), bool(line)]
        self.add(f"{before}{' '.join(_step(step, top) for step in outline)} {paint}")

    def picture(self, x: float, y: float, width: float, height: float, name: str) -> None:
        self.add(f"q {n(width)} 0 0 {n(height)} {n(x)} {n(y)} cm /{name} Do Q")

    def qr(self, x: float, y: float, edge: float, code: QrCode, paint: Colour) -> None:
        """The symbol without its quiet zone, as a mask through which the colour is seen."""
        self._paint_with(paint)
        self.add(
            f"q {n(edge)} 0 0 {n(edge)} {n(x)} {n(y)} cm BI /W {code.size} /H {code.size} /IM true "
            f"/D[1 0] /F/AHx ID\n{code.bits.hex()}>\nEI Q"
        )

    def _segment(self, x: float, y: float, segment: Segment, size: float) -> None:
        parts = [f"BT {n(x)} {n(y)} Td"]
        raised = 0
        for (font, up), glyphs in groupby(segment.glyphs, key=_font_and_rise):
            embedded = self._typefaces.embedded(font)
            parts.append(self._select(embedded.name, size))
            if up != raised:
                parts.append(f"{n(up * size / 1000)} Ts")
                raised = up
            parts.append(_shown(embedded, glyphs))
        parts.append("0 Ts ET" if raised else "ET")
        parts += _outlines(x, y, segment, size)
        self.add(" ".join(filter(None, parts)))

    def _select(self, name: str, size: float) -> str:
        """The operator that changes to a font, or nothing where it is in use."""
        wanted = f"/{name} {n(size)} Tf"
        if wanted == self._using:
            return ""
        self._using = wanted
        return wanted

    def _paint_with(self, paint: Colour) -> None:
        if paint != self._paint:
            self._paint = paint
            self.add(f"{' '.join(map(n, paint))} rg")


def _step(step: Step, top: float) -> str:
    operator, numbers = step
    places = (top - number if index % 2 else number for index, number in enumerate(numbers))
    return " ".join([*map(n, places), operator])


# Most places and sizes are those of the layout, the same on each page.
@lru_cache(maxsize=4096)
def n(value: float) -> str:
    """A number as short as PDF allows; a thousandth of a point is finer than any printer."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def _shown(embedded: EmbeddedFont, glyphs: Iterable[Glyph]) -> str:
    """The operator that shows these glyphs; codes that follow each other share one string."""
    code = embedded.code
    shown = "".join(
        f"{each.before}<{code(each.number, each.text)}>{each.after}" if each.text else each.before
        for each in glyphs
    )
    return f"[{shown.replace('><', '')}]TJ" if shown else ""


def _font_and_rise(glyph: Glyph) -> tuple[Font, int]:
    return glyph.font, glyph.up if glyph.text else 0


def _outlines(x: float, y: float, segment: Segment, size: float) -> Iterator[str]:
    """The glyphs without text of their own, painted: `x` and `y` are where the segment starts."""
    pen = 0
    for glyph in segment.glyphs:
        if not glyph.text:
            left, bottom = x + (pen + glyph.right) * size / 1000, y + glyph.up * size / 1000
            scale = f"{size / glyph.font.units_per_em:.6f}".rstrip("0")
            outline = glyph.font.outline(glyph.number)
            yield f"q {scale} 0 0 {scale} {n(left)} {n(bottom)} cm {outline} f Q"
        pen += glyph.advance
