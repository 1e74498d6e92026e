"""From text to placed glyphs: a font for each character, HarfBuzz for each script, UAX #9 for the order.

A line of house letters alone, as most are, takes a shorter way to the same places (`house`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any
from unicodedata import category

import uharfbuzz as hb
from fontTools.unicodedata import script as script_of

from services.certificates.documents import bidi
from services.certificates.documents.fonts import Font
from services.certificates.documents.house import FEATURES, house_font
from services.certificates.documents.house import Run as HouseRun
from services.certificates.documents.text import clean, describe

IDEOGRAPHS = "Hani"
# Scripts of signs that belong to whatever stands beside them: spaces, digits, combining marks.
SHARED_SCRIPTS = frozenset(("Zyyy", "Zinh", "Zzzz"))
# The scripts in which ligatures are an ornament. Arabic and Indic letters need theirs.
ALPHABETS = frozenset(("Latn", "Grek", "Cyrl"))
VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
JOINERS = frozenset("\u200c\u200d")
# The glyph that every font shows, as a box, for what it does not have.
NOTDEF = 0
# Readers such as pypdf take a wider step forward inside a word for a space between two words.
WIDEST_STEP = 100
INVISIBLE = VARIATION_SELECTORS | frozenset("\u200c\u200d\u200e\u200f\u061c\u00ad")


class MissingGlyphs(ValueError):
    """No font has these characters."""

    def __init__(self, text: str, characters: tuple[str, ...]) -> None:
        super().__init__(f"{self.__doc__} ({describe(characters)})")
        self.text = text
        self.characters = characters


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph in its place, lengths in thousandths of an em.

    `text` is what a reader copies for it: usually one character, several for a ligature or a letter with marks, and
    nothing for the marks themselves, as the dot of "ị": they are drawn as outlines, because Chrome copies a stray
    sign for a glyph without text. `before` and `after` are the moves around it as PDF's TJ operator
    writes them: kept here because shaped texts are cached, and a page shows thousands of glyphs.
    """

    font: Font
    number: int
    text: str
    advance: int
    right: int
    up: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Glyphs of one direction, from left to right, starting `x` thousandths of an em into the line."""

    x: int
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class ShapedText:
    """A line of text: its segments in the order in which they are read, or its runs in the house font.

    `width` is in thousandths of an em. `space_follows` where a paragraph goes on with another word on the next
    line: who copies or hears it needs a space between the two.
    """

    text: str
    right_to_left: bool
    segments: tuple[Segment, ...]
    width: int
    house: tuple[HouseRun, ...] = ()
    space_follows: bool = False

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        return tuple(glyph for segment in self.segments for glyph in segment.glyphs)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters with one font, one script and one direction: what HarfBuzz shapes at once."""

    start: int
    end: int
    font: Font
    script: str
    level: int


def missing_in(text: str, fonts: Sequence[Font]) -> tuple[str, ...]:
    """The characters that no font of the list can show, each once."""
    chosen = zip(text, _fonts_of(text, tuple(fonts)), strict=True)
    return tuple(dict.fromkeys(character for character, font in chosen if font is None))


def printable_part(text: str, fonts: Sequence[Font]) -> str:
    """The text without what no font of the list can show, and without the gaps that this leaves.

    A letter stays without a mark that no font has upon it; a mark goes with its letter. Raises
    ForbiddenCharacters.
    """
    kept = (_printable_cluster(cluster, tuple(fonts)) for cluster in clusters_of(clean(text)))
    return " ".join("".join(kept).split())


def _printable_cluster(cluster: str, fonts: tuple[Font, ...]) -> str:
    kept = ""
    for character in cluster:
        if _font_of(kept + character, fonts, None):
            kept += character
        elif not kept:
            return ""
    return kept


def shape(text: str, fonts: Sequence[Font], *, right_to_left: bool | None = None) -> ShapedText:
    """The glyphs of one line.

    `right_to_left` is the direction of the paragraph; by default its first letter decides. Raises
    ForbiddenCharacters, and MissingGlyphs before a box could be printed in a character's place.
    """
    return _shape(text, tuple(fonts), right_to_left)


def width_of(text: str, fonts: Sequence[Font]) -> int:
    """The width of a line in thousandths of an em. Raises what `shape` raises."""
    house = house_font(fonts[0])
    return house.width(text) if house.letters.issuperset(text) else shape(text, fonts).width


# A badge run and a list repeat titles, organisations and categories on each page.
@lru_cache(maxsize=2048)
def _shape(raw: str, fonts: tuple[Font, ...], right_to_left: bool | None) -> ShapedText:
    house = house_font(fonts[0])
    text = raw if house.letters.issuperset(raw) else clean(raw)
    if right_to_left or not house.letters.issuperset(text):
        return shape_by_harfbuzz(text, fonts, right_to_left)
    width = house.width(text)
    return ShapedText(text, right_to_left=False, segments=(), width=width, house=house.runs(text))


def shape_by_harfbuzz(text: str, fonts: tuple[Font, ...], right_to_left: bool | None = None) -> ShapedText:
    """The long way, for a text in any script that is clean already."""
    turned = bidi.is_right_to_left(text) if right_to_left is None else right_to_left
    runs = _runs(text, fonts, bidi.levels(text, turned))
    parts = [
        (level, [_glyphs(text, run) for run in neighbours])
        for level, neighbours in groupby(runs, key=lambda run: run.level)
    ]
    lines = [_left_to_right(level, shaped) for level, shaped in parts]
    segments, width = _placed(lines, bidi.visual_order([level for level, _ in parts]))
    return ShapedText(text, turned, segments, width)


def _left_to_right(level: int, shaped: list[list[Glyph]]) -> tuple[Glyph, ...]:
    return tuple(glyph for run in (shaped[::-1] if level % 2 else shaped) for glyph in run)


def _placed(lines: list[tuple[Glyph, ...]], order: list[int]) -> tuple[tuple[Segment, ...], int]:
    """The parts of a line, each beside the one before it in visual order, and the width of all."""
    x = 0
    starts: dict[int, int] = {}
    for index in order:
        starts[index] = x
        x += sum(glyph.advance for glyph in lines[index])
    return tuple(Segment(starts[index], glyphs) for index, glyphs in enumerate(lines)), x


def _runs(text: str, fonts: tuple[Font, ...], levels: list[int]) -> Iterator[Run]:
    chosen = _fonts_of(text, fonts)
    if missing := tuple(dict.fromkeys(text[index] for index, font in enumerate(chosen) if font is None)):
        raise MissingGlyphs(text, missing)
    kinds = list(zip(chosen, _scripts_of(text), levels, strict=True))
    start = 0
    for (font, script, level), run in groupby(kinds):
        end = start + len(list(run))
        if font is not None:
            yield Run(start, end, font, script, level)
        start = end


def _scripts_of(text: str) -> list[str]:
    """The script of each character; shared signs take the one before them, leading ones the first that comes."""
    own = [script_of(character) for character in text]
    current = next((script for script in own if script not in SHARED_SCRIPTS), "Latn")
    scripts = []
    for script in own:
        current = current if script in SHARED_SCRIPTS else script
        scripts.append(current)
    return scripts


def _fonts_of(text: str, fonts: tuple[Font, ...]) -> list[Font | None]:
    """The font of each character: the first that has the letter and all marks upon it."""
    chosen: list[Font | None] = []
    hand = _hand_of(text, fonts)
    for cluster in clusters_of(text):
        is_ideograph = hand is not None and script_of(cluster[0]) == IDEOGRAPHS
        font = hand if is_ideograph else _font_of(cluster, fonts, chosen[-1] if chosen else None)
        chosen += [font] * len(cluster)
    return chosen


def _hand_of(text: str, fonts: tuple[Font, ...]) -> Font | None:
    """The first font that has all ideographs of a text: a Chinese name half in a Japanese hand looks patched."""
    ideographs = {ord(character) for character in text if script_of(character) == IDEOGRAPHS}
    if not ideographs:
        return None
    return next((font for font in fonts if font.characters >= ideographs), None)


def _font_of(cluster: str, fonts: tuple[Font, ...], previous: Font | None) -> Font | None:
    needed = [ord(character) for character in cluster if character not in INVISIBLE]
    # A space in the font of the word before it keeps that word's script in one run.
    candidates = (previous, *fonts) if previous and cluster.isspace() else fonts
    return next((font for font in candidates if font.characters.issuperset(needed)), None)


def clusters_of(text: str) -> list[str]:
    """Letters with the marks upon them: what may not be torn apart."""
    clusters: list[str] = []
    for character in text:
        if clusters and (_rides(character) or clusters[-1][-1] in JOINERS):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _rides(character: str) -> bool:
    """Whether a character is shown with the one before it: a mark, a joiner, a variation selector."""
    return category(character).startswith("M") or character in INVISIBLE


def _glyphs(text: str, run: Run) -> list[Glyph]:
    buffer = hb.Buffer()
    # The whole line is HarfBuzz's context: a letter joins the one in the run beside it.
    buffer.add_str(text, run.start, run.end - run.start)
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.script = run.script
    hb.shape(run.font.shaper, buffer, FEATURES if run.script in ALPHABETS else None)
    if boxes := tuple(text[info.cluster] for info in buffer.glyph_infos if info.codepoint == NOTDEF):
        raise MissingGlyphs(text, boxes)
    spellings = _spellings(text, run, [info.cluster for info in buffer.glyph_infos])
    placed = zip(buffer.glyph_infos, buffer.glyph_positions, spellings, strict=True)
    return [_glyph(run.font, info.codepoint, spelling, place) for info, place, spelling in placed]


def _glyph(font: Font, number: int, spelling: str, place: Any) -> Glyph:
    advance, right, up = map(font.thousandths, (place.x_advance, place.x_offset, place.y_offset))
    if not spelling:
        return Glyph(font, number, "", advance, right, up, _step(-advance), "")
    back = right + font.advance(number) - advance
    return Glyph(font, number, spelling, advance, right, up, _step(-right), _step(back))


def _step(thousandths: int) -> str:
    """A move between two glyphs, to the left where it is positive; a long move forward is made in short steps."""
    steps = []
    while thousandths < -WIDEST_STEP:
        steps.append(-WIDEST_STEP)
        thousandths += WIDEST_STEP
    return "".join(f"{step} " for step in [*steps, thousandths] if step)


def _spellings(text: str, run: Run, clusters: list[int]) -> list[str]:
    """What each glyph stands for when text is copied out: the characters of a cluster, dealt to its glyphs."""
    ends = dict(zip(sorted(set(clusters)), [*sorted(set(clusters))[1:], run.end], strict=True))
    spellings: list[str] = []
    for start, glyphs in groupby(clusters):
        characters, count = text[start : ends[start]], len(list(glyphs))
        # Readers tear a mark that is text of its own from its letter, and put it into the next line.
        dealt = [characters] + [""] * (count - 1) if run.script in ALPHABETS else _deal(characters, count)
        spellings += dealt[::-1] if run.level % 2 else dealt
    return spellings


def _deal(characters: str, count: int) -> list[str]:
    """One character for each glyph, the rest for the last: "शर्" over 2 glyphs gives "श", "र्"."""
    single = list(characters[: count - 1])
    rest = characters[count - 1 :]
    return (single + [rest] + [""] * count)[:count]
