"""A side of a badge as SVG: drawn by the same design as the paper, letters as the outlines of their glyphs."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from services.certificates.badges.badge import Badge
from services.certificates.documents.content import Colour, n
from services.certificates.documents.fonts import Font, Fonts, load_fonts
from services.certificates.documents.outlines import Outline
from services.certificates.documents.paper import Align, Size, Style
from services.certificates.documents.pictures import Picture
from services.certificates.documents.qr import QrCode
from services.certificates.documents.shaping import ShapedText, shape_by_harfbuzz
from services.certificates.layouts.design import Design
from services.certificates.layouts.layout import Side

MEDIA_TYPE = "image/svg+xml"
STEP = re.compile(r"([-\d. ]*)([mlch])")


def draw_face(design: Design, badge: Badge, side: Side, *, fonts: Fonts | None = None) -> bytes:
    """One side as it is worn. Raises what drawing it on paper raises, and ValueError for a JPEG that is none."""
    canvas = SvgCanvas(design.layout.face, fonts or load_fonts())
    design.draw_face(canvas, badge, side)
    return canvas.finish()


class SvgCanvas:
    """A canvas for the screen; lengths are points."""

    def __init__(self, size: Size, fonts: Fonts) -> None:
        self.width, self.height = size
        self.fonts = fonts
        self._parts: list[str] = []
        self._glyphs: dict[tuple[Font, int], str] = {}

    def lines(
        self, x: float, y: float, lines: Iterable[ShapedText], style: Style, *, align: Align = "left"
    ) -> float:
        for line in lines:
            width = line.width * style.size / 1000
            self._line(x - {"left": 0.0, "centre": width / 2, "right": width}[align], y, line, style)
            y += style.line_height
        return y

    def outline(
        self,
        outline: Outline,
        *,
        fill: Colour | None = None,
        line: Colour | None = None,
        thickness: float = 0.5,
    ) -> None:
        path = " ".join(f"{_letter(step)}{' '.join(map(n, places))}" for step, places in outline)
        stroke = f' stroke="{_code(line)}" stroke-width="{n(thickness)}"' if line else ""
        self._parts.append(f'<path d="{path}" fill="{_code(fill) if fill else "none"}"{stroke}/>')

    def picture(self, x: float, y: float, width: float, height: float, picture: Picture) -> None:
        place = f'x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}"'
        shown = base64.b64encode(picture.shown).decode("ascii")
        self._parts.append(f'<image {place} href="data:{picture.media_type};base64,{shown}"/>')

    def qr(self, x: float, y: float, side: float, code: QrCode) -> None:
        quiet = code.quiet_zone_of(side)
        scale = (side - 2 * quiet) / code.size
        modules = "".join(_modules(code))
        self._parts.append(
            f'<path d="{modules}" transform="translate({n(x + quiet)} {n(y + quiet)}) scale({scale:.5f})"/>'
        )

    def stamp(self, name: str, draw: Callable[[], None]) -> None:
        draw()

    @contextmanager
    def placed(self, x: float, y: float, size: Size, *, turned: bool = False) -> Iterator[None]:
        width, height = size
        turn = f" rotate(180 {n(width / 2)} {n(height / 2)})" if turned else ""
        self._parts.append(f'<g transform="translate({n(x)} {n(y)}){turn}">')
        yield
        self._parts.append("</g>")

    def finish(self) -> bytes:
        glyphs = "".join(
            f'<path id="{name}" d="{_svg_path(font.outline(glyph))}"/>'
            for (font, glyph), name in self._glyphs.items()
        )
        size = f'viewBox="0 0 {n(self.width)} {n(self.height)}" width="{n(self.width)}pt" height="{n(self.height)}pt"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{glyphs}</defs>'
            f'<path d="M0 0H{n(self.width)}V{n(self.height)}H0Z" fill="#ffffff"/>{"".join(self._parts)}</svg>'
        ).encode()

    def _line(self, x: float, y: float, line: ShapedText, style: Style) -> None:
        # A line of house letters keeps no glyphs; HarfBuzz sets it alike.
        fonts = tuple(self.fonts.of(style.weight))
        shaped = shape_by_harfbuzz(line.text, fonts, line.right_to_left) if line.house else line
        em = style.size / 1000
        for segment in shaped.segments:
            pen = segment.x
            for glyph in segment.glyphs:
                scale = f"{style.size / glyph.font.units_per_em:.6f}"
                place = f"{n(x + (pen + glyph.right) * em)} {n(y - glyph.up * em)}"
                self._parts.append(
                    f'<use href="#{self._name(glyph.font, glyph.number)}" fill="{_code(style.colour)}" '
                    f'transform="translate({place}) scale({scale} -{scale})"/>'
                )
                pen += glyph.advance

    def _name(self, font: Font, glyph: int) -> str:
        return self._glyphs.setdefault((font, glyph), f"g{len(self._glyphs)}")


def _letter(step: str) -> str:
    return {"m": "M", "l": "L", "c": "C", "h": "Z"}[step]


def _code(paint: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in paint)


def _svg_path(operators: str) -> str:
    """PDF names a step behind its points, SVG before them."""
    return "".join(f"{_letter(step)}{places.strip()}" for places, step in STEP.findall(operators))


def _modules(code: QrCode) -> Iterator[str]:
    width = -(-code.size // 8)
    for row in range(code.size):
        bits = f"{int.from_bytes(code.bits[row * width : (row + 1) * width]):0{8 * width}b}"
        for dark in re.finditer("1+", bits):
            yield f"M{dark.start()} {row}h{dark.end() - dark.start()}v1h-{dark.end() - dark.start()}z"
