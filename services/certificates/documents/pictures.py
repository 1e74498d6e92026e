"""Pictures as a PDF holds them: without transparency, in grey or RGB, compressed once."""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from services.certificates.documents.pdf import plain_stream


@dataclass(frozen=True)
class Picture:
    """`data` is a JPEG, or rows of RGB or grey compressed by zlib; `width` and `height` are pixels."""

    width: int
    height: int
    data: bytes
    encoding: Literal["jpeg", "deflate"]
    is_grey: bool = False

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:16]

    def body(self) -> bytes:
        """The image XObject (ISO 32000-1, 8.9.5)."""
        space = "DeviceGray" if self.is_grey else "DeviceRGB"
        packed = {"jpeg": "DCTDecode", "deflate": "FlateDecode"}[self.encoding]
        entries = (
            f"/Type/XObject/Subtype/Image/Width {self.width}/Height {self.height}"
            f"/ColorSpace/{space}/BitsPerComponent 8/Filter/{packed}"
        )
        return plain_stream(self.data, entries.encode("ascii"))

    @property
    def media_type(self) -> str:
        return "image/jpeg" if self.encoding == "jpeg" else "image/png"

    @property
    def shown(self) -> bytes:
        """The same for a browser (PNG: ISO/IEC 15948)."""
        if self.encoding == "jpeg":
            return self.data
        kind = 0 if self.is_grey else 2
        head = struct.pack(">2I5B", self.width, self.height, 8, kind, 0, 0, 0)
        step = self.width * (1 if self.is_grey else 3)
        rows = zlib.decompress(self.data)
        filtered = b"".join(b"\0" + rows[start : start + step] for start in range(0, len(rows), step))
        chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(filtered)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
