"""The published plan as far as it still holds: who is missing leaves, and the others change as little as possible."""

from collections.abc import Iterator
from functools import cached_property
from itertools import permutations

from services.agenda.networking.solving.instances import AWAY, Instance, Plan, mask_by_label, members
from services.agenda.networking.solving.measure import tables_of

# People at a table of a bilateral round.
PAIR = 2


def keep_published(instance: Instance) -> Plan:
    """The published plan without those who are absent; whoever is left alone or new gets a seat.

    Rules may be broken still, by what has been kept or where a seat is missing: the search goes on from here.
    """
    plan: Plan = []
    for number in range(instance.rounds):
        kept = _Round(instance, number, plan)
        if number >= instance.frozen_rounds:
            kept.break_up()
            kept.fill_up()
            kept.seat_the_rest()
        plan.append(kept.row)
    return plan


class _Round:
    """A round of the published plan: who sits where now, and which tables have other company already."""

    def __init__(self, instance: Instance, number: int, before: Plan) -> None:
        self.instance = instance
        self.before = before
        published = instance.published or ()
        self.others = [*before, *published[number + 1 :]]
        self.here = instance.present[number]
        self.seats = instance.seats[number]
        here = set(self.here)
        self.hosts = {table: host for table, host in instance.hosts.items() if host in here}
        self.fixed = {*self.hosts.values(), *instance.pinned[number]}
        self.row = [table if p in here else AWAY for p, table in enumerate(published[number])]
        self.groups = tables_of(self.row, instance.tables)
        self.changed = {table for p, table in enumerate(published[number]) if p not in here}

    def move(self, person: int, table: int) -> None:
        for changed in {self.row[person], table} - {AWAY}:
            self.changed.add(changed)
        if self.row[person] != AWAY:
            self.groups[self.row[person]].remove(person)
        self.row[person] = table
        if table != AWAY:
            self.groups[table].append(person)

    def standing(self) -> list[int]:
        return [person for person in self.here if self.row[person] == AWAY]

    def break_up(self) -> None:
        """Tables with too few people, where they may stay empty; hosts stay, or come back."""
        for table, host in self.hosts.items():
            if self.row[host] != table:
                self.move(host, table)
        for table, group in enumerate(self.groups):
            if self.instance.empty_ok and table not in self.hosts and len(group) < self.seats[table][0]:
                for person in list(group):
                    self.move(person, AWAY)

    def fill_up(self) -> None:
        """A table with fewer than it must have gets the standing first, then some of others that have more."""
        for table in self.hosts if self.instance.empty_ok else range(self.instance.tables):
            while len(self.groups[table]) < self.seats[table][0]:
                spare = min(self._spare(table), default=None)
                if spare is None:
                    break
                self.move(spare[-1], table)

    def _spare(self, table: int) -> Iterator[tuple[bool, bool, int, int]]:
        """Who may go to this table, those first who do not know it, and then whose table has changed anyway."""
        for person in self.standing():
            yield self._knows(person, table), False, 0, person
        for source, group in enumerate(self.groups):
            beyond = len(group) - self.seats[source][0]
            for person in group if beyond > 0 else ():
                if person not in self.fixed:
                    yield self._knows(person, table), source not in self.changed, -beyond, person

    def _knows(self, person: int, table: int) -> bool:
        return self.instance.distinct_tables and any(row[person] == table for row in self.others)

    def seat_the_rest(self) -> None:
        if self.seats and all(seats == (PAIR, PAIR) for seats in self.seats):
            self._pair()
        else:
            self._seat_each()

    def _pair(self) -> None:
        """People whose partner is missing meet each other, those first who have the fewest to choose from."""
        standing = sum(1 << person for person in self.standing())
        free = self._free_tables()
        left: list[int] = []

        def choices(person: int) -> tuple[int, int]:
            return (standing & ~self._never[person]).bit_count(), person

        while standing and free:
            one = min(members(standing), key=choices)
            other = min(members(standing & ~self._never[one]), key=choices, default=None)
            standing &= ~(1 << one)
            if other is None:
                left.append(one)
                continue
            standing &= ~(1 << other)
            self._sit_down(free.pop(0), one, other)
        if self.instance.weight("sitouts") > 2 * self.instance.weight("changes"):
            for one, other in zip(left[::2], left[1::2], strict=False):
                self._part_two(one, other)

    def _free_tables(self) -> list[int]:
        return [table for table, group in enumerate(self.groups) if not group]

    def _sit_down(self, table: int, one: int, other: int) -> None:
        self.move(one, table)
        self.move(other, table)

    def _part_two(self, one: int, other: int) -> None:
        """Two who have a seat part for two who have none and may not meet each other."""
        free = next(iter(self._free_tables()), None)
        couples = [
            (table, *order) for table, group in enumerate(self.groups) for order in permutations(group, PAIR)
        ]
        for table, first, second in couples if free is not None else ():
            if self._may_meet(one, first) and self._may_meet(other, second):
                self.move(second, AWAY)
                self.move(one, table)
                self._sit_down(free or 0, second, other)
                return

    def _may_meet(self, one: int, other: int) -> bool:
        return not self._never[one] >> other & 1

    @cached_property
    def _never(self) -> list[int]:
        """Whom each may not meet or has met in the rounds before, and the person, as bit masks."""
        instance = self.instance
        of_side = mask_by_label(instance.side or ())
        never = [mask | 1 << person for person, mask in enumerate(instance.apart)]
        for person, label in enumerate(instance.side or ()):
            never[person] |= of_side[label]
        for past in self.before:
            for group in tables_of(past, instance.tables):
                mask = sum(1 << person for person in group)
                for person in group:
                    never[person] |= mask
        return never

    def _seat_each(self) -> None:
        """A table that is new to the person, then one whose company changes anyway, then the emptiest."""
        for person in self.standing():
            free = [table for table, group in enumerate(self.groups) if len(group) < self.seats[table][1]]
            if free:
                self.move(person, min(free, key=lambda table: self._price(person, table)))

    def _price(self, person: int, table: int) -> tuple[bool, bool, int]:
        group = self.groups[table]
        return self._knows(person, table), table not in self.changed and bool(group), len(group)
