"""The typefaces of our papers: static Noto Sans files, opened once in a process."""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

import uharfbuzz as hb
from fontTools.pens.basePen import BasePen

Weight = Literal["regular", "bold"]
Point = tuple[float, float]

# In the order in which a character looks for its glyph. The scripts below the line are used where their npm
# package is installed; without it, `check` reports their characters before printing.
FAMILIES = (
    ("noto-sans", "NotoSans"),
    ("noto-sans-arabic", "NotoSansArabic"),
    ("noto-sans-devanagari", "NotoSansDevanagari"),
    ("noto-sans-jp", "NotoSansJP"),
    # ---
    ("noto-sans-hebrew", "NotoSansHebrew"),
    ("noto-sans-thai", "NotoSansThai"),
    ("noto-sans-georgian", "NotoSansGeorgian"),
    ("noto-sans-armenian", "NotoSansArmenian"),
    ("noto-sans-bengali", "NotoSansBengali"),
    ("noto-sans-tamil", "NotoSansTamil"),
    ("noto-sans-ethiopic", "NotoSansEthiopic"),
    ("noto-sans-sc", "NotoSansSC"),
    ("noto-sans-kr", "NotoSansKR"),
    ("noto-sans-symbols-2", "NotoSansSymbols2"),
)
WEIGHT_FOLDERS: dict[Weight, str] = {"regular": "400Regular", "bold": "700Bold"}

# Fonts with ideographs have 17,000 glyphs and more, all others some thousands. A run of badges cuts each font once
# in each of its parts.
MANY_GLYPHS, FEW_CUTS = 10_000, 12

# Tables that shape or name text. A PDF shows glyphs by their number and needs none of them.
SHAPING_TABLES = (
    "BASE",
    "GDEF",
    "GPOS",
    "GSUB",
    "OS/2",
    "STAT",
    "VORG",
    "cmap",
    "gasp",
    "name",
    "post",
    "vhea",
    "vmtx",
)


class FontsMissing(RuntimeError):
    """The fonts are not installed: run `make setup`, or point ASSETS_DIR to the folder that holds them."""


class NoFont(RuntimeError):
    """This file is no font: run `make setup` again, or put another one in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{self.__doc__} ({path.name})")


class Font:
    """One TrueType file with what shaping and embedding ask of it."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem.replace("_", "-")
        self.face = hb.Face(hb.Blob.from_file_path(str(path)))
        # HarfBuzz takes any file, and finds no letters in one that is no font.
        if not self.face.glyph_count:
            raise NoFont(path)
        self.shaper = hb.Font(self.face)
        self.units_per_em: int = self.face.upem
        self.characters = frozenset(self.face.unicodes)
        self.is_bold = "Bold" in self.name
        self._paths: dict[int, str] = {}
        self._cuts = 0

    def __repr__(self) -> str:
        return f"Font({self.name})"

    def nominal_glyph(self, character: str) -> int:
        """The glyph that shows a character where nothing stands beside it; 0 where the font has none."""
        return self.shaper.get_nominal_glyph(ord(character)) or 0

    def advance(self, glyph: int) -> int:
        """The advance of a glyph in thousandths of an em, as PDF's /W wants it."""
        return self.thousandths(self.shaper.get_glyph_h_advance(glyph))

    def thousandths(self, units: float) -> int:
        return round(units * 1000 / self.units_per_em)

    def outline(self, glyph: int) -> str:
        """A glyph as PDF's path operators, in the font's units: for what is drawn without being text."""
        if glyph not in self._paths:
            pen = _PathPen(None)
            self.shaper.draw_glyph_with_pen(glyph, pen)
            self._paths[glyph] = " ".join(pen.operators)
        return self._paths[glyph]

    @cached_property
    def descriptor(self) -> dict[str, str]:
        """The entries of PDF's /FontDescriptor, in thousandths of an em (ISO 32000-1, table 122)."""
        extents = self.shaper.get_font_extents("ltr")
        capital = self.shaper.get_metric_position_with_fallback(hb.OTMetricsTag.CAP_HEIGHT)
        box = struct.unpack_from(">4h", self.face.reference_table("head").data, 36)
        return {
            "Flags": "4",
            "FontBBox": f"[{' '.join(str(self.thousandths(edge)) for edge in box)}]",
            "ItalicAngle": "0",
            "Ascent": str(self.thousandths(extents.ascender)),
            "Descent": str(self.thousandths(extents.descender)),
            "CapHeight": str(self.thousandths(capital)),
            "StemV": "140" if self.is_bold else "80",
        }

    @property
    def _outlines(self) -> hb.Face:
        """The file as it is, or made ready for cutting: both give the same bytes.

        Made ready it is cut fifty times as fast, but of ten megabytes of ideographs that takes 100 ms and 30 MB,
        which one run of badges with a Chinese name on them never gets back.
        """
        self._cuts += 1
        is_worth_it = self.face.glyph_count < MANY_GLYPHS or self._cuts > FEW_CUTS
        return self._ready if is_worth_it else self.face

    @cached_property
    def _ready(self) -> hb.Face:
        return hb.subset_preprocess(self.face)

    def subset(self, glyphs: frozenset[int]) -> tuple[bytes, dict[int, int]]:
        """A TrueType file with these glyphs and their parts, and where each went: old number → new number.

        HarfBuzz cuts a 5 MB Japanese font in milliseconds where fontTools takes seconds. The same glyphs
        give the same bytes.
        """
        wanted = hb.SubsetInput()
        wanted.glyph_set.set(glyphs)
        wanted.drop_table_tag_set.update(_tag(table) for table in SHAPING_TABLES)
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        plan = hb.SubsetPlan(self._outlines, wanted)
        return bytes(plan.execute().blob.data), dict(plan.old_to_new_glyph_mapping)


def _tag(table: str) -> int:
    return int.from_bytes(table.encode("ascii"), "big")


class _PathPen(BasePen):  # type: ignore[misc]  # fontTools publishes no types
    """Writes what fontTools draws, which turns TrueType's quadratic curves into PDF's cubic ones."""

    def __init__(self, glyphs: None) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, point: Point) -> None:  # noqa: N802 (fontTools' name)
        self._write("m", point)

    def _lineTo(self, point: Point) -> None:  # noqa: N802 (fontTools' name)
        self._write("l", point)

    def _curveToOne(self, first: Point, second: Point, end: Point) -> None:  # noqa: N802 (fontTools' name)
        self._write("c", first, second, end)

    def _closePath(self) -> None:  # noqa: N802 (fontTools' name)
        self._write("h")

    def _write(self, operator: str, *points: Point) -> None:
        self.operators += [f"{x:.0f} {y:.0f}" for x, y in points] + [operator]


@dataclass(frozen=True)
class Fonts:
    """The fallback lists of both weights: the first font of a list that has a character shows it."""

    regular: tuple[Font, ...]
    bold: tuple[Font, ...]

    def of(self, weight: Weight) -> Sequence[Font]:
        return self.bold if weight == "bold" else self.regular


def assets_folder() -> Path:
    """Where npm put the fonts: `ASSETS_DIR`, else `node_modules` of the working directory or beside the code.

    Commands are called from any folder.
    """
    beside_the_code = Path(__file__).parents[3] / "node_modules"
    here = Path("node_modules")
    return Path(os.environ.get("ASSETS_DIR") or (here if here.is_dir() else beside_the_code))


def load_fonts(folder: Path | None = None) -> Fonts:
    """The fonts below `folder`, parsed once in a process.

    Raises FontsMissing when not even the Latin one is there.
    """
    return _load(folder or assets_folder())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Fonts:
    return Fonts(regular=_fallback_list(folder, "regular"), bold=_fallback_list(folder, "bold"))


def _fallback_list(folder: Path, weight: Weight) -> tuple[Font, ...]:
    style = WEIGHT_FOLDERS[weight]
    paths = [
        folder / "@expo-google-fonts" / package / style / f"{file}_{style}.ttf" for package, file in FAMILIES
    ]
    if not paths[0].is_file():
        raise FontsMissing(str(FontsMissing.__doc__))
    return tuple(Font(path) for path in paths if path.is_file())
