"""What a plan is worth: broken rules, and the figures of the `evn-networking/1` schema."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.agenda.networking.solving.instances import AWAY, Instance, Pair

Rows = Sequence[Sequence[int]]
# Who sits at each table, round by round.
Seated = Sequence[Sequence[Sequence[int]]]


@dataclass(frozen=True)
class Measure:
    """`broken` names each hard rule that does not hold, with round and people; `figures` are the metrics."""

    broken: tuple[str, ...]
    figures: dict[str, int]
    cost: int


def measure(instance: Instance, plan: Rows, *, best_pref_score: int | None = None) -> Measure:
    """Measure a plan (rounds × people). `best_pref_score` is the bound that `pref_loss` is counted from."""
    seated = [tables_of(row, instance.tables) for row in plan]
    meetings = _meetings(seated)
    sitouts = Counter(person for people in _sitting_out(instance, plan) for person in people)
    figures = {
        "meetings": sum(meetings.values()),
        "distinct": len(meetings),
        "repeats": sum(count - 1 for count in meetings.values()),
        "quad": sum(count * (count - 1) // 2 for count in meetings.values()),
        "max_meet": max(meetings.values(), default=0),
        "load_imbalance": _load_imbalance(instance, seated),
        "sitouts": sitouts.total(),
        "sitting_out": len(sitouts),
        "max_sitouts": max(sitouts.values(), default=0),
        "min_people_met": _min_people_met(instance, plan, meetings),
        "changes": _changes(instance, plan),
    }
    if instance.org is not None:
        org = instance.org
        figures["same_org"] = sum(count for (a, b), count in meetings.items() if org[a] == org[b])
    if instance.must_meet:
        figures["must_meet_missed"] = sum(pair not in meetings for pair in instance.must_meet)
    if instance.prefs is not None:
        figures["pref_score"] = pref_score(instance, plan)
        if best_pref_score is not None:
            figures["pref_loss"] = best_pref_score - figures["pref_score"]
    cost = sum(weight * figures.get(metric, 0) for metric, weight in instance.weights.items())
    to_come = _meetings(seated[instance.frozen_rounds :]) if instance.frozen_rounds else meetings
    broken = (
        *_broken_seating(instance, plan, seated),
        *_broken_company(instance, to_come),
        *_broken_together(instance, plan),
        *_broken_sitouts(instance, sitouts),
        *_broken_visits(instance, plan),
        *_broken_past(instance, plan),
    )
    return Measure(broken, figures, cost)


def tables_of(row: Sequence[int], tables: int) -> list[list[int]]:
    """Who sits at each table in a round."""
    seated: list[list[int]] = [[] for _ in range(tables)]
    for person, table in enumerate(row):
        if table != AWAY:
            seated[table].append(person)
    return seated


def meetings_of(plan: Rows, tables: int) -> Counter[Pair]:
    """How often each pair sits at one table."""
    return _meetings([tables_of(row, tables) for row in plan])


def _meetings(seated: Seated) -> Counter[Pair]:
    return Counter(pair for groups in seated for group in groups for pair in combinations(group, 2))


def pref_score(instance: Instance, plan: Rows) -> int:
    """The k-th of L wishes is worth L - k; a table counts once, and hosts wish for nothing."""
    hosts = set(instance.hosts.values())
    score = 0
    for person, ranked in enumerate(instance.prefs or ()):
        if ranked is not None and person not in hosts:
            visited = {row[person] for row in plan}
            score += sum(len(ranked) - place for place, table in enumerate(ranked) if table in visited)
    return score


def _load_imbalance(instance: Instance, seated: Seated) -> int:
    """The largest minus the smallest table of each round, all rounds together."""
    total = 0
    for number, groups in enumerate(seated):
        sizes = [
            len(group)
            for table, group in enumerate(groups)
            if (group or not instance.empty_ok) and instance.seats[number][table][1]
        ]
        total += max(sizes, default=0) - min(sizes, default=0)
    return total


def _sitting_out(instance: Instance, plan: Rows) -> list[list[int]]:
    return [
        [person for person in here if row[person] == AWAY]
        for here, row in zip(instance.present, plan, strict=True)
    ]


def _min_people_met(instance: Instance, plan: Rows, meetings: Counter[Pair]) -> int:
    met = Counter(person for pair in meetings for person in pair)
    hosts = set(instance.hosts.values())
    counted = (
        met[person]
        for person in instance.people
        if person not in hosts and any(row[person] != AWAY for row in plan)
    )
    return min(counted, default=0)


def _changes(instance: Instance, plan: Rows) -> int:
    """The present people whose company differs from the published plan, over all rounds to come."""
    if instance.published is None:
        return 0
    changed = 0
    for number in range(instance.frozen_rounds, instance.rounds):
        before, after = (_company(rows[number], instance.tables) for rows in (instance.published, plan))
        changed += sum(before[person] != after[person] for person in instance.present[number])
    return changed


def _company(row: Sequence[int], tables: int) -> list[frozenset[int]]:
    groups = [frozenset(group) for group in tables_of(row, tables)]
    return [groups[table] if table != AWAY else frozenset([person]) for person, table in enumerate(row)]


def _broken_seating(instance: Instance, plan: Rows, seated: Seated) -> list[str]:
    broken = []
    for number, row in enumerate(plan):
        broken += [f"absent: round {number}, {p}" for p in instance.absent[number] if row[p] != AWAY]
        for table, group in enumerate(seated[number]):
            low, high = instance.seats[number][table]
            if not low <= len(group) <= high and not (instance.empty_ok and not group):
                broken.append(f"seats: round {number}, table {table} has {len(group)}")
            broken += [f"pins: round {number}, {p}" for p in _unpinned(instance, number, table, group)]
            host = instance.hosts.get(table)
            if host is not None and host not in instance.absent[number] and row[host] != table:
                broken.append(f"hosts: round {number}, table {table}")
            if instance.side and group and sorted(instance.side[p] for p in group) != [0, 1]:
                broken.append(f"side: round {number}, table {table}")
    return broken


def _broken_company(instance: Instance, meetings: Counter[Pair]) -> list[str]:
    return [f"apart: {a} and {b}" for a, b in meetings if instance.apart[a] >> b & 1]


def _unpinned(instance: Instance, number: int, table: int, group: Sequence[int]) -> list[int]:
    """Who has a seat at this table and does not sit there."""
    pinned = instance.pinned[number]
    return [person for person, place in pinned.items() if place == table and person not in group]


def _broken_together(instance: Instance, plan: Rows) -> list[str]:
    return [
        f"together: round {number}, {one} and {other}"
        for one, other in instance.together
        for number in range(instance.frozen_rounds, instance.rounds)
        if not {one, other} & instance.absent[number] and plan[number][one] != plan[number][other]
    ]


def _broken_sitouts(instance: Instance, sitouts: Mapping[int, int]) -> list[str]:
    return [f"max_sitouts: {person}" for person, count in sitouts.items() if count > instance.max_sitouts]


def _broken_visits(instance: Instance, plan: Rows) -> list[str]:
    broken = []
    for person in instance.people:
        visited = [row[person] for row in plan if row[person] != AWAY]
        if instance.distinct_tables and person not in instance.residents and len(set(visited)) < len(visited):
            broken.append(f"distinct_tables: {person}")
        if instance.visit_all_tables and len(set(visited)) < instance.tables:
            broken.append(f"visit_all_tables: {person}")
    return broken


def _broken_past(instance: Instance, plan: Rows) -> list[str]:
    past = (instance.published or ())[: instance.frozen_rounds]
    return [f"frozen_rounds: {number}" for number, row in enumerate(past) if list(plan[number]) != list(row)]
