"""Uploaded pictures: what is none, or too large, is refused; the rest has no transparency and no notes."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from services.certificates.badges.document import draw
from services.certificates.layouts import images
from services.certificates.layouts.checks import read_data
from services.certificates.layouts.images import read_image
from shared.errors import Invalid
from tests.support.images import a_bomb, a_jpeg, a_png
from tests.support.paper_facts import a_badge, a_badge_run
from tests.support.paper_judges import damages, preflight
from tests.support.papers import pages_as_pictures


def refusal(raw: bytes) -> str:
    with pytest.raises(Invalid) as problem:
        read_image(raw)
    return problem.value.errors[0].sentence


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 50,
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n",
        a_png()[:60],
        a_jpeg()[:300],
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
    ],
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    assert refusal(raw) == images.NO_PICTURE


@pytest.mark.parametrize("size", [(60_000, 60_000), (5_001, 5_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert refusal(a_bomb(*size)) == images.TOO_LARGE


def test_a_file_of_more_than_five_megabytes_is_refused() -> None:
    assert refusal(a_png() + b"\0" * images.MOST_BYTES) == images.TOO_LARGE


def test_what_shines_through_becomes_white() -> None:
    picture = read_image(a_png(2, 1, (255, 0, 0, 0), "RGBA"))
    assert Image.open(io.BytesIO(picture.shown)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_notes_on_where_a_photograph_was_taken_are_gone() -> None:
    notes = Image.Exif()
    notes[0x010E] = "at home"
    assert b"at home" in a_jpeg(exif=notes)
    assert b"at home" not in read_image(a_jpeg(exif=notes)).data


def test_a_large_photograph_becomes_as_small_as_print_needs() -> None:
    picture = read_image(a_jpeg(4000, 3000))
    assert (picture.width, picture.height) == (2000, 1500)


UPLOADS = {
    "plain": a_png(),
    "translucent": a_png(colour=(0, 0, 255, 128), mode="RGBA"),
    "grey": a_png(colour=7, mode="L"),
    "photograph": a_jpeg(),
    "for-print": a_jpeg(mode="CMYK", colour=(0, 255, 255, 0)),
}


def test_each_picture_is_printed_within_pdf_a() -> None:
    element = {"kind": "image", "x": 5, "y": 5, "width": 40, "height": 40, "image": "logo"}
    layout = read_data({"title": "x", "width": 74, "height": 105, "front": [element]}, ["logo"])
    run = a_badge_run([a_badge(), a_badge()])
    papers = {
        name: draw(replace(run, layout=layout, pictures={"logo": read_image(raw)}))
        for name, raw in UPLOADS.items()
    }
    assert not any(preflight(papers).values())
    for paper in papers.values():
        assert damages(paper) == ""
        # Half as high as wide, so a stripe in the middle of its box.
        page = pages_as_pictures(paper, dpi=72)[1]
        assert (page.getpixel((70, 70)), page.getpixel((70, 30))) == (pytest.approx(100, abs=100), 255)
