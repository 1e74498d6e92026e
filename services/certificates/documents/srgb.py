"""The colours of sRGB as an ICC profile of version 2, which PDF/A-1 asks for (ICC.1:2001-04, IEC 61966-2-1)."""

import struct

# White (D50) and the primaries of sRGB adapted to it, as the ICC publishes them, X Y Z.
WHITE = (0.9642, 1.0, 0.8249)
PRIMARIES = {
    b"rXYZ": (0.4360, 0.2225, 0.0139),
    b"gXYZ": (0.3851, 0.7169, 0.0971),
    b"bXYZ": (0.1431, 0.0606, 0.7139),
}
# So many steps of the tone curve differ from the exact one by less than any eye or printer can tell.
STEPS = 64


def profile() -> bytes:
    """For a screen with the colours of sRGB.

    Computed, so that no profile with terms of its own has to be shipped.
    """
    curve = b"curv\0\0\0\0" + struct.pack(f">I{STEPS}H", STEPS, *map(_tone, range(STEPS)))
    tags = {
        b"desc": _description("sRGB"),
        b"cprt": b"text\0\0\0\0No copyright, use freely.\0",
        b"wtpt": _xyz(WHITE),
        **{signature: _xyz(primary) for signature, primary in PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(tags)


def _tone(step: int) -> int:
    value = step / (STEPS - 1)
    linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return round(65535 * linear)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    """Header, table of tags, and their values, each once and on a multiple of four bytes."""
    start = 128 + 4 + 12 * len(tags)
    values = b""
    places: dict[bytes, int] = {}
    table = struct.pack(">I", len(tags))
    for signature, value in tags.items():
        if value not in places:
            places[value] = start + len(values)
            values += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", signature, places[value], len(value))
    size = start + len(values)
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI3i4s44x",
        *(size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ "),
        *(2000, 1, 1, 0, 0, 0, b"acsp", b"\0\0\0\0", 0, b"\0\0\0\0", b"\0\0\0\0", 0, 0),
        *map(_fixed, WHITE),
        b"\0\0\0\0",
    )
    return header + table + values


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *map(_fixed, values))


def _fixed(value: float) -> int:
    """A number with 16 bits behind the point."""
    return round(value * 65536)


def _description(text: str) -> bytes:
    ascii_text = text.encode("ascii") + b"\0"
    # Neither Unicode nor ScriptCode: both are empty.
    return b"desc\0\0\0\0" + struct.pack(">I", len(ascii_text)) + ascii_text + bytes(4 + 4 + 2 + 1 + 67)
