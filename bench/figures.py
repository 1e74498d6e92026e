"""What a measurement says, and how two things are measured side by side."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

PASSES = 5


@dataclass(frozen=True)
class Figure:
    """Ours beside its limit; `limit` is None where there is nothing to compare with. Units stand in the name."""

    name: str
    ours: float
    limit: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.limit if self.limit else None

    def __str__(self) -> str:
        limit = "–" if self.limit is None else number(self.limit)
        ratio = "–" if self.ratio is None else number(self.ratio)
        return f"{self.name}: {number(self.ours)}, {limit}, {ratio}"


def number(value: float) -> str:
    """Three digits that count: 1234, 56.7, 0.123."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"


def interleaved(*measures: Callable[[], float], passes: int = PASSES) -> list[float]:
    """The median of each measure, taken A B A B …: disk and processor are shared, and a bad moment meets all."""
    rows = [[measure() for measure in measures] for _ in range(passes)]
    return [statistics.median(column) for column in zip(*rows, strict=True)]
