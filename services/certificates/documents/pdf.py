"""A PDF file as bytes: objects one after another, the table that says where each begins, the trailer.

ISO 32000-1, 7.5, in the version of PDF/A-1: no object streams, nothing transparent.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

# The second line tells transfer programs that this is no text (ISO 19005-1, 6.1.2).
HEADER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
# What may stand in a URI unescaped (RFC 3986), and the escape itself.
URI_SIGNS = "%:/?#[]@!$&'()*+,;=~"
DELIMITERS = tuple(b"%c" % sign for sign in b"/[<(")
# What a text string may hold without UTF-16, as one byte each (PDFDocEncoding, ISO 32000-1, D.3): the printable signs
# of Latin-1, which stand at their own places, and these.
TYPOGRAPHIC = {ord(sign): 0x80 + place for place, sign in enumerate("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™")}
ONE_BYTE = {
    **{code: code for code in (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))},
    **TYPOGRAPHIC,
}
# Up to this length looking for what repeats takes longer than drawing the page, and saves a twentieth of it.
SHORT = 2048


# What stands in a dictionary, as PDF writes it.
Value = bytes | str


class PdfFile:
    """Objects have numbers from 1 on; one may be named by its number before it is written."""

    def __init__(self) -> None:
        self._parts = [HEADER]
        self._length = len(HEADER)
        self._offsets: list[int] = []
        self._digest = b""

    def reserve(self) -> int:
        """The number of an object that `put` writes later."""
        self._offsets.append(0)
        return len(self._offsets)

    def put(self, number: int, body: bytes) -> int:
        part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self._offsets[number - 1] = self._length
        self._parts.append(part)
        self._length += len(part)
        return number

    def add(self, body: bytes) -> int:
        return self.put(self.reserve(), body)

    def settle(self) -> None:
        """What is written so far will not change: copies share it as one piece."""
        begin = b"".join(self._parts)
        self._parts = [begin]
        self._digest = hashlib.sha256(begin).digest()

    def copy(self) -> "PdfFile":
        """Another file that begins like this one, which is settled."""
        other = PdfFile()
        other._parts = self._parts.copy()
        other._length = self._length
        other._offsets = self._offsets.copy()
        other._digest = self._digest
        return other

    def finish(self, *, catalogue: int, facts: int) -> bytes:
        """The whole file. Raises ValueError where a reserved object was never written."""
        if 0 in self._offsets:
            raise ValueError(f"Object {self._offsets.index(0) + 1} was reserved and never written.")
        table = b"%010d 00000 n \n" * len(self._offsets) % tuple(self._offsets)
        identity = self._identity()
        trailer = (
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\n"
            % (
                len(self._offsets) + 1,
                table,
                len(self._offsets) + 1,
                catalogue,
                facts,
                identity,
                identity,
            )
        )
        return b"".join([*self._parts, trailer, b"startxref\n%d\n%%%%EOF\n" % self._length])

    def _identity(self) -> bytes:
        """From the content, so that the same document has the same one (ISO 32000-1, 14.4)."""
        own = b"".join(self._parts[1:]) if self._digest else b"".join(self._parts)
        return hashlib.sha256(self._digest + own).hexdigest()[:32].encode("ascii")


def stream(content: bytes, entries: bytes = b"", *, level: int = 9) -> bytes:
    """A compressed stream object; `entries` are those of its dictionary beside length and filter."""
    packed = zlib.compress(content, level)
    return packed_stream(packed, entries)


def quick_stream(content: bytes) -> bytes:
    """A compressed stream object for a page of its own: nothing else in the file repeats it."""
    if len(content) > SHORT:
        return stream(content, level=6)
    packer = zlib.compressobj(1, zlib.DEFLATED, 12, 5, zlib.Z_HUFFMAN_ONLY)
    return packed_stream(packer.compress(content) + packer.flush(), b"")


def packed_stream(packed: bytes, entries: bytes = b"") -> bytes:
    """A stream object of what is compressed already."""
    return plain_stream(packed, b"/Filter/FlateDecode" + entries)


def plain_stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def dictionary(entries: Mapping[str, Value]) -> bytes:
    return b"<<%b>>" % b"".join([_entry(key.encode(), _bytes(value)) for key, value in entries.items()])


def _entry(key: bytes, value: bytes) -> bytes:
    """A value that begins with a sign of its own needs no space before it."""
    return b"/%b%b" % (key, value) if value[:1] in DELIMITERS else b"/%b %b" % (key, value)


def reference(number: int) -> bytes:
    return b"%d 0 R" % number


def references(numbers: Iterable[int]) -> bytes:
    return b"[%b]" % b" ".join(map(reference, numbers))


def text_string(text: str) -> bytes:
    """A text for people, in any script (ISO 32000-1, 7.9.2.2): a byte for each sign where that is enough."""
    codes = [ONE_BYTE.get(ord(sign)) for sign in text]
    # What begins as these two would be taken for UTF-16.
    if None in codes or text.startswith("þÿ"):
        return _literal(b"\xfe\xff" + text.encode("utf-16-be"))
    return _literal(bytes(code for code in codes if code))


def uri_string(address: str) -> bytes:
    """A web address, escaped to ASCII."""
    return _literal(quote(address, safe=URI_SIGNS).encode("ascii"))


def date_string(instant: datetime) -> bytes:
    digits = instant.astimezone(UTC).isoformat()[:19].translate({ord(sign): None for sign in "-:T"})
    return f"(D:{digits}Z)".encode("ascii")


def _literal(string: bytes) -> bytes:
    for sign, escape in ((b"\\", b"\\\\"), (b"(", b"\\("), (b")", b"\\)"), (b"\r", b"\\r")):
        string = string.replace(sign, escape)
    return b"(%b)" % string


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else value.encode("ascii")
