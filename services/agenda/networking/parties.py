"""Parties that walk through stations together: of even size, and from as many organisations as there are. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

# Somebody from whom one must keep away weighs more than a whole organisation.
APART = 10_000
COLLEAGUE = 10


def parties_of(
    organisations: Sequence[str],
    capacities: Sequence[int],
    *,
    together: Sequence[Sequence[int]] = (),
    apart: Sequence[Sequence[int]] = (),
) -> list[list[int]]:
    """People (numbers) in parties: one for each station, more where a party would be too large for one.

    `organisations` has a name for each person, `capacities` the people that each station takes.
    """
    smallest = max(1, min(capacities))
    count = min(len(organisations), max(len(capacities), -(-len(organisations) // smallest)))
    parties: list[list[int]] = [[] for _ in range(count)]
    away_from: dict[int, set[int]] = {}
    for one, other in apart:
        away_from.setdefault(one, set()).add(other)
        away_from.setdefault(other, set()).add(one)
    for group in _in_order(organisations, together):
        party = min(parties, key=lambda party: _price(party, group, organisations, away_from))
        party.extend(group)
    return parties


def groups_of(pairs: Iterable[Sequence[int]]) -> list[set[int]]:
    """Who belongs together, directly or by others."""
    groups: list[set[int]] = []
    for pair in map(set, pairs):
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if group not in touched]
        groups.append(pair.union(*touched))
    return groups


def _in_order(organisations: Sequence[str], together: Sequence[Sequence[int]]) -> list[list[int]]:
    """Those who stay together first, then the largest organisations: the last ones fill the gaps."""
    joined = groups_of(together)
    alone = set(range(len(organisations))).difference(*joined)
    groups = [sorted(group) for group in (*joined, *({person} for person in alone))]
    sizes = Counter(organisations)
    return sorted(groups, key=lambda g: (-len(g), -sizes[organisations[g[0]]], organisations[g[0]], g[0]))


def _price(
    party: Sequence[int], group: Sequence[int], organisations: Sequence[str], away_from: dict[int, set[int]]
) -> int:
    enemies = sum(len(away_from.get(person, set()) & set(party)) for person in group)
    names = {organisations[person] for person in group if organisations[person]}
    colleagues = sum(organisations[person] in names for person in party)
    return APART * enemies + COLLEAGUE * len(party) + colleagues
