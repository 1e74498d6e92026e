"""The parts of a side, ready to be drawn for everybody of one category. Lengths are points."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from segno import DataOverflowError

from services.certificates.badges.badge import AgendaLine, Badge, WayLine
from services.certificates.documents.content import Colour
from services.certificates.documents.fitting import DoesNotFit, FittedText, Frame, fit, fit_into, fit_or_cut
from services.certificates.documents.fonts import Fonts
from services.certificates.documents.outlines import Outline
from services.certificates.documents.paper import Align, Style
from services.certificates.documents.pictures import Picture
from services.certificates.documents.problems import Problem, Reason
from services.certificates.documents.qr import encode
from services.certificates.layouts.canvas import Canvas
from services.certificates.layouts.layout import When
from services.certificates.layouts.templates import Filled

# Of Noto Sans, in parts of its size: how far letters reach above the baseline and below it, and half a capital.
ABOVE, BELOW, HALF_CAPITAL = 0.86, 0.24, 0.36
# The distance of baselines for text that was fitted.
LEADING = 1.16


class Piece(Protocol):
    """`is_personal` where it differs between people of one category."""

    @property
    def is_personal(self) -> bool: ...

    def draw(self, canvas: Canvas, badge: Badge) -> None: ...

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]: ...

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        """What is printed, but not as a whole."""
        ...


class Fixed:
    """A piece that is the same for everybody."""

    is_personal = False

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return []

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
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

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
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

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        text = self.content.of(badge) if self.cut else ""
        if not text or _fits(text, fonts, self.style.weight == "bold", self.frame):
            return []
        return [Problem(self.content.field or self.path, text, Reason.SHORTENED)]


@lru_cache(maxsize=512)
def _fits(text: str, fonts: Fonts, is_bold: bool, frame: Frame) -> bool:
    try:
        fit(
            text,
            fonts.of("bold" if is_bold else "regular"),
            width=frame.width,
            largest=frame.largest,
            smallest=frame.smallest,
            max_lines=frame.max_lines,
        )
    except DoesNotFit:
        return False
    return True


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

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return self.text.shortened(badge, fonts)


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

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        shown = (each.text for each in self.texts if holds(each.when, badge))
        return [problem for text in shown for problem in text.shortened(badge, fonts)]


def _height_of(fitted: Sequence[tuple[StackedText, FittedText]]) -> float:
    gaps = sum(each.gap for each, _ in fitted[1:])
    return gaps + sum(((len(each.lines) - 1) * LEADING + ABOVE + BELOW) * each.size for _, each in fitted)


def texts_of(badge: Badge) -> Mapping[str, str]:
    """What stands on somebody's badge, by the field in which it is; without the lists."""
    return {
        "first_name": badge.first_name,
        "last_name": badge.last_name,
        "organisation": badge.organisation,
        "category": badge.category,
    }


def titles_of(badge: Badge) -> Iterator[str]:
    """The titles and places in somebody's lists."""
    lines: Sequence[AgendaLine | WayLine] = (*badge.agenda, *badge.way)
    for line in lines:
        yield line.title
        yield line.where


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

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return self.piece.shortened(badge, fonts) if holds(self.when, badge) else []
