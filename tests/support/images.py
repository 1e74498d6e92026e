"""Pictures for tests: real ones, broken ones, and bombs."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def a_png(width: int = 40, height: int = 20, colour: Any = (255, 0, 0), mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), colour).save(file, "PNG")
    return file.getvalue()


def a_jpeg(width: int = 40, height: int = 20, mode: str = "RGB", colour: Any = 0, **saved: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), colour).save(file, "JPEG", **saved)
    return file.getvalue()


def a_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some bytes that claims to be billions of pixels."""
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
