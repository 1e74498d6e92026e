"""What a seed decides."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """Draws the same for the same cell and seed."""

    def __init__(self, cell: str, seed: int) -> None:
        super().__init__(f"{cell}:{seed}")
        self._seed = seed

    def in_turn(self, kinds: Sequence[T]) -> T:
        """One after the other from seed to seed, so that a few seeds have met them all."""
        return kinds[self._seed % len(kinds)]
