"""The person's agenda or networking way on a badge. Lengths are points.

As large as all of it fits, on one or two columns. Where it fits in no size, breaks stand back, and after them the
last lines: how many are missing stands on the badge, and which ones on the organiser's list.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import zip_longest

from services.certificates.badges.badge import AgendaLine, Badge, WayLine
from services.certificates.documents.content import Colour
from services.certificates.documents.fitting import Frame, fit_into, wrap
from services.certificates.documents.fonts import Font, Fonts
from services.certificates.documents.paper import MM, Style
from services.certificates.documents.problems import Problem, Reason
from services.certificates.documents.shaping import ShapedText
from services.certificates.layouts.canvas import Canvas

# How far letters reach above the baseline in Noto Sans, and how a heading's lines follow, in parts of their size.
ABOVE, LEADING = 0.86, 1.16
# Between the lines of a list, in parts of the letters' size; and steps in which its letters become smaller.
GAP, STEP = 0.5, 0.5
# In parts of the letters' size: a narrower column would break each title in three.
NARROWEST_COLUMN = 14
BETWEEN_COLUMNS = 4 * MM
NEARLY_AS_LARGE = 0.8
MORE = {"de": "+ {n} weitere", "en": "+ {n} more"}

Line = AgendaLine | WayLine
Lines = tuple[Line, ...]
Wrapped = tuple[ShapedText, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: when, what, and where or with whom; or the heading of a day, which has no time."""

    time: str
    title: str
    place: str = ""

    @property
    def is_heading(self) -> bool:
        return not self.time


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows of each column at this size, and the lines that stand nowhere."""

    size: float
    columns: tuple[tuple[Row, ...], ...]
    missing: Lines = ()

    @property
    def more(self) -> int:
        """Nobody looks for a break on a badge."""
        return sum(not line.is_break for line in self.missing)


@dataclass(frozen=True, slots=True)
class Listing:
    """A column of times, and beside it what happens then and where."""

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
        lines = lines_of(badge, self.of)
        if self.of == "agenda":
            # Most people have the same one: it is drawn once.
            canvas.stamp(_name_of(self, lines), partial(self._draw, canvas, lines))
        else:
            self._draw(canvas, lines)

    def problems(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        return []

    def shortened(self, badge: Badge, fonts: Fonts) -> list[Problem]:
        missing = arranged(self, lines_of(badge, self.of), fonts).missing
        told = ", ".join(f"{line.time} {line.title}" for line in missing)
        return [Problem(self.of, told, Reason.SHORTENED)] if missing else []

    def _draw(self, canvas: Canvas, lines: Lines) -> None:
        self._draw_heading(canvas)
        if not lines:
            self._draw_note(canvas, self.x, self.top, self.empty, self.width)
            return
        found = arranged(self, lines, canvas.fonts)
        width = self.column_width(len(found.columns))
        x, y = self.x, self.top
        for number, column in enumerate(found.columns):
            x, y = self.x + number * (width + BETWEEN_COLUMNS), self.top
            for row in column:
                y = self._draw_row(canvas, x, y, row, found.size, width)
        if found.more:
            self._draw_note(canvas, x, y, MORE.get(self.language, MORE["en"]).format(n=found.more), width)

    @property
    def top(self) -> float:
        """Where the lines begin."""
        return self.y + 1.75 * (self.largest + 1) if self.heading else self.y

    @property
    def room(self) -> float:
        return self.y + self.height - self.top

    def most_columns(self, size: float) -> int:
        return 2 if self.column_width(2) >= NARROWEST_COLUMN * size else 1

    def column_width(self, columns: int) -> float:
        return (self.width - (columns - 1) * BETWEEN_COLUMNS) / columns

    def row_height(self, row: Row, fonts: Fonts, size: float, width: float) -> float:
        title, place = _set(row, fonts, size, width)
        return (len(title) * 1.2 + len(place) * 1.1 + GAP) * size

    def _draw_heading(self, canvas: Canvas) -> None:
        if self.heading:
            size = self.largest + 1
            fitted = fit_into(self.heading, canvas.fonts.bold, Frame(self.width, size, 5, None, LEADING, 1))
            style = Style(fitted.size, "bold", self.accent)
            canvas.lines(self.x, self.y + ABOVE * size, fitted.lines, style)

    def _draw_row(self, canvas: Canvas, x: float, y: float, row: Row, size: float, width: float) -> float:
        title, place = _set(row, canvas.fonts, size, width)
        baseline = y + ABOVE * size
        if row.is_heading:
            canvas.lines(x, baseline, title, Style(size, "bold", self.accent, 1.2))
            return y + self.row_height(row, canvas.fonts, size, width)
        times = _wrapped(row.time, tuple(canvas.fonts.regular), size, _indent(size))
        canvas.lines(x, baseline, times[:1], Style(size, "regular", self.accent))
        x += _indent(size)
        baseline = canvas.lines(x, baseline, title, Style(size, "bold", self.paint, 1.2))
        canvas.lines(x, baseline - 0.05 * size, place, Style(0.88 * size, "regular", self.muted, 1.25))
        return y + self.row_height(row, canvas.fonts, size, width)

    def _draw_note(self, canvas: Canvas, x: float, y: float, note: str, width: float) -> None:
        if note:
            size = min(self.largest, 9)
            lines = wrap(note, canvas.fonts.regular, size=size, width=width)
            canvas.lines(x, y + ABOVE * size, lines, Style(size, "regular", self.muted, 1.3))


def lines_of(badge: Badge, of: str) -> Lines:
    return badge.agenda if of == "agenda" else badge.way


# Everybody's agenda is the same object, so that it is found at once.
@lru_cache(maxsize=256)
def _name_of(listing: Listing, lines: Lines) -> str:
    return f"A{hashlib.sha256(repr((listing, lines)).encode()).hexdigest()[:16]}"


@lru_cache(maxsize=1024)
def arranged(listing: Listing, lines: Lines, fonts: Fonts) -> Arranged:
    """How these lines are set in their place."""
    programme = tuple(line for line in lines if not line.is_break)
    breaks = tuple(line for line in lines if line.is_break)
    for kept, missing in ((lines, ()), (programme, breaks)):
        if found := _all_of(listing, kept, missing, fonts):
            return found
    return _as_many_as_fit(listing, lines, programme, fonts)


def _all_of(listing: Listing, kept: Lines, missing: Lines, fonts: Fonts) -> Arranged | None:
    """In the largest size; one column rather than two where its letters are nearly as large."""
    rows, best = _rows(kept), None
    for size in _sizes(listing):
        if best and size < best.size * NEARLY_AS_LARGE:
            break
        for columns in range(1, listing.most_columns(size) + 1):
            if found := _columns(listing, rows, fonts, size, columns):
                if columns == 1:
                    return Arranged(size, found, missing)
                best = best or Arranged(size, found, missing)
    return best


def _sizes(listing: Listing) -> Iterator[float]:
    size = listing.largest
    while size > listing.smallest:
        yield size
        size -= STEP
    yield listing.smallest


def _rows(lines: Sequence[Line]) -> tuple[Row, ...]:
    rows: list[Row] = []
    day = ""
    for line in lines:
        if line.day != day:
            day = line.day
            rows.append(Row("", day))
        rows.append(Row(line.time, line.title, line.where))
    return tuple(rows)


def _columns(
    listing: Listing, rows: Sequence[Row], fonts: Fonts, size: float, columns: int, left_over: float = 0.0
) -> tuple[tuple[Row, ...], ...] | None:
    """The rows in so many columns, one after the other; None where they need more room."""
    width = listing.column_width(columns)
    filled: list[list[Row]] = [[]]
    used = 0.0
    for row, following in zip_longest(rows, rows[1:]):
        height = listing.row_height(row, fonts, size, width)
        # The heading of a day stands above one of its lines.
        needed = height
        if row.is_heading and following:
            needed += listing.row_height(following, fonts, size, width)
        room = listing.room - (left_over if len(filled) == columns else 0.0)
        if used + needed > room and filled[-1]:
            filled.append([])
            used = 0.0
        if len(filled) > columns or used + needed > room:
            return None
        filled[-1].append(row)
        used += height
    return tuple(map(tuple, filled))


def _as_many_as_fit(listing: Listing, lines: Lines, programme: Lines, fonts: Fonts) -> Arranged:
    """What is left out is said on a line of its own."""
    size, columns = listing.smallest, listing.most_columns(listing.smallest)
    note = 1.5 * min(listing.largest, 9)
    for count in range(len(programme) - 1, 0, -1):
        kept = programme[:count]
        found = _columns(listing, _rows(kept), fonts, size, columns, left_over=note)
        if found is not None:
            return Arranged(size, found, tuple(line for line in lines if line not in kept))
    return Arranged(size, ((),), lines)


def _indent(size: float) -> float:
    return 3.4 * size


def _set(row: Row, fonts: Fonts, size: float, width: float) -> tuple[Wrapped, Wrapped]:
    beside = width if row.is_heading else width - _indent(size)
    return (
        _wrapped(row.title, tuple(fonts.bold), size, beside),
        _wrapped(row.place, tuple(fonts.regular), 0.88 * size, beside) if row.place else (),
    )


# The same titles and places stand on everybody's badge.
@lru_cache(maxsize=4096)
def _wrapped(text: str, fonts: tuple[Font, ...], size: float, width: float) -> Wrapped:
    return wrap(text, fonts, size=size, width=width)
