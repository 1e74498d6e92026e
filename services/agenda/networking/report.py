"""Who met whom over all networking sessions of an event, counted. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from uuid import UUID

# The people at one table in one round.
Table = frozenset[UUID]


@dataclass(frozen=True)
class OrganisationsMet:
    """Two organisations (or one, within itself) and how many pairs of their people met."""

    first: str
    second: str
    pairs: int


@dataclass(frozen=True)
class Report:
    """`met` counts the different people whom each person met; pairs count once, however often they met."""

    people: int
    meetings: int
    pairs: int
    fewest: int
    median: float
    most: int
    met: dict[UUID, int]
    organisations: tuple[OrganisationsMet, ...]

    @property
    def share_of_all_pairs(self) -> float:
        """Which part of all pairs of people that there could be met each other."""
        possible = self.people * (self.people - 1) // 2
        return self.pairs / possible if possible else 0.0


def report_on(tables: Iterable[Table], organisations: Mapping[UUID, str]) -> Report:
    """Count what happened at the tables of all rounds; `organisations` may be empty for who has none."""
    seated = list(tables)
    pairs = Counter(pair for table in seated for pair in combinations(sorted(table), 2))
    people = {person for table in seated for person in table}
    met = dict.fromkeys(people, 0)
    for one, other in pairs:
        met[one] += 1
        met[other] += 1
    counts = sorted(met.values())
    return Report(
        people=len(people),
        meetings=sum(pairs.values()),
        pairs=len(pairs),
        fewest=min(counts, default=0),
        median=median(counts) if counts else 0,
        most=max(counts, default=0),
        met=met,
        organisations=tuple(_organisations(pairs.keys(), organisations)),
    )


def _organisations(
    pairs: Iterable[tuple[UUID, UUID]], organisations: Mapping[UUID, str]
) -> Sequence[OrganisationsMet]:
    """The organisations whose people met most come first."""
    counted: Counter[tuple[str, str]] = Counter()
    for one, other in pairs:
        first, second = sorted((organisations.get(one, ""), organisations.get(other, "")))
        if first and second:
            counted[first, second] += 1
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [OrganisationsMet(first, second, count) for (first, second), count in ordered]
