"""A first round that a symmetry keeps: found at once where there is one, by trying only tables and their images.

The symmetry moves each ring on to the place of the next, or multiplies all places by a number (multipliers: Hall
1947), or both. A table comes with all its images, so few tables are left to choose, and their differences
come in as large steps.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from services.agenda.networking.solving.rings import Groups, Rings

# How many people are tried at tables under one symmetry; what was found was found in a tenth of them.
TRIES = 20_000
# And how many between two looks at the clock.
BETWEEN_LOOKS = 500


@dataclass(frozen=True)
class Symmetry:
    """Ring r goes to ring r + `on`, place p to p · `factor`."""

    on: int
    factor: int


def symmetric_starter(
    choices: Sequence[Rings], tables: int, *, is_over: Callable[[], bool]
) -> tuple[Rings, Groups] | None:
    """Tables of one size for everybody, no difference twice; None where no symmetry gave any in time."""
    tried = [(symmetry, rings) for rings in choices for symmetry in _symmetries(rings.turns)]
    for symmetry, rings in sorted(tried, key=lambda pair: pair[0].factor):
        if is_over():
            return None
        if groups := _Search(rings, tables, symmetry, is_over).groups():
            return rings, groups
    return None


def _symmetries(turns: int) -> list[Symmetry]:
    factors = [factor for factor in range(1, turns) if math.gcd(factor, turns) == 1]
    return [Symmetry(on, factor) for factor in factors for on in (1, 0) if (on, factor) != (0, 1)]


class _Search:
    """Backtracking; people and differences are bits of masks."""

    def __init__(self, rings: Rings, tables: int, symmetry: Symmetry, is_over: Callable[[], bool]) -> None:
        self.size = rings.people // tables
        self.people = rings.people
        self.image = [_image(person, rings, symmetry) for person in range(rings.people)]
        self.differences = _differences(rings)
        self.is_over = is_over
        self.tries = TRIES

    def groups(self) -> Groups | None:
        return self._fill((1 << self.people) - 1, 0)

    def _fill(self, free: int, used: int) -> Groups | None:
        """Tables for those who are free, with differences that are not used."""
        if not free:
            return []
        first = (free & -free).bit_length() - 1
        for group in self._tables([first], free, used):
            images = self._images(group)
            taken = self._taken(images, free, used)
            if taken is not None:
                rest = self._fill(free & ~taken[0], used | taken[1])
                if rest is not None:
                    return images + rest
        return None

    def _tables(self, group: list[int], free: int, used: int) -> Iterator[list[int]]:
        if len(group) == self.size:
            yield group
            return
        for person in range(group[-1] + 1, self.people):
            if self._has_ended():
                return
            if free >> person & 1:
                new = self._new([*group, person], used, of=[person])
                if new is not None:
                    yield from self._tables([*group, person], free, used | new)

    def _has_ended(self) -> bool:
        self.tries -= 1
        if self.tries % BETWEEN_LOOKS == 0 and self.is_over():
            self.tries = 0
        return self.tries <= 0

    def _images(self, group: list[int]) -> Groups:
        images = [group]
        following = [self.image[person] for person in group]
        while set(following) != set(group):
            images.append(following)
            following = [self.image[person] for person in following]
        return images

    def _taken(self, images: Groups, free: int, used: int) -> tuple[int, int] | None:
        """The people and the differences of tables; None where one of them is taken already."""
        people = differences = 0
        for group in images:
            here = sum(1 << person for person in group)
            new = self._new(group, used | differences, of=group)
            if here & (people | ~free) or new is None:
                return None
            people, differences = people | here, differences | new
        return people, differences

    def _new(self, group: list[int], used: int, *, of: list[int]) -> int | None:
        """The differences between some of a table and those before them; None where one comes twice."""
        new = 0
        for person in of:
            for other in group[: group.index(person)]:
                difference = self.differences[person][other]
                if not difference or difference & (used | new):
                    return None
                new |= difference
        return new


def _image(person: int, rings: Rings, symmetry: Symmetry) -> int:
    """Those who stay go on like the rings where each ring has one, and stay otherwise."""
    ring, place = divmod(person, rings.turns)
    count, who_stay = rings.moving // rings.turns, rings.people - rings.moving
    if person < rings.moving:
        return (ring + symmetry.on) % count * rings.turns + place * symmetry.factor % rings.turns
    return rings.moving + (place + symmetry.on) % count if who_stay == count else person


def _differences(rings: Rings) -> list[list[int]]:
    """For each two people a mask with the bit of their difference; 0 where they would meet again and again."""
    bits: dict[tuple[int, ...], int] = {}
    everybody = range(rings.people)
    return [
        [
            0
            if a == b or (found := rings.difference(a, b)) is None
            else 1 << bits.setdefault(found, len(bits))
            for b in everybody
        ]
        for a in everybody
    ]
