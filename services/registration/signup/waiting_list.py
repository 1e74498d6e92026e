"""The rules of places and the waiting list, as plain numbers. Pure.

The database applies the same rules in one statement each (see `places.py`); this module says what they are
and the tests compare the two.
"""

from dataclasses import dataclass, replace
from typing import Literal

Outcome = Literal["confirmed", "waiting"]


@dataclass(frozen=True)
class Places:
    """`taken` places of `capacity` are held, `waiting` people wait. Nobody waits while a place is free."""

    capacity: int
    taken: int = 0
    waiting: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.taken <= self.capacity or self.waiting < 0:
            raise ValueError("More places are taken than there are.")
        if self.waiting and self.taken < self.capacity:
            raise ValueError("Somebody waits while a place is free.")


class BelowTaken(ValueError):
    """The new capacity is smaller than the number of places that people hold already."""


def outcome(places: Places) -> Outcome:
    """What the next sign-up gets: a place only if one is free and nobody waits for it."""
    return "confirmed" if places.taken < places.capacity and places.waiting == 0 else "waiting"


def sign_up(places: Places) -> Places:
    if outcome(places) == "confirmed":
        return replace(places, taken=places.taken + 1)
    return replace(places, waiting=places.waiting + 1)


def give_back(places: Places) -> tuple[Places, int]:
    """Somebody with a place leaves: the places afterwards, and how many (0 or 1) move up from the list."""
    if places.waiting:
        return replace(places, waiting=places.waiting - 1), 1
    return replace(places, taken=places.taken - 1), 0


def stop_waiting(places: Places) -> Places:
    return replace(places, waiting=places.waiting - 1)


def resize(places: Places, capacity: int) -> tuple[Places, int]:
    """Another capacity: the places afterwards, and how many move up from the list.

    Raises BelowTaken where people would lose a place that they were promised.
    """
    if capacity < places.taken:
        raise BelowTaken
    promoted = min(capacity - places.taken, places.waiting)
    return Places(capacity, places.taken + promoted, places.waiting - promoted), promoted
