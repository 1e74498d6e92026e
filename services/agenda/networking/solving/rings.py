"""People as rings of places that turn together, and a few who stay: what two of them have in common in each turn.

Turning all rings by one place gives the next round. A ring may also be a torus (3 × 3 places), which is turned in
both directions. People are numbered ring by ring; those who stay come last. If no difference between two
places of a round comes twice, no two people meet twice in all the rounds (Anderson, Combinatorial Designs, 1990).
"""

from dataclasses import dataclass
from functools import cached_property

Groups = list[list[int]]
# Length and width; a ring has the width 1.
Shape = tuple[int, int]
# Ring, ring and how far apart; or ring and who stays.
Difference = tuple[int, ...]


@dataclass(frozen=True)
class Rings:
    """`people` of whom all but a few stand in rings of one shape."""

    people: int
    shape: Shape

    @cached_property
    def turns(self) -> int:
        return self.shape[0] * self.shape[1]

    @cached_property
    def moving(self) -> int:
        return self.people - self.people % self.turns

    def turn(self, groups: Groups, step: int) -> Groups:
        return [[self._turned(person, step) for person in group] for group in groups]

    def difference(self, a: int, b: int) -> Difference | None:
        """What two people have in common in each turned round; None where they would meet again and again."""
        if a > b:
            a, b = b, a
        if b >= self.moving:
            return None if a >= self.moving else (a // self.turns, b)
        ring, other = a // self.turns, b // self.turns
        apart = _minus(b % self.turns, a % self.turns, self.shape)
        if ring != other:
            return (ring, other, apart)
        back = _minus(0, apart, self.shape)
        return None if apart == back else (ring, ring, min(apart, back))

    def _turned(self, person: int, step: int) -> int:
        if person >= self.moving:
            return person
        place = person % self.turns
        return person - place + _plus(place, step, self.shape)


def _plus(place: int, step: int, shape: Shape) -> int:
    length, width = shape
    return (place // width + step // width) % length * width + (place + step % width) % width


def _minus(place: int, step: int, shape: Shape) -> int:
    length, width = shape
    return (place // width - step // width) % length * width + (place - step % width) % width
