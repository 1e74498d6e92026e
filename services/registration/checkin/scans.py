"""One scan of a batch, from what a device sent to what is kept, or the reason why it is not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from services.registration.signup.names import is_storable
from shared.contracts.ticket_code import clean_short_code
from shared.kit.i18n import N_
from shared.kit.instants import is_plausible

Direction = Literal["in", "out"]
Pointer = Literal["ticket", "short_code", "ref"]
Means = Literal[Pointer, "desk"]
Reason = Literal["malformed", "future", "forged_ticket", "other_event", "unknown_code", "ref_not_allowed"]

# Phones at the door are not set to the second; five minutes are a clock that drifts, more is a wrong one.
TOLERATED_AHEAD = timedelta(minutes=5)
# A ticket code has 139 characters; what is longer is no code and is not worth a look.
POINTER_LIMIT = 300


_EXPLANATIONS: dict[Reason, str] = {
    "malformed": N_("This scan could not be read."),
    "future": N_("This scan is from the future. Please check the device's clock."),
    "forged_ticket": N_("This ticket is not genuine."),
    "other_event": N_("This ticket is for another event."),
    "unknown_code": N_("Nobody at this event has this code."),
    "ref_not_allowed": N_("Only organisers may send references."),
}


def explain(reason: Reason) -> str:
    """The sentence (a msgid) for people at the door."""
    return _EXPLANATIONS[reason]


@dataclass(frozen=True)
class Scan:
    """`pointer` says what `code` is; a short code is eight capital letters, or empty where it cannot be one."""

    scanned_at: datetime
    direction: Direction
    pointer: Pointer
    code: str


@dataclass(frozen=True)
class Rejection:
    reason: Reason


class _Malformed(ValueError):
    pass


def parse(raw: object, *, now: datetime) -> Scan | Rejection:
    """The scan in `raw` (a decoded JSON value of any kind), its instant in UTC, or why it is rejected."""
    try:
        scan = _scan(raw)
    except _Malformed:
        return Rejection("malformed")
    return Rejection("future") if scan.scanned_at > now + TOLERATED_AHEAD else scan


def _scan(raw: object) -> Scan:
    if not isinstance(raw, Mapping):
        raise _Malformed
    pointer = _pointer(raw)
    return Scan(
        scanned_at=_instant(raw.get("scanned_at")),
        direction=_direction(raw.get("direction")),
        pointer=pointer,
        code=_code(pointer, raw[pointer]),
    )


def _pointer(raw: Mapping[str, object]) -> Pointer:
    pointers: list[Pointer] = [name for name in get_args(Pointer) if name in raw]
    if len(pointers) != 1 or set(raw) - {"scanned_at", "direction", *pointers}:
        raise _Malformed
    return pointers[0]


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise _Malformed
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None or not is_plausible(instant):
            raise _Malformed
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Malformed from error


def _direction(value: object) -> Direction:
    if value == "in":
        return "in"
    if value == "out":
        return "out"
    raise _Malformed


def _code(pointer: Pointer, value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= POINTER_LIMIT or not is_storable(value):
        raise _Malformed
    return clean_short_code(value) or "" if pointer == "short_code" else value
