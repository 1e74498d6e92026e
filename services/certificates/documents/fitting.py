"""Text in a given width: as large as it may be on one to three balanced lines, or wrapped at one size."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from services.certificates.documents import bidi
from services.certificates.documents.fonts import Font
from services.certificates.documents.shaping import ShapedText, clusters_of, shape
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
    best: FittedText | None = None
    for lines in _balanced_lines(text, fonts, max_lines):
        fitted = FittedText(lines, _size(lines, width, largest, height, leading))
        if best is None or fitted.size > best.size * WORTH_A_LINE or best.size < smallest < fitted.size:
            best = fitted
    if best is None or best.size < smallest:
        raise DoesNotFit(text)
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
    turned = bidi.is_right_to_left(text)
    room = width * 1000 / size
    lines: list[str] = []
    for piece in _breakable(clean(text), fonts, room):
        if lines and _width(lines[-1] + piece, fonts) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    return tuple(shape(line.strip(), fonts, right_to_left=turned) for line in lines)


def _balanced_lines(text: str, fonts: Sequence[Font], max_lines: int) -> Iterator[tuple[ShapedText, ...]]:
    """The candidates from the calmest on: few lines first, and lines that end with a word before hyphens.

    Some readers take a hyphen at a line's end for a syllable break and drop it from what is copied out.
    """
    turned = bidi.is_right_to_left(text)
    pieces = pieces_of(clean(text))
    widths = [_width(piece, fonts) for piece in pieces]
    ends_of_words = [index for index, piece in enumerate(pieces[:-1], start=1) if piece[-1].isspace()]
    for count in range(1, min(max_lines, len(pieces)) + 1):
        for places in (ends_of_words, range(1, len(pieces))):
            cuts = _most_balanced(widths, places, count)
            lines = ("".join(pieces[start:end]).strip() for start, end in pairwise(cuts))
            yield tuple(shape(line, fonts, right_to_left=turned) for line in lines)


def _most_balanced(widths: Sequence[int], places: Sequence[int], lines: int) -> tuple[int, ...]:
    """Where to cut so that the widest line is narrowest; with too few places to cut, all on one line."""
    ends = (0,), (len(widths),)
    cuts = [(*ends[0], *inner, *ends[1]) for inner in combinations(places, lines - 1)]
    return min(
        cuts, key=lambda cut: max(sum(widths[a:b]) for a, b in pairwise(cut)), default=(0, len(widths))
    )


def _size(
    lines: Sequence[ShapedText], width: float, largest: float, height: float | None, leading: float
) -> float:
    widest = max(line.width for line in lines) or 1
    size = min(largest, width * 1000 / widest)
    return min(size, height / (leading * len(lines))) if height else size


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
    return shape(text.rstrip(), fonts).width
