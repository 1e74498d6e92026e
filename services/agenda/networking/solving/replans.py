"""The published plan as far as it still holds: who is missing leaves, and the others change as little as possible."""

from collections.abc import Mapping, Sequence
from itertools import permutations

from services.agenda.networking.solving.instances import AWAY, Instance, Plan, Seats

# People at a table of a bilateral round.
PAIR = 2


def keep_published(instance: Instance) -> Plan:
    """The published plan without those who are absent; whoever is left alone or new gets a seat.

    Rules may be broken still, by what has been kept or where a seat is missing: the search goes on from here.
    """
    plan: Plan = []
    for number, published in enumerate(instance.published or ()):
        row = [AWAY if p in instance.absent[number] else table for p, table in enumerate(published)]
        if number >= instance.frozen_rounds:
            _seat_the_rest(instance, number, row, plan)
        plan.append(row)
    return plan


def _seat_the_rest(instance: Instance, number: int, row: list[int], before: Plan) -> None:
    """Break up tables with too few people, fill others, and seat whoever stands."""
    hosts = {table: host for table, host in instance.hosts.items() if host not in instance.absent[number]}
    groups = _groups(row, instance.tables)
    for table, host in hosts.items():
        if row[host] != table:
            _move(row, groups, host, table)
    for table, group in enumerate(groups):
        low, _ = instance.seats[number][table]
        if 0 < len(group) < low and instance.empty_ok and table not in hosts:
            for person in list(group):
                _move(row, groups, person, AWAY)
    _fill_up(instance, number, row, groups, hosts)
    standing = [p for p in instance.present[number] if row[p] == AWAY]
    if instance.seats[number] and all(seats == (PAIR, PAIR) for seats in instance.seats[number]):
        _pair(instance, row, groups, standing, before)
    else:
        _seat_each(instance, number, row, groups, standing, before)


def _groups(row: Sequence[int], tables: int) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in range(tables)]
    for person, table in enumerate(row):
        if table != AWAY:
            groups[table].append(person)
    return groups


def _move(row: list[int], groups: list[list[int]], person: int, table: int) -> None:
    if row[person] != AWAY:
        groups[row[person]].remove(person)
    row[person] = table
    if table != AWAY:
        groups[table].append(person)


def _fill_up(
    instance: Instance, number: int, row: list[int], groups: list[list[int]], hosts: Mapping[int, int]
) -> None:
    """A table with fewer than it must have gets the standing first, then one of the fullest table."""
    seats = instance.seats[number]
    for table in hosts if instance.empty_ok else range(instance.tables):
        while len(groups[table]) < seats[table][0]:
            standing = (p for p in instance.present[number] if row[p] == AWAY)
            person = next(standing, None)
            if person is None:
                person = _spare(seats, groups, set(hosts.values()))
            if person is None:
                return
            _move(row, groups, person, table)


def _spare(seats: Sequence[Seats], groups: Sequence[Sequence[int]], hosts: set[int]) -> int | None:
    """A guest of the table that has the most people beyond those whom it must have."""
    guests = [[person for person in group if person not in hosts] for group in groups]
    beyond = [
        min(len(group) - low, len(free)) for group, free, (low, _) in zip(groups, guests, seats, strict=True)
    ]
    rich = max(range(len(groups)), key=lambda table: beyond[table])
    return guests[rich][-1] if beyond[rich] > 0 else None


def _pair(
    instance: Instance, row: list[int], groups: list[list[int]], standing: list[int], before: Plan
) -> None:
    """People whose partner is missing meet each other, those first who have the fewest to choose from."""
    free = [table for table, group in enumerate(groups) if not group]
    left: list[int] = []
    while standing and free:
        choices = {one: [o for o in standing if _may_meet(instance, one, o, before)] for one in standing}
        one = min(standing, key=lambda person: (len(choices[person]), person))
        standing.remove(one)
        other = min(choices[one], key=lambda person: (len(choices[person]), person), default=None)
        if other is None:
            left.append(one)
            continue
        standing.remove(other)
        _sit_down(row, groups, free.pop(0), one, other)
    if instance.weight("sitouts") > 2 * instance.weight("changes"):
        for one, other in zip(left[::2], left[1::2], strict=False):
            _part_two(instance, row, groups, (one, other), before)


def _sit_down(row: list[int], groups: list[list[int]], table: int, one: int, other: int) -> None:
    _move(row, groups, one, table)
    _move(row, groups, other, table)


def _part_two(
    instance: Instance, row: list[int], groups: list[list[int]], standing: tuple[int, int], before: Plan
) -> None:
    """Two who have a seat part for two who have none and may not meet each other."""
    one, other = standing
    free = next((table for table, group in enumerate(groups) if not group), None)
    couples = [(table, *order) for table, group in enumerate(groups) for order in permutations(group, PAIR)]
    for table, first, second in couples if free is not None else ():
        if _may_meet(instance, one, first, before) and _may_meet(instance, other, second, before):
            _move(row, groups, second, AWAY)
            _move(row, groups, one, table)
            _sit_down(row, groups, free or 0, second, other)
            return


def _may_meet(instance: Instance, one: int, other: int, before: Plan) -> bool:
    if one == other or instance.apart[one] >> other & 1:
        return False
    if instance.side is not None and instance.side[one] == instance.side[other]:
        return False
    return not any(past[one] == past[other] != AWAY for past in before)


def _seat_each(
    instance: Instance,
    number: int,
    row: list[int],
    groups: list[list[int]],
    standing: Sequence[int],
    before: Plan,
) -> None:
    """A table that is new to the person, then one whose company changes anyway, then the emptiest."""
    seats = instance.seats[number]
    ways = zip((instance.published or ())[number], row, strict=True)
    changed = {table for was, now in ways if was != now for table in (was, now)}
    for person in standing:
        visited = {past[person] for past in before}
        open_tables = [table for table, group in enumerate(groups) if len(group) < seats[table][1]]
        if open_tables:
            table = min(
                open_tables,
                key=lambda t: (t in visited, t not in changed and bool(groups[t]), len(groups[t])),
            )
            changed.add(table)
            _move(row, groups, person, table)
