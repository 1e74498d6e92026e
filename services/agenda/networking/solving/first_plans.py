"""A plan to begin with: everybody has a seat where there are seats, whoever meets whom."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from random import Random

from services.agenda.networking.solving.instances import AWAY, Instance, Plan, Seats


class NoPlanExists(ValueError):
    """There is no plan for these people; `rules` names what cannot be kept, where a search has seen it."""

    def __init__(self, sentence: str, *, rules: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.rules = tuple(rules)


def first_plan(instance: Instance, *, seed: int = 0) -> Plan:
    """Seats within their bounds, hosts at their tables, sitting out in turn, tables changed where that is a rule.

    People who may not meet may still do so: that is for the search. Raises NoPlanExists with the reason.
    """
    random = Random(f"first:{seed}")
    plan: Plan = []
    sat_out = [0] * instance.n
    order = list(instance.people)
    random.shuffle(order)
    for number in range(instance.rounds):
        if number < instance.frozen_rounds and instance.published is not None:
            row = list(instance.published[number])
        elif instance.side is not None:
            row = _pair_sides(instance, number, order, sat_out)
        else:
            row = _seat_round(instance, number, order, sat_out, plan, random)
        for person in instance.present[number]:
            sat_out[person] += row[person] == AWAY
        plan.append(row)
        order = order[1:] + order[:1]
    return plan


def _seat_round(
    instance: Instance,
    number: int,
    order: Sequence[int],
    sat_out: Sequence[int],
    plan: Plan,
    random: Random,
) -> list[int]:
    here = set(instance.present[number])
    hosts = {table: host for table, host in instance.hosts.items() if host in here}
    guests = [person for person in order if person in here and person not in hosts.values()]
    sizes = spread(len(here), instance.seats[number], empty_ok=instance.empty_ok, hosts=hosts)
    row = [AWAY] * instance.n
    for table, host in hosts.items():
        row[host] = table
    pinned = {p: table for p, table in instance.pinned[number].items() if p in guests}
    for person, table in pinned.items():
        row[person] = table
    free = [max(0, size - row.count(table)) for table, size in enumerate(sizes)]
    waiting = [person for person in guests if person not in pinned]
    # Who has sat out least often stands up first.
    sitting = sorted(waiting, key=lambda person: -sat_out[person])[: sum(free)]
    visited = [{past[person] for past in plan} for person in instance.people]
    orders = _orders(sitting, number, instance, random)
    for person, table in _assign(sitting, free, visited, orders, instance).items():
        row[person] = table
    return row


def spread(people: int, seats: Sequence[Seats], *, empty_ok: bool, hosts: dict[int, int]) -> list[int]:
    """How many sit at each table, as evenly as the bounds allow; fewer in all than `people` where seats are few."""
    open_tables = _open_tables(people, seats, hosts) if empty_ok else list(range(len(seats)))
    sizes = [0] * len(seats)
    for table in open_tables:
        sizes[table] = seats[table][0]
    if sum(sizes) > people:
        raise NoPlanExists(f"The tables want at least {sum(sizes)} people, and there are {people}.")
    for _ in range(people - sum(sizes)):
        room = [table for table in open_tables if sizes[table] < seats[table][1]]
        if not room:
            break
        sizes[min(room, key=lambda table: sizes[table])] += 1
    return sizes


def _open_tables(people: int, seats: Sequence[Seats], hosts: Mapping[int, int]) -> list[int]:
    """The first tables, and those of hosts; where they leave somebody without a seat, others that seat more."""
    tables = list(range(len(seats)))
    may_stay_empty = [table for table in tables if table not in hosts]
    while may_stay_empty and sum(seats[table][0] for table in tables) > people:
        tables.remove(may_stay_empty.pop())
    if len(tables) == len(seats) or sum(seats[table][1] for table in tables) >= people:
        return tables
    return _tables_for_most(people, seats, hosts) or tables


def _tables_for_most(people: int, seats: Sequence[Seats], hosts: Mapping[int, int]) -> list[int]:
    """Subset sums from table to table, and the way back from the largest (Bellman 1957); none where none fit."""
    reached = [1]
    for table, (low, high) in enumerate(seats):
        filled = _one_more_table(reached[-1], low, min(high, people)) & (2 << people) - 1
        reached.append(filled if table in hosts else filled | reached[-1])
    tables: list[int] = []
    left = reached[-1].bit_length() - 1
    for table in reversed(range(len(seats)) if left > 0 else ()):
        if table in hosts or not reached[table] >> left & 1:
            low, high = seats[table]
            tables.append(table)
            left = next(left - size for size in range(low, high + 1) if reached[table] >> left - size & 1)
    return tables[::-1]


@lru_cache
def most_seated(people: int, seats: tuple[Seats, ...], *, empty_ok: bool) -> int:
    """How many of so many people can have a seat at once; tables have their least number or, where they may, none."""
    # Bit k: k people have a seat.
    seated = 1
    for low, high in seats:
        filled = _one_more_table(seated, low, min(high, people)) & (2 << people) - 1
        seated = filled | seated if empty_ok else filled
    return max(0, seated.bit_length() - 1)


def _one_more_table(seated: int, low: int, high: int) -> int:
    """The numbers with `low` to `high` more, doubling what is done already."""
    if low > high:
        return 0
    filled, done = seated << low, 0
    while done < high - low:
        step = min(done + 1, high - low - done)
        filled |= filled << step
        done += step
    return filled


def _orders(
    people: Sequence[int], number: int, instance: Instance, random: Random
) -> dict[int, Sequence[int]]:
    """In which order each is offered the tables: by chance where everybody sees nearly all of them.

    There, people who began together would stay together, and hardly any swap would part them. Who is to stay
    with others begins with them.
    """
    tables = range(instance.tables)
    sees_all = instance.distinct_tables and instance.rounds >= instance.tables - 1
    if sees_all and not instance.together:
        return {person: random.sample(tables, len(tables)) for person in people}
    return {person: [(person + number + step) % len(tables) for step in tables] for person in people}


def _assign(
    people: Sequence[int],
    free: Sequence[int],
    visited: Sequence[set[int]],
    orders: Mapping[int, Sequence[int]],
    instance: Instance,
) -> dict[int, int]:
    """A table for each, one that is new where one can be found: augmenting paths (Kuhn 1955)."""
    tables = len(free)
    seated: list[list[int]] = [[] for _ in range(tables)]

    def place(person: int, tried: set[int]) -> bool:
        for table in orders[person]:
            if table in tried or (instance.distinct_tables and table in visited[person]):
                continue
            tried.add(table)
            if len(seated[table]) < free[table]:
                seated[table].append(person)
                return True
            for other in seated[table]:
                if place(other, tried):
                    seated[table].remove(other)
                    seated[table].append(person)
                    return True
        return False

    unplaced = [person for person in people if not place(person, set())]
    for person in unplaced:
        table = next(table for table in range(tables) if len(seated[table]) < free[table])
        seated[table].append(person)
    return {person: table for table, group in enumerate(seated) for person in group}


def _pair_sides(instance: Instance, number: int, order: Sequence[int], sat_out: Sequence[int]) -> list[int]:
    side = instance.side or ()
    here = set(instance.present[number])
    queues = [
        sorted((p for p in order if p in here and side[p] == which), key=lambda person: -sat_out[person])
        for which in (0, 1)
    ]
    row = [AWAY] * instance.n
    for table, pair in enumerate(zip(*queues, strict=False)):
        if table < instance.tables:
            for person in pair:
                row[person] = table
    return row
