"""Text in a given width: as large as it may be on one to three balanced lines, or wrapped at one size."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise

from services.certificates.documents import bidi
from services.certificates.documents.fonts import Font
from services.certificates.documents.shaping import ShapedText, clusters_of, shape, width_of
from services.certificates.documents.text import clean

# Below this size a name is not read at arm's length, and an older reader gives up on a page.
SMALLEST = 10.0
# A second line must make the text this much larger, otherwise one line is the calmer picture.
WORTH_A_LINE = 1.25

IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# A line may end after a space, a hyphen or dash, a slash, or between two ideographs.
PIECE = re.compile(rf"[^\s\-\u2010\u2013/{IDEOGRAPHS}]*(?:[{IDEOGRAPHS}]|[\-\u2010\u2013/]+\s*|\s+)|[^\s]+")


class DoesNotFit(ValueError):
    """This text does not fit, even in the smallest size."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{self.__doc__} ({text[:60]})")
        self.text = text


@dataclass(frozen=True, slots=True)
class FittedText:
    """Lines and the size in points at which the widest of them fills the width or reaches the largest size."""

    lines: tuple[ShapedText, ...]
    size: float


def fit(
    text: str,
    fonts: Sequence[Font],
    *,
    width: float,
    largest: float,
    smallest: float = SMALLEST,
    height: float | None = None,
    leading: float = 1.2,
    max_lines: int = 3,
) -> FittedText:
    """The text on one line of size min(largest, width · largest / its width), or on more where that is larger.

    `width` and `height` are points; `height` counts `leading` times the size for each line. Raises
    DoesNotFit when the best choice is smaller than `smallest`.
    """
    return fit_into(text, fonts, Frame(width, largest, smallest, height, leading, max_lines))


def fit_into(text: str, fonts: Sequence[Font], frame: "Frame") -> FittedText:
    """The same for a frame that many texts have to fit in."""
    return _fit(text, tuple(fonts), frame)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a text has to fit in, as `fit` takes it."""

    width: float
    largest: float
    smallest: float
    height: float | None
    leading: float
    max_lines: int


# A run repeats organisations and categories on each page.
@lru_cache(maxsize=1024)
def _fit(raw: str, fonts: tuple[Font, ...], frame: Frame) -> FittedText:
    text = clean(raw)
    turned = bidi.is_right_to_left(text)
    # Nobody waits for the best lines of a name of 10 kB. A space at the end of a line takes no room.
    if width_of(text, fonts) > frame.max_lines * (1000 * frame.width / frame.smallest + 1000):
        raise DoesNotFit(text)
    lines, size = _best_lines(text, fonts, frame)
    if size < frame.smallest:
        raise DoesNotFit(text)
    return FittedText(_shaped(lines, fonts, turned), size)


def _best_lines(text: str, fonts: Sequence[Font], frame: Frame) -> tuple[list[str], float]:
    best = [text.strip()], _size([text.strip()], fonts, frame)
    for lines in _balanced_lines(text, fonts, frame.max_lines):
        if best[1] * WORTH_A_LINE >= frame.largest:
            return best
        size = _size(lines, fonts, frame)
        if size > best[1] * WORTH_A_LINE or best[1] < frame.smallest < size:
            best = lines, size
    return best


def fit_or_cut(
    text: str, fonts: Sequence[Font], *, width: float, largest: float, smallest: float, max_lines: int
) -> FittedText:
    """Like `fit`, for headings that no paper may fail for: what is too long ends with "…".

    Never for a person's name: that is reported instead.
    """
    try:
        return fit(text, fonts, width=width, largest=largest, smallest=smallest, max_lines=max_lines)
    except DoesNotFit:
        kept = wrap(text, fonts, size=smallest, width=width - smallest)[:max_lines]
        return FittedText((*kept[:-1], shape(f"{kept[-1].text} …", fonts)), smallest)


def wrap(text: str, fonts: Sequence[Font], *, size: float, width: float) -> tuple[ShapedText, ...]:
    """The lines of a paragraph at this size; a word that is wider than a line is cut between two letters."""
    text = clean(text)
    turned = bidi.is_right_to_left(text)
    room = width * 1000 / size
    if _width(text, fonts) <= room:
        return (shape(text.strip(), fonts, right_to_left=turned),)
    lines: list[str] = []
    for piece in _breakable(text, fonts, room):
        if lines and _width(lines[-1] + piece, fonts) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    return _shaped(lines, fonts, turned)


def before_more(lines: Sequence[ShapedText]) -> Sequence[ShapedText]:
    """The lines of a paragraph after which another one follows in the same cell."""
    return (*lines[:-1], replace(lines[-1], space_follows=True))


def _shaped(lines: Sequence[str], fonts: Sequence[Font], turned: bool) -> tuple[ShapedText, ...]:
    shaped = [shape(line.strip(), fonts, right_to_left=turned) for line in lines]
    followed = [line[-1:].isspace() for line in lines[:-1]]
    return (
        *(replace(line, space_follows=space) for line, space in zip(shaped, followed, strict=False)),
        shaped[-1],
    )


def _balanced_lines(text: str, fonts: Sequence[Font], max_lines: int) -> Iterator[list[str]]:
    """Two lines or more, the calmest first: few lines, and lines that end with a word before hyphens.

    Some readers take a hyphen at a line's end for a syllable break and drop it from what is copied out.
    """
    pieces = pieces_of(text)
    widths = [_width(piece, fonts) for piece in pieces]
    ends_of_words = [index for index, piece in enumerate(pieces[:-1], start=1) if piece[-1].isspace()]
    for count in range(2, min(max_lines, len(pieces)) + 1):
        for places in (ends_of_words, range(1, len(pieces))):
            if len(places) >= count - 1:
                cuts = _most_balanced(widths, places, count)
                yield ["".join(pieces[start:end]) for start, end in pairwise(cuts)]


def _most_balanced(widths: Sequence[int], places: Sequence[int], lines: int) -> tuple[int, ...]:
    """Where to cut so that the widest line is narrowest."""
    cuts = ((0, *inner, len(widths)) for inner in combinations(places, lines - 1))
    return min(cuts, key=lambda cut: max(sum(widths[a:b]) for a, b in pairwise(cut)))


def _size(lines: Sequence[str], fonts: Sequence[Font], frame: Frame) -> float:
    widest = max(_width(line, fonts) for line in lines) or 1
    size = min(frame.largest, frame.width * 1000 / widest)
    return min(size, frame.height / (frame.leading * len(lines))) if frame.height else size


def pieces_of(text: str) -> list[str]:
    """The text cut wherever a line may end."""
    return PIECE.findall(text) or [text]


def _breakable(text: str, fonts: Sequence[Font], room: float) -> Iterator[str]:
    for piece in pieces_of(text):
        yield from [piece] if _width(piece, fonts) <= room else _cut_between_letters(piece, fonts, room)


def _cut_between_letters(word: str, fonts: Sequence[Font], room: float) -> list[str]:
    parts = [""]
    for cluster in clusters_of(word):
        if parts[-1] and _width(parts[-1] + cluster, fonts) > room:
            parts.append("")
        parts[-1] += cluster
    return parts


def _width(text: str, fonts: Sequence[Font]) -> int:
    return width_of(text.rstrip(), fonts)
