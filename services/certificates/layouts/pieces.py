"""The parts of a side, ready to be drawn for everybody of one category. Lengths are points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from segno import DataOverflowError

from services.certificates.badges.badge import AgendaLine, Badge, WayLine
from services.certificates.documents.content import Colour
from services.certificates.documents.fitting import DoesNotFit, FittedText, Frame, fit_into, fit_or_cut, wrap
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.outlines import Outline
from services.certificates.documents.paper import Align, Style
from services.certificates.documents.pictures import Picture
from services.certificates.documents.problems import Problem, Reason
from services.certificates.documents.qr import encode
from services.certificates.documents.shaping import ShapedText
from services.certificates.layouts.canvas import Canvas
from services.certificates.layouts.layout import When
from services.certificates.layouts.templates import Filled

# Of Noto Sans, in parts of its size: how far letters reach above the baseline and below it, and half a capital.
ABOVE, BELOW, HALF_CAPITAL = 0.86, 0.24, 0.36
# The distance of baselines for text that was fitted.
LEADING = 1.16
# Between the lines of a list, in parts of the letters' size; and steps in which its letters become smaller.
LIST_GAP, LIST_STEP = 0.5, 0.5
MORE = {"de": "+ {n} weitere", "en": "+ {n} more"}


class Piece(Protocol):
    """`is_personal` where it differs between people of one category."""

    @property
    def is_personal(self) -> bool: ...

    def draw(self, canvas: Canvas, badge: Badge) -> None: ...

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]: ...


class Fixed:
    """A piece that is the same for everybody."""

    is_personal = False

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return []


@dataclass(frozen=True, slots=True)
class Shape(Fixed):
    outline: Outline
    fill: Colour | None
    line: Colour | None
    thickness: float

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        canvas.outline(self.outline, fill=self.fill, line=self.line, thickness=self.thickness)


@dataclass(frozen=True, slots=True)
class PictureInBox(Fixed):
    """As large as fits, in the middle."""

    x: float
    y: float
    width: float
    height: float
    picture: Picture

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        scale = min(self.width / self.picture.width, self.height / self.picture.height)
        width, height = self.picture.width * scale, self.picture.height * scale
        x, y = self.x + (self.width - width) / 2, self.y + (self.height - height) / 2
        canvas.picture(x, y, width, height, self.picture)


@dataclass(frozen=True, slots=True)
class Qr:
    x: float
    y: float
    side: float
    content: Filled

    @property
    def is_personal(self) -> bool:
        return self.content.is_personal

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        if content := self.content.of(badge):
            canvas.qr(self.x, self.y, self.side, encode(content))

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        content = self.content.of(badge)
        try:
            encode(content)
        except DataOverflowError:
            return [Problem(self.content.field or "layout", content, Reason.TOO_LONG)]
        return []


@dataclass(frozen=True, slots=True)
class FramedText:
    """A text that has to fit in a frame; `path` names it in the layout."""

    content: Filled
    frame: Frame
    style: Style
    cut: bool
    path: str

    @property
    def is_personal(self) -> bool:
        return self.content.is_personal

    def fitted(self, badge: Badge, fonts: Fonts) -> FittedText | None:
        """None where there is nothing to be read. Raises DoesNotFit."""
        text = self.content.of(badge)
        if not text:
            return None
        if self.cut:
            return _fit_or_cut(text, fonts, self.style.weight == "bold", self.frame)
        return fit_into(text, fonts.of(self.style.weight), self.frame)

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        try:
            self.fitted(badge, fonts)
        except DoesNotFit:
            return [Problem(self.content.field or self.path, self.content.of(badge), Reason.TOO_LONG)]
        return []


@lru_cache(maxsize=512)
def _fit_or_cut(text: str, fonts: Fonts, is_bold: bool, frame: Frame) -> FittedText:
    return fit_or_cut(
        text,
        fonts.of("bold" if is_bold else "regular"),
        width=frame.width,
        largest=frame.largest,
        smallest=frame.smallest,
        max_lines=frame.max_lines,
    )


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    width: float
    height: float
    align: Align
    valign: str
    text: FramedText

    @property
    def is_personal(self) -> bool:
        return self.text.is_personal

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        if fitted := self.text.fitted(badge, canvas.fonts):
            size, count = fitted.size, len(fitted.lines) - 1
            y = _first_baseline(self.valign, self.y, self.height, size, count)
            canvas.lines(self.x, y, fitted.lines, self.text.style.sized(size), align=self.align)

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return self.text.problems(badge, fonts)


def _first_baseline(valign: str, top: float, height: float, size: float, further_lines: int) -> float:
    below = further_lines * LEADING * size
    if valign == "top":
        return top + ABOVE * size
    if valign == "bottom":
        return top + height - BELOW * size - below
    return top + height / 2 + HALF_CAPITAL * size - below / 2


@dataclass(frozen=True, slots=True)
class StackedText:
    gap: float
    when: When
    text: FramedText


@dataclass(frozen=True, slots=True)
class Stack:
    """Texts that follow one another downwards."""

    x: float
    y: float
    height: float
    align: Align
    valign: str
    texts: tuple[StackedText, ...]

    @property
    def is_personal(self) -> bool:
        return any(each.text.is_personal or is_personal(each.when) for each in self.texts)

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        fitted = self._fitted(badge, canvas.fonts)
        y = self.y
        if self.valign != "top":
            free = self.height - _height_of(fitted)
            y += free / 2 if self.valign == "middle" else free
        for number, (each, lines) in enumerate(fitted):
            style = each.text.style.sized(lines.size)
            top = y + (each.gap if number else 0)
            after = canvas.lines(self.x, top + ABOVE * lines.size, lines.lines, style, align=self.align)
            y = after + (BELOW - LEADING) * lines.size

    def _fitted(self, badge: Badge, fonts: Fonts) -> list[tuple[StackedText, FittedText]]:
        return [
            (each, fitted)
            for each in self.texts
            if holds(each.when, badge) and (fitted := each.text.fitted(badge, fonts))
        ]

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        found = [each.text.problems(badge, fonts) for each in self.texts if holds(each.when, badge)]
        if not any(found) and _height_of(self._fitted(badge, fonts)) > self.height + 0.01:
            return [Problem("name", badge.name, Reason.TOO_LONG)]
        return [problem for each in found for problem in each]


def _height_of(fitted: Sequence[tuple[StackedText, FittedText]]) -> float:
    gaps = sum(each.gap for each, _ in fitted[1:])
    return gaps + sum(((len(each.lines) - 1) * LEADING + ABOVE + BELOW) * each.size for _, each in fitted)


@dataclass(frozen=True, slots=True)
class Listing:
    """The person's agenda or way: a column of times, and beside it what happens then and where."""

    x: float
    y: float
    width: float
    height: float
    of: str
    heading: str
    empty: str
    largest: float
    smallest: float
    paint: Colour
    accent: Colour
    muted: Colour
    language: str

    is_personal = True

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        y = self._draw_heading(canvas)
        rows = rows_of(badge, self.of)
        if not rows:
            self._draw_note(canvas, y, self.empty)
            return
        room = self.y + self.height - y
        size, kept = self._fitting(rows, canvas.fonts, room)
        for row in kept:
            y = self._draw_row(canvas, y, row, size)
        if more := len(rows) - len(kept):
            self._draw_note(canvas, y, MORE.get(self.language, MORE["en"]).format(n=more))

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return []

    def _fitting(
        self, rows: Sequence["SetRow"], fonts: Fonts, room: float
    ) -> tuple[float, Sequence["SetRow"]]:
        """The largest size in which all rows fit, or the smallest and those that fit in it."""
        size = self.largest
        while size > self.smallest and self._height(rows, fonts, size) > room:
            size = max(size - LIST_STEP, self.smallest)
        kept = list(rows)
        # What is left out is said on a line of its own.
        while kept and self._height(kept, fonts, size) + (len(kept) < len(rows)) * 1.5 * size > room:
            kept.pop()
        return size, kept

    def _height(self, rows: Sequence["SetRow"], fonts: Fonts, size: float) -> float:
        return sum(self._row_height(row, fonts, size) for row in rows)

    def _row_height(self, row: "SetRow", fonts: Fonts, size: float) -> float:
        title, place = self._set(row, fonts, size)
        return (len(title) * 1.2 + len(place) * 1.1 + LIST_GAP) * size

    def _set(
        self, row: "SetRow", fonts: Fonts, size: float
    ) -> tuple[tuple[ShapedText, ...], tuple[ShapedText, ...]]:
        width = self.width - self._indent(size)
        return (
            wrap(row.title, fonts.bold, size=size, width=width),
            wrap(row.place, fonts.regular, size=0.88 * size, width=width) if row.place else (),
        )

    def _indent(self, size: float) -> float:
        return 3.4 * size

    def _draw_heading(self, canvas: Canvas) -> float:
        if not self.heading:
            return self.y
        size = self.largest + 1
        frame = Frame(self.width, size, 5, None, LEADING, 1)
        fitted = fit_into(self.heading, canvas.fonts.bold, frame)
        style = Style(fitted.size, "bold", self.accent)
        canvas.lines(self.x, self.y + ABOVE * size, fitted.lines, style)
        return self.y + 1.75 * size

    def _draw_row(self, canvas: Canvas, y: float, row: "SetRow", size: float) -> float:
        title, place = self._set(row, canvas.fonts, size)
        baseline = y + ABOVE * size
        times = wrap(row.time, canvas.fonts.regular, size=size, width=self._indent(size))
        canvas.lines(self.x, baseline, times[:1], Style(size, "regular", self.accent))
        x = self.x + self._indent(size)
        baseline = canvas.lines(x, baseline, title, Style(size, "bold", self.paint, 1.2))
        canvas.lines(x, baseline - 0.05 * size, place, Style(0.88 * size, "regular", self.muted, 1.25))
        return y + self._row_height(row, canvas.fonts, size)

    def _draw_note(self, canvas: Canvas, y: float, note: str) -> None:
        if note:
            size = min(self.largest, 9)
            lines = wrap(note, canvas.fonts.regular, size=size, width=self.width)
            canvas.lines(self.x, y + ABOVE * size, lines, Style(size, "regular", self.muted, 1.3))


@dataclass(frozen=True, slots=True)
class SetRow:
    """A line of a list: when, what, and where or with whom."""

    time: str
    title: str
    place: str


def rows_of(badge: Badge, of: str) -> list[SetRow]:
    if of == "agenda":
        return [SetRow(line.time, line.title, line.place) for line in badge.agenda]
    return [_way_row(line) for line in badge.way]


def _way_row(line: WayLine) -> SetRow:
    return SetRow(line.time, line.format, " · ".join(filter(None, (line.place, line.partner))))


def texts_of(badge: Badge) -> Mapping[str, str]:
    """All that stands on somebody's badge, by the field in which it is."""
    lines: Sequence[AgendaLine | WayLine] = (*badge.agenda, *badge.way)
    return {
        "first_name": badge.first_name,
        "last_name": badge.last_name,
        "organisation": badge.organisation,
        "category": badge.category,
        "session": " ".join(f"{line.title} {line.place}" for line in lines),
    }


def is_personal(when: When) -> bool:
    return bool(when.filled or when.empty)


def holds(when: When, badge: Badge) -> bool:
    """Whether a condition is met by this person; of their category it was asked before."""
    # Most texts have none, and each of them is asked on each badge.
    if not (when.filled or when.empty):
        return True
    return all(getattr(badge, field) for field in when.filled) and not any(
        getattr(badge, field) for field in when.empty
    )


@dataclass(frozen=True, slots=True)
class Conditional:
    """A piece that not everybody has."""

    when: When
    piece: Piece

    is_personal = True

    def draw(self, canvas: Canvas, badge: Badge) -> None:
        if holds(self.when, badge):
            self.piece.draw(canvas, badge)

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return self.piece.problems(badge, fonts) if holds(self.when, badge) else []
