"""A document being drawn: ReportLab's canvas with text in any script, house colours and repeatable bytes."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from services.certificates.documents.embedding import EmbeddedFont
from services.certificates.documents.fitting import SMALLEST, fit_or_cut, wrap
from services.certificates.documents.fonts import Font, Fonts, Weight, load_fonts
from services.certificates.documents.qr import QrCode
from services.certificates.documents.shaping import Glyph, Segment, ShapedText, shape

# ASCII85 makes each stream a quarter longer and slower, for mail systems of the last century.
rl_config.useA85 = 0

Size = tuple[float, float]
Colour = tuple[float, float, float]
Align = Literal["left", "right", "centre"]

MM = 72 / 25.4
A4: Size = (210 * MM, 297 * MM)
A4_LANDSCAPE: Size = (297 * MM, 210 * MM)
A6: Size = (105 * MM, 148 * MM)


def colour(code: str) -> Colour:
    """A colour as PDF wants it, from the `#0B4F6C` of the web."""
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (round(red, 3), round(green, 3), round(blue, 3))


INK = colour("#16202E")
MUTED = colour("#525E6E")
HAIRLINE = colour("#BFC7D1")
TINT = colour("#F1F4F7")
ACCENT = colour("#0B4F6C")
WHITE = colour("#FFFFFF")
# A scanner wants all the contrast that there is.
BLACK = colour("#000000")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. `size` is in points, `leading` the distance of two baselines as a factor of it."""

    size: float
    weight: Weight = "regular"
    colour: Colour = INK
    leading: float = 1.4

    def sized(self, size: float) -> "Style":
        return replace(self, size=size)

    def coloured(self, paint: Colour) -> "Style":
        return replace(self, colour=paint)

    @property
    def line_height(self) -> float:
        return self.size * self.leading


class Paper:
    """One PDF. All lengths are points; `y` is measured from the top edge of the page, for text to its baseline.

    The same calls give the same bytes: the only date inside is `drawn_at`.
    """

    def __init__(
        self,
        size: Size,
        *,
        title: str,
        author: str,
        language: str,
        drawn_at: datetime,
        fonts: Fonts | None = None,
    ) -> None:
        self.width, self.height = size
        self.fonts = fonts or load_fonts()
        self._file = io.BytesIO()
        # ReportLab's stubs leave out what a renderer of its own text needs.
        self._canvas: Any = _Canvas(
            self._file, pagesize=size, pageCompression=1, invariant=1, pdfVersion=(1, 7), lang=language
        )
        self._describe(title, author, drawn_at)
        self._embedded: dict[Font, EmbeddedFont] = {}
        self._paint: Colour | None = None
        self._using: tuple[Font, float] | None = None
        self._resources = pdfdoc.PDFDictionary(
            {"Font": pdfdoc.PDFObjectReference(pdfdoc.BasicFonts), "XObject": pdfdoc.PDFDictionary({})}
        )

    def text(self, x: float, y: float, text: str, style: Style, *, align: Align = "left") -> None:
        """One line. Raises MissingGlyphs and ForbiddenCharacters instead of printing a box or a trap."""
        self.shaped(x, y, shape(text, self.fonts.of(style.weight)), style, align=align)

    def shaped(self, x: float, y: float, line: ShapedText, style: Style, *, align: Align = "left") -> None:
        width = line.width * style.size / 1000
        left = x - {"left": 0.0, "centre": width / 2, "right": width}[align]
        self._paint_with(style.colour)
        for segment in line.segments:
            self._write(left + segment.x * style.size / 1000, self.height - y, segment, style.size)

    def lines(
        self, x: float, y: float, lines: Iterable[ShapedText], style: Style, *, align: Align = "left"
    ) -> float:
        """Several lines, the first on the baseline `y`. Returns the baseline that would come next."""
        for line in lines:
            self.shaped(x, y, line, style, align=align)
            y += style.line_height
        return y

    def paragraph(self, x: float, y: float, text: str, style: Style, *, width: float) -> float:
        """A text wrapped to this width, its first baseline at `y`. Returns the baseline that would come next."""
        return self.lines(x, y, wrap(text, self.fonts.of(style.weight), size=style.size, width=width), style)

    def title(self, x: float, y: float, text: str, style: Style, *, width: float) -> float:
        """A heading on up to three balanced lines, smaller where it has to be; otherwise like a paragraph."""
        stack = self.fonts.of(style.weight)
        fitted = fit_or_cut(text, stack, width=width, largest=style.size, smallest=SMALLEST, max_lines=3)
        return self.lines(x, y, fitted.lines, style.sized(fitted.size))

    def width_of(self, text: str, style: Style) -> float:
        return shape(text, self.fonts.of(style.weight)).width * style.size / 1000

    def area(self, x: float, y: float, width: float, height: float, paint: Colour) -> None:
        """A filled rectangle; `y` is its upper edge."""
        self._paint_with(paint)
        self._add(f"{_n(x)} {_n(self.height - y - height)} {_n(width)} {_n(height)} re f")

    def rule(
        self, x: float, y: float, length: float, *, thickness: float = 0.5, paint: Colour = HAIRLINE
    ) -> None:
        """A horizontal line, hanging from `y`."""
        self.area(x, y, length, thickness, paint)

    def qr(self, x: float, y: float, side: float, code: QrCode) -> None:
        """A QR code in a square of this side, its quiet zone inside; `x` and `y` are the upper left corner."""
        quiet = code.quiet_zone_of(side)
        edge = side - 2 * quiet
        left, bottom = x + quiet, self.height - y - quiet - edge
        self._paint_with(BLACK)
        self._add(
            f"q {_n(edge)} 0 0 {_n(edge)} {_n(left)} {_n(bottom)} cm BI /W {code.size} /H {code.size} /IM true "
            f"/D[1 0] /F/AHx ID\n{code.bits.hex()}>\nEI Q"
        )

    def link(self, x: float, y: float, width: float, height: float, address: str) -> None:
        """Opens a web address at a click on this rectangle; `y` is its upper edge."""
        bottom = self.height - y - height
        # Flag 4 (print) is what PDF/A asks of each annotation.
        self._canvas.linkURL(address, (x, bottom, x + width, bottom + height), F=4)

    def stamp(self, name: str, draw: Callable[[], None]) -> None:
        """What all pages share is drawn once, as a form of this name, and shown on each page that calls this."""
        if not self._canvas.hasForm(name):
            self._canvas.beginForm(name, 0, 0, self.width, self.height)
            self._forget_state()
            draw()
            self._canvas.endForm()
            self._forget_state()
            form = self._canvas._doc.getXObjectName(name)
            self._resources["XObject"][form] = pdfdoc.PDFObjectReference(form)
        self._canvas.doForm(name)

    def next_page(self) -> None:
        document = self._canvas._doc
        document.updateSignature("\n".join(self._canvas._code))
        number = document.thisPageName()
        self._canvas.showPage()
        self._forget_state()
        page = document.idToObject[number]
        # ReportLab lists all fonts and forms in each page anew, and says that nothing turns or fades.
        page.Resources = document.Reference(self._resources, "resources")
        page.Trans = page.Rotate = None

    def finish(self) -> bytes:
        """Ends the last page, and the document."""
        self.next_page()
        self._canvas.save()
        return self._file.getvalue()

    def _describe(self, title: str, author: str, drawn_at: datetime) -> None:
        document = self._canvas._doc
        document._timeStamp = _TimeStamp(drawn_at)
        document.signature = hashlib.md5(str(drawn_at).encode(), usedforsecurity=False)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setSubject("")
        self._canvas.setCreator("Treffpunkt")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")

    def _write(self, x: float, y: float, segment: Segment, size: float) -> None:
        parts = [f"BT {_n(x)} {_n(y)} Td"]
        raised = 0
        for (font, up), glyphs in groupby(segment.glyphs, key=_font_and_rise):
            parts.append(self._select(font, size))
            if up != raised:
                parts.append(f"{_n(up * size / 1000)} Ts")
                raised = up
            parts.append(self._shown(self._embedded[font], glyphs))
        parts.append("0 Ts ET" if raised else "ET")
        parts += _outlines(x, y, segment, size)
        self._add(" ".join(filter(None, parts)))

    def _select(self, font: Font, size: float) -> str:
        """The operator that changes to a font, or nothing where it is in use."""
        if self._using == (font, size):
            return ""
        self._using = (font, size)
        return f"/{self._embed(font).name} {_n(size)} Tf"

    def _shown(self, embedded: EmbeddedFont, glyphs: Iterable[Glyph]) -> str:
        """The operator that shows these glyphs; codes that follow each other share one string."""
        code = embedded.code
        shown = "".join(
            f"{each.before}<{code(each.number, each.text)}>{each.after}" if each.text else each.before
            for each in glyphs
        )
        return f"[{shown.replace('><', '')}]TJ" if shown else ""

    def _embed(self, font: Font) -> EmbeddedFont:
        if font not in self._embedded:
            self._embedded[font] = EmbeddedFont(font, f"N{len(self._embedded) + 1}")
            self._canvas._doc.delayedFonts.append(self._embedded[font])
        return self._embedded[font]

    def _paint_with(self, paint: Colour) -> None:
        if paint != self._paint:
            self._paint = paint
            self._add(f"{' '.join(map(_n, paint))} rg")

    def _forget_state(self) -> None:
        """A page and a form start with neither our colour nor our font."""
        self._paint = None
        self._using = None

    def _add(self, operators: str) -> None:
        self._canvas._code.append(operators)


class _Canvas(Canvas):
    def _make_preamble(self) -> None:
        """ReportLab begins each page with Helvetica, which no page shows and no file may lack when archived."""
        self._preamble = ""


class _TimeStamp:
    """ReportLab's clock, stopped at the date that the document carries."""

    def __init__(self, instant: datetime) -> None:
        utc = instant.astimezone(UTC)
        self.t = utc.timestamp()
        self.lt = utc.timetuple()
        self.YMDhms = tuple(self.lt)[:6]
        self.dhh = self.dmm = 0
        self.tzname = "UTC"


def _font_and_rise(glyph: Glyph) -> tuple[Font, int]:
    return glyph.font, glyph.up if glyph.text else 0


def _outlines(x: float, y: float, segment: Segment, size: float) -> Iterator[str]:
    """The glyphs without text of their own, painted: `x` and `y` are where the segment starts."""
    pen = 0
    for glyph in segment.glyphs:
        if not glyph.text:
            left, bottom = x + (pen + glyph.right) * size / 1000, y + glyph.up * size / 1000
            scale = _exact(size / glyph.font.units_per_em)
            yield f"q {scale} 0 0 {scale} {_n(left)} {_n(bottom)} cm {glyph.font.outline(glyph.number)} f Q"
        pen += glyph.advance


def _exact(factor: float) -> str:
    return f"{factor:.6f}".rstrip("0")


def _n(value: float) -> str:
    """A number as short as PDF allows; a hundredth of a point is finer than any printer."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
