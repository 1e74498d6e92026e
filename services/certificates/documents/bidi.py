"""The order in which mixed left-to-right and right-to-left text stands on a line (Unicode UAX #9)."""

from collections.abc import Sequence
from typing import Any
from unicodedata import bidirectional, category

from bidi import algorithm as uax9
from bidi.mirror import MIRRORED

NEUTRAL = ("B", "S", "WS", "ON")
# Every sign whose presence can turn the order: a line without one of them is plainly left to right.
RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))

Levelled = dict[str, Any]


def is_right_to_left(text: str) -> bool:
    """Whether a paragraph with this text starts at the right: its first letter decides (rules P2 and P3)."""
    for character in text:
        direction = bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def in_sentence(value: str) -> str:
    """A value inside a sentence of ours, which keeps its direction whatever the value's is.

    Without the left-to-right marks (U+200E, no width, no glyph) a name in Arabic letters would draw the date
    behind it to its left, and turn a whole line that it begins.
    """
    return f"\u200e{value}\u200e" if any(bidirectional(sign) in RIGHT_TO_LEFT for sign in value) else value


def levels(text: str, right_to_left: bool) -> list[int]:
    """The embedding level of each character: even levels read to the right, odd ones to the left.

    `right_to_left` is the direction of the paragraph that the text is a line of. The text holds no
    embeddings, overrides or isolates: `text.clean` refuses them.
    """
    if not right_to_left and not any(bidirectional(character) in RIGHT_TO_LEFT for character in text):
        return [0] * len(text)
    base = int(right_to_left)
    storage = _resolve(text, base)
    found = {levelled["index"]: levelled["level"] for levelled in storage["chars"]}
    return _with_joiners(found, base, len(text))


def visual_order(runs: Sequence[int]) -> list[int]:
    """The indices of runs with these levels from left to right (rule L2)."""
    order = list(range(len(runs)))
    for level in range(max(runs, default=0), 0, -1):
        order = _reverse_where(order, [runs[index] >= level for index in order])
    return order


def _reverse_where(order: list[int], turns: list[bool]) -> list[int]:
    result: list[int] = []
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and turns[end] == turns[start]:
            end += 1
        part = order[start:end]
        result += part[::-1] if turns[start] else part
        start = end
    return result


def _resolve(text: str, base: int) -> dict[str, Any]:
    direction = "R" if base else "L"
    storage: dict[str, Any] = {"base_level": base, "base_dir": direction, "chars": [], "runs": []}
    storage["chars"] = [
        {"ch": character, "level": base, "type": kind, "orig": kind, "index": index}
        for index, character in enumerate(text)
        for kind in [bidirectional(character)]
    ]
    uax9.explicit_embed_and_overrides(storage)
    uax9.resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], direction)
    uax9.resolve_neutral_types(storage, debug=False)
    uax9.resolve_implicit_levels(storage, debug=False)
    return storage


def _with_joiners(found: dict[int, int], base: int, length: int) -> list[int]:
    """Joiners have no level of their own (rule X9): they stay with the character before them."""
    result: list[int] = []
    for index in range(length):
        result.append(found.get(index, result[-1] if result else base))
    return result


def _resolve_brackets(characters: list[Levelled], direction: str) -> None:
    """Rule N0, which python-bidi leaves out: both brackets of a pair turn together.

    Without it the name "Ali (علي) حسن" would end its bracket on the wrong side.
    """
    for opening, closing in _bracket_pairs(characters):
        inside = {_strong(levelled) for levelled in characters[opening + 1 : closing]} - {None}
        if direction in inside:
            settled: str | None = direction
        elif inside:
            settled = _direction_before(characters, opening, direction)
        else:
            settled = None
        if settled:
            _settle(characters, opening, settled)
            _settle(characters, closing, settled)


def _settle(characters: list[Levelled], index: int, direction: str) -> None:
    characters[index]["type"] = direction
    for levelled in characters[index + 1 :]:
        if levelled["orig"] != "NSM":
            return
        levelled["type"] = direction


def _direction_before(characters: list[Levelled], index: int, base: str) -> str:
    """The direction of what stands before a bracket, where its content runs against the line."""
    for levelled in reversed(characters[:index]):
        if strong := _strong(levelled):
            return strong
    return base


def _strong(levelled: Levelled) -> str | None:
    """Numbers count as right to left here (rule N0)."""
    kind = levelled["type"]
    return "R" if kind in ("R", "AN", "EN") else "L" if kind == "L" else None


def _bracket_pairs(characters: list[Levelled]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for index, levelled in enumerate(characters):
        sign = levelled["ch"]
        if levelled["type"] not in NEUTRAL or sign not in MIRRORED:
            continue
        if category(sign) == "Ps":
            waiting.append((MIRRORED[sign], index))
        elif category(sign) == "Pe":
            matching = [place for place, (closing, _) in enumerate(waiting) if closing == sign]
            if matching:
                pairs.append((waiting[matching[-1]][1], index))
                del waiting[matching[-1] :]
    return sorted(pairs)
