"""A plan that changes, and the bit masks by which a change is judged."""

from collections.abc import Sequence

from services.agenda.networking.solving.instances import AWAY, Instance, Plan, members

NOWHERE = -2
# A table with more empty seats than these offers these.
MOST_EMPTY_SEATS = 3


class Seating:
    """A plan that changes: who sits where, who has met whom how often, and what that costs.

    People who sit out have a table of their own, the bench, with the number `instance.tables`. Empty seats
    count as people without a bit, with numbers from `instance.n` on, so that a move is a swap too. While rules
    are being mended (`standing` is a number) tables may have too few people, and as many may sit out though there
    are seats.
    """

    def __init__(self, instance: Instance, plan: Plan, *, standing: int | None = None) -> None:
        self.instance = instance
        self.bench = instance.tables
        self.is_loose = standing is not None
        empty = [_empty_seats(instance, number, row, standing) for number, row in enumerate(plan)]
        places = instance.n + max(map(len, empty), default=0)
        self.bits = [1 << person for person in instance.people] + [0] * (places - instance.n)
        self.at = [
            _padded([table if table != AWAY else self.bench for table in row] + seats, places)
            for row, seats in zip(plan, empty, strict=True)
        ]
        self.seated = [
            [*instance.present[number], *range(instance.n, instance.n + len(seats))]
            for number, seats in enumerate(empty)
        ]
        self.lists = [self._lists(number) for number in range(instance.rounds)]
        self.masks = [
            [
                sum(self.bits[p] for p in group) if table != self.bench else 0
                for table, group in enumerate(groups)
            ]
            for groups in self.lists
        ]
        # met[k][p]: whom p has met more than k times.
        self.met = [[0] * places for _ in range(instance.rounds + 1)]
        self.visits = [[0] * (instance.tables + 1) for _ in range(places)]
        self._count()

    def _lists(self, number: int) -> list[list[int]]:
        groups: list[list[int]] = [[] for _ in range(self.bench + 1)]
        for person in self.seated[number]:
            groups[self.at[number][person]].append(person)
        return groups

    def _count(self) -> None:
        for number, groups in enumerate(self.lists):
            for table, group in enumerate(groups):
                mask = self.masks[number][table]
                for person in group:
                    self.visits[person][table] += 1
                    if mask and self.bits[person]:
                        self._meet(person, mask ^ self.bits[person])

    def plan(self) -> Plan:
        return [
            [AWAY if table == self.bench else table for table in row[: self.instance.n]] for row in self.at
        ]

    def _meet(self, person: int, others: int) -> None:
        """Each level that has a person already passes them on to the next one: counting in unary."""
        for level in self.met:
            carried = level[person] & others
            level[person] |= others
            others = carried
            if not others:
                return

    def _part(self, person: int, others: int) -> None:
        for level in reversed(self.met):
            found = level[person] & others
            if found:
                level[person] ^= found
                others ^= found
                if not others:
                    return

    def swap(self, number: int, p: int, a: int, q: int, b: int) -> None:
        """p of table a and q of table b change places."""
        self.shift(number, p, a, b)
        self.shift(number, q, b, a)

    def shift(self, number: int, person: int, source: int, target: int) -> None:
        row, masks, bit = self.lists[number], self.masks[number], self.bits[person]
        row[source].remove(person)
        row[target].append(person)
        self.at[number][person] = target
        self.visits[person][source] -= 1
        self.visits[person][target] += 1
        if source != self.bench and bit:
            masks[source] ^= bit
            self._part(person, masks[source])
            for other in members(masks[source]):
                self._part(other, bit)
        if target != self.bench and bit:
            self._meet(person, masks[target])
            for other in members(masks[target]):
                self._meet(other, bit)
            masks[target] |= bit


def _padded(row: list[int], length: int) -> list[int]:
    """Empty seats that other rounds have and this one has not are on no table."""
    return row + [NOWHERE] * (length - len(row))


def _empty_seats(instance: Instance, number: int, row: Sequence[int], standing: int | None) -> list[int]:
    """A table, or the bench, for each empty seat that somebody may take."""
    sizes = [0] * instance.tables
    for table in row:
        if table != AWAY:
            sizes[table] += 1
    seats = instance.seats[number]
    at_tables = [
        table
        for table, (low, high) in enumerate(seats)
        if low < high or standing is not None
        for _ in range(min(high - sizes[table], MOST_EMPTY_SEATS))
    ]
    return at_tables + [instance.tables] * min(standing or 0, len(instance.present[number]))
