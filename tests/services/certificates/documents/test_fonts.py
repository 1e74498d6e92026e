"""The fonts are opened once, and their absence is said in a sentence."""

import shutil
from pathlib import Path

import pytest

from services.certificates.documents.fonts import (
    FEW_CUTS,
    WEIGHT_FOLDERS,
    Font,
    FontsMissing,
    NoFont,
    assets_folder,
    load_fonts,
)
from services.certificates.documents.problems import Reason, check
from services.certificates.tickets.document import draw
from tests.support.paper_facts import a_ticket
from tests.support.paper_text import by_poppler


def only_latin(folder: Path) -> Path:
    """An assets folder with nothing but Noto Sans."""
    for style in WEIGHT_FOLDERS.values():
        source = assets_folder() / "@expo-google-fonts" / "noto-sans" / style
        shutil.copytree(source, folder / "@expo-google-fonts" / "noto-sans" / style)
    return folder


def test_a_process_opens_each_font_once() -> None:
    assert load_fonts() is load_fonts()


def test_a_folder_without_fonts_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="make setup"):
        load_fonts(tmp_path)


def test_a_script_whose_font_is_not_installed_is_reported(tmp_path: Path) -> None:
    latin = load_fonts(only_latin(tmp_path))
    assert check({"name": "Ada"}, fonts=latin) == []
    [problem] = check({"name": "محمد"}, fonts=latin)
    assert problem.reason is Reason.MISSING_GLYPH


def test_a_paper_is_drawn_with_the_fonts_that_it_is_given(tmp_path: Path) -> None:
    assert "Ada Abt" in by_poppler(draw(a_ticket("Ada", "Abt"), fonts=load_fonts(only_latin(tmp_path))))


def test_the_same_glyphs_give_the_same_subset() -> None:
    font = load_fonts().regular[0]
    assert font.subset(frozenset((3, 36, 37))) == font.subset(frozenset((37, 36, 3)))


@pytest.mark.parametrize("content", [b"", b"no font", b"\x00\x01\x00\x00" + b"\xff" * 500])
def test_a_file_that_is_no_font_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "Letters.ttf").write_bytes(content)
    with pytest.raises(NoFont, match=r"Letters\.ttf"):
        Font(tmp_path / "Letters.ttf")


def test_a_font_that_is_made_ready_for_cutting_gives_the_same_bytes() -> None:
    [path] = (assets_folder() / "@expo-google-fonts" / "noto-sans-sc" / WEIGHT_FOLDERS["bold"]).glob("*.ttf")
    font = Font(path)
    glyphs = frozenset(map(font.nominal_glyph, "张晓东"))
    assert len({font.subset(glyphs)[0] for _ in range(FEW_CUTS + 2)}) == 1
    assert "_ready" in vars(font)
