"""The most wishes for tables that can come true: a transportation problem, by shortest augmenting paths."""

from heapq import heapify, heappop, heappush

from services.agenda.networking.solving.instances import Instance

# Edges between tables that a path search looks at; above this the bound leaves the tables' seats out.
LARGEST = 200_000
NEVER = 10**9


def best_pref_score(instance: Instance) -> int:
    """An upper bound of `pref_score`: everybody's best tables, as far as the tables have seats for them.

    Who may come to a table again, or sit out, has so many further choices that are worth nothing. Exact where
    rounds can be chosen freely, by König's theorem; never below what a plan reaches.
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
    """Send one person too many at a time on the way to a free seat that loses least.

    Whatever is left undone loses something or nothing, so that the bound holds after any number of steps.
    """
    columns = len(worth[0])
    seats = [sum(row[table][1] for row in instance.seats) for table in range(instance.tables)]
    seats += [instance.n] * (columns - instance.tables)
    visits = [sum(table in tables for tables in chosen) for table in range(columns)]
    too_many = sum(max(0, count - room) for count, room in zip(visits, seats, strict=True))
    moves = _Moves(worth, chosen)
    for _ in range(min(too_many, LARGEST // columns**2)):
        full = [table for table in range(columns) if visits[table] > seats[table]]
        free = [table for table in range(columns) if visits[table] < seats[table]]
        path = _cheapest_path(moves.losses(), full, free)
        if not path:
            return
        for person, source, target in [(moves.mover(*step), *step) for step in path]:
            moves.move(person, source, target)
        visits[path[0][0]] -= 1
        visits[path[-1][1]] += 1


class _Moves:
    """What it costs at least to send somebody from one table to another, and whom: a heap for each two tables."""

    def __init__(self, worth: list[list[int]], chosen: list[set[int]]) -> None:
        self.worth, self.chosen = worth, chosen
        tables = range(len(worth[0]))
        self.heaps: list[list[list[tuple[int, int]]]] = [[[] for _ in tables] for _ in tables]
        for person, row in enumerate(worth):
            for source in chosen[person]:
                for target in tables:
                    if target not in chosen[person]:
                        self.heaps[source][target].append((row[source] - row[target], person))
        for heaps in self.heaps:
            for heap in heaps:
                heapify(heap)

    def losses(self) -> list[list[int]]:
        return [
            [self._least(source, target) for target in range(len(self.heaps))]
            for source in range(len(self.heaps))
        ]

    def _least(self, source: int, target: int) -> int:
        heap = self.heaps[source][target]
        while heap and not self._is_possible(heap[0][1], source, target):
            heappop(heap)
        return heap[0][0] if heap else NEVER

    def _is_possible(self, person: int, source: int, target: int) -> bool:
        return source in self.chosen[person] and target not in self.chosen[person]

    def mover(self, source: int, target: int) -> int:
        return self.heaps[source][target][0][1]

    def move(self, person: int, source: int, target: int) -> None:
        row, tables = self.worth[person], self.chosen[person]
        tables.remove(source)
        tables.add(target)
        for other in range(len(row)):
            if other in tables:
                heappush(self.heaps[other][source], (row[other] - row[source], person))
            else:
                heappush(self.heaps[target][other], (row[target] - row[other], person))


def _cheapest_path(loss: list[list[int]], sources: list[int], targets: list[int]) -> list[tuple[int, int]]:
    """Bellman and Ford, because a later step may win back what an earlier one has lost."""
    tables = len(loss)
    distance = [0 if table in sources else NEVER for table in range(tables)]
    before = [-1] * tables
    changed = True
    for _ in range(tables):
        if not changed:
            break
        changed = False
        for source, row in enumerate(loss):
            so_far = distance[source]
            for target, lost in enumerate(row):
                if so_far + lost < distance[target]:
                    distance[target], before[target], changed = so_far + lost, source, True
    target = min(targets, key=lambda table: distance[table], default=-1)
    if target < 0 or distance[target] >= NEVER // 2:
        return []
    path: list[tuple[int, int]] = []
    while before[target] >= 0 and len(path) <= tables:
        path.append((before[target], target))
        target = before[target]
    return path[::-1]
