"""Uploaded pictures, read with care: what is no PNG or JPEG, or too large, is refused before it is unpacked."""

import io
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from services.certificates.documents.pictures import Picture
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

MOST_BYTES = 5_000_000
# A photograph of today's telephones; what claims to be larger is a bomb.
MOST_PIXELS = 25_000_000
# 300 dots an inch on the longer side of an A5 sheet need no more.
LONGEST_SIDE = 2000
# Above it nobody sees a difference on paper.
JPEG_QUALITY = 88

TOO_LARGE = N_("This picture is too large: it may have 5 MB and 25 million pixels.")
NO_PICTURE = N_("This is no picture that we can read. Please use a PNG or a JPEG.")


def read_image(raw: bytes) -> Picture:
    """The picture without transparency and without notes on where it was taken. Raises Invalid.

    PDF/A-1 knows no transparency: what shines through becomes white.
    """
    if len(raw) > MOST_BYTES:
        raise _refused(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _refused(TOO_LARGE)
            is_jpeg = opened.format == "JPEG"
            return _picture(_flat(ImageOps.exif_transpose(opened)), is_jpeg=is_jpeg)
    except Image.DecompressionBombError as problem:
        raise _refused(TOO_LARGE) from problem
    # What Pillow raises for files that are broken on purpose is of many kinds.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, zlib.error) as problem:
        raise _refused(NO_PICTURE) from problem


def _refused(sentence: str) -> Invalid:
    return Invalid([FieldError("image", sentence)])


def _flat(opened: Image.Image) -> Image.Image:
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if opened.mode == "L":
        return opened
    if "A" in opened.getbands() or "transparency" in opened.info:
        upon = Image.new("RGBA", opened.size, "white")
        upon.alpha_composite(opened.convert("RGBA"))
        return upon.convert("RGB")
    return opened.convert("RGB")


def _picture(flat: Image.Image, *, is_jpeg: bool) -> Picture:
    is_grey = flat.mode == "L"
    if not is_jpeg:
        return Picture(flat.width, flat.height, zlib.compress(flat.tobytes(), 9), "deflate", is_grey)
    packed = io.BytesIO()
    flat.save(packed, "JPEG", quality=JPEG_QUALITY)
    return Picture(flat.width, flat.height, packed.getvalue(), "jpeg", is_grey)
