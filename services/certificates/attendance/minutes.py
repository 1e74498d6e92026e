"""How long somebody was really there: counted from the scans at the door and the corrections to them.

The rules are those of the model event's README: the programme falls into blocks, a stay never bridges
two of them, and only time in which the programme runs (breaks do not) is attended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# Four hours: longer than any lunch, shorter than any night.
BLOCK_GAP = timedelta(hours=4)


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time from `start` (inclusive) to `end` (exclusive), both with a zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Slot:
    """A session of the programme, as far as attendance is concerned."""

    span: Span
    is_break: bool = False


@dataclass(frozen=True)
class Scan:
    """One scan at the door."""

    id: UUID
    scanned_at: datetime
    direction: Direction


@dataclass(frozen=True)
class AddedStay:
    """A correction that adds a stay."""

    id: UUID
    span: Span


@dataclass(frozen=True)
class StruckScan:
    """A correction that strikes a scan."""

    id: UUID
    scan_id: UUID


@dataclass(frozen=True)
class Stay:
    """One stay, with what explains it.

    `left_at` is the instant of the scan that ended it and None where the block's end did; `is_open` says
    that the exit is missing and somebody has to look at it.
    """

    span: Span
    left_at: datetime | None
    is_open: bool
    scan_ids: tuple[UUID, ...] = ()
    correction_id: UUID | None = None


@dataclass(frozen=True)
class Attendance:
    """What was attended: exact `seconds` to compare, whole `minutes` to show, and why.

    `counted` are the spans that make up the seconds: disjoint, in order, and within the programme.
    """

    stays: tuple[Stay, ...]
    seconds: int
    counted: tuple[Span, ...] = ()
    scans: tuple[Scan, ...] = ()
    struck: tuple[StruckScan, ...] = ()

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return self.seconds // 60

    @property
    def open_stays(self) -> int:
        """How many stays wait for a look by the organiser."""
        return sum(stay.is_open for stay in self.stays)

    @property
    def checked_in(self) -> bool:
        """Whether anything shows that the person came."""
        return bool(self.stays) or any(scan.direction is Direction.IN for scan in self.scans)


def attended(
    slots: Iterable[Slot],
    scans: Iterable[Scan],
    added: Iterable[AddedStay] = (),
    struck: Iterable[StruckScan] = (),
    *,
    count_open_stays: bool = True,
) -> Attendance:
    """Count one person's attendance; the order and repetition of scans and corrections do not matter.

    With `count_open_stays=False` the event demands the exit: an open stay is listed and gives no time.
    """
    slots = list(slots)
    strikes = {strike.id: strike for strike in struck}
    valid = _without_struck(scans, strikes.values())
    stays = _stays(valid, blocks(slots)) + _added_stays(added)
    present = union(stay.span for stay in stays if count_open_stays or not stay.is_open)
    counted = overlap(present, _programme(slots))
    return Attendance(
        stays=tuple(sorted(stays, key=lambda stay: (stay.span, str(stay.correction_id)))),
        seconds=_seconds(counted),
        counted=tuple(counted),
        scans=tuple(valid),
        struck=tuple(sorted(strikes.values(), key=lambda strike: str(strike.id))),
    )


def programme_seconds(slots: Iterable[Slot]) -> int:
    """How many seconds the programme has without its breaks, parallel sessions counted once."""
    return _seconds(_programme(slots))


def blocks(slots: Iterable[Slot]) -> list[Span]:
    """The programme's blocks in order, breaks included: two are separated by `BLOCK_GAP` or more."""
    return union((slot.span for slot in slots), bridging=BLOCK_GAP)


def union(spans: Iterable[Span], *, bridging: timedelta = timedelta()) -> list[Span]:
    """The spans in order with overlapping and touching ones joined, and gaps below `bridging` closed."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if joined and _joins(joined[-1], span, bridging):
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _joins(earlier: Span, later: Span, bridging: timedelta) -> bool:
    gap = later.start - earlier.end
    return gap <= timedelta() or gap < bridging


def _programme(slots: Iterable[Slot]) -> list[Span]:
    return union(slot.span for slot in slots if not slot.is_break)


def _without_struck(scans: Iterable[Scan], strikes: Iterable[StruckScan]) -> list[Scan]:
    """The scans that hold, once each, in order; at the same instant an `in` comes before an `out`."""
    struck_ids = {strike.scan_id for strike in strikes}
    held = {
        (scan.scanned_at, scan.direction is Direction.OUT): scan
        for scan in sorted(scans, key=lambda scan: str(scan.id), reverse=True)
        if scan.id not in struck_ids
    }
    return [held[key] for key in sorted(held)]


def _stays(scans: Sequence[Scan], in_blocks: Sequence[Span]) -> list[Stay]:
    if not in_blocks:
        return []
    last = in_blocks[-1]
    telling = [scan for scan in scans if scan.direction is Direction.OUT or scan.scanned_at < last.end]
    stays: list[Stay] = []
    entered: list[Scan] = []
    for scan, following in zip(telling, [*telling[1:], None], strict=False):
        block = _block_of(scan, in_blocks)
        if scan.direction is Direction.IN:
            entered.append(scan)
        elif entered:
            stays.append(_closed_stay(entered, scan))
            entered = []
        if entered and (following is None or _block_of(following, in_blocks) != block):
            stays.append(_unfinished_stay(entered, block, following))
            entered = []
    return stays


def _block_of(scan: Scan, in_blocks: Sequence[Span]) -> Span:
    """The first block that has not ended when the scan is made; after the last one, the last."""
    return next((block for block in in_blocks if scan.scanned_at < block.end), in_blocks[-1])


def _closed_stay(entered: Sequence[Scan], left: Scan) -> Stay:
    return Stay(
        span=Span(entered[0].scanned_at, left.scanned_at),
        left_at=left.scanned_at,
        is_open=False,
        scan_ids=(*(scan.id for scan in entered), left.id),
    )


def _unfinished_stay(entered: Sequence[Scan], block: Span, following: Scan | None) -> Stay:
    """A stay that the block's end ended: somebody who is scanned out later simply left late."""
    left_late = following is not None and following.direction is Direction.OUT
    return Stay(
        span=Span(entered[0].scanned_at, block.end),
        left_at=following.scanned_at if following is not None and left_late else None,
        is_open=not left_late,
        scan_ids=tuple(scan.id for scan in entered),
    )


def _added_stays(added: Iterable[AddedStay]) -> list[Stay]:
    return [
        Stay(correction.span, correction.span.end, is_open=False, correction_id=correction.id)
        for correction in {correction.id: correction for correction in added}.values()
    ]


def overlap(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """What lies in both of two lists of disjoint spans."""
    common = (Span(max(a.start, b.start), min(a.end, b.end)) for a in first for b in second)
    return [span for span in common if span.start < span.end]


def _seconds(spans: Iterable[Span]) -> int:
    """Microseconds are added up before they are cut off, so that many short stays lose nothing."""
    return sum((span.end - span.start for span in spans), timedelta()) // timedelta(seconds=1)
