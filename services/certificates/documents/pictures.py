"""Pictures as a PDF holds them: without transparency, in grey or RGB, compressed once."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from services.certificates.documents.pdf import plain_stream


@dataclass(frozen=True)
class Picture:
    """`data` is a JPEG, or rows of RGB compressed by zlib; `width` and `height` are pixels."""

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
