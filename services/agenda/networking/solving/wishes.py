"""The most wishes for tables that can come true: a transportation problem, by shortest augmenting paths."""

from services.agenda.networking.solving.instances import Instance

# Edges between tables that a path search looks at; above this the bound leaves the tables' seats out.
LARGEST = 200_000
NEVER = 10**9


def best_pref_score(instance: Instance) -> int:
    """An upper bound of `pref_score`: everybody's best tables, as far as the tables have seats for them.

    Who may come to a table again, or sit out, has so many further choices that are worth nothing. Exact where rounds can be chosen freely, by König's theorem; never below what a plan reaches.
    """
    worth = _worth(instance)
    again = 0 if instance.distinct_tables and not instance.max_sitouts else instance.rounds
    worth = [[*row, *(0,) * again] for row in worth]
    visits = [sum(p not in away for away in instance.absent) for p in instance.people]
    chosen = [
        set(sorted(range(len(row)), key=lambda table: -row[table])[:count])
        for row, count in zip(worth, visits, strict=True)
    ]
    if instance.n * instance.tables**2 <= LARGEST:
        _move_to_free_seats(instance, worth, chosen)
    return sum(row[table] for row, tables in zip(worth, chosen, strict=True) for table in tables)


def _worth(instance: Instance) -> list[list[int]]:
    """The k-th of L wishes is worth L - k."""
    hosts = set(instance.hosts.values())
    worth = [[0] * instance.tables for _ in instance.people]
    for person, ranked in enumerate(instance.prefs or ()):
        if ranked is not None and person not in hosts:
            for place, table in enumerate(ranked):
                worth[person][table] = len(ranked) - place
    return worth


def _move_to_free_seats(instance: Instance, worth: list[list[int]], chosen: list[set[int]]) -> None:
    """Send one person too many at a time on the way to a free seat that loses least."""
    columns = len(worth[0])
    seats = [sum(row[table][1] for row in instance.seats) for table in range(instance.tables)]
    seats += [instance.n] * (columns - instance.tables)
    visits = [sum(table in tables for tables in chosen) for table in range(columns)]
    for _ in range(sum(max(0, count - room) for count, room in zip(visits, seats, strict=True))):
        loss, mover = _losses(worth, chosen, columns)
        full = [table for table in range(columns) if visits[table] > seats[table]]
        free = [table for table in range(columns) if visits[table] < seats[table]]
        path = _cheapest_path(loss, full, free)
        if not path:
            return
        for source, target in path:
            chosen[mover[source][target]].remove(source)
            chosen[mover[source][target]].add(target)
        visits[path[0][0]] -= 1
        visits[path[-1][1]] += 1


def _losses(
    worth: list[list[int]], chosen: list[set[int]], tables: int
) -> tuple[list[list[int]], list[list[int]]]:
    """What it costs at least to send somebody from one table to another, and whom."""
    loss = [[NEVER] * tables for _ in range(tables)]
    mover = [[-1] * tables for _ in range(tables)]
    for person, row in enumerate(worth):
        for source in chosen[person]:
            for target in range(tables):
                lost = row[source] - row[target]
                if target not in chosen[person] and lost < loss[source][target]:
                    loss[source][target], mover[source][target] = lost, person
    return loss, mover


def _cheapest_path(loss: list[list[int]], sources: list[int], targets: list[int]) -> list[tuple[int, int]]:
    """Bellman and Ford, because a later step may win back what an earlier one has lost."""
    tables = len(loss)
    distance = [0 if table in sources else NEVER for table in range(tables)]
    before = [-1] * tables
    for _ in range(tables):
        for source in range(tables):
            for target in range(tables):
                if distance[source] + loss[source][target] < distance[target]:
                    distance[target], before[target] = distance[source] + loss[source][target], source
    target = min(targets, key=lambda table: distance[table], default=-1)
    if target < 0 or distance[target] >= NEVER // 2:
        return []
    path: list[tuple[int, int]] = []
    while before[target] >= 0 and len(path) <= tables:
        path.append((before[target], target))
        target = before[target]
    return path[::-1]
