"""Simulated annealing over seating plans (Kirkpatrick, Gelatt, Vecchi 1983): swaps within a round, judged by bit masks.

About half a million swaps a second in CPython.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from services.agenda.networking.solving.changing import Seating
from services.agenda.networking.solving.costs import HARD, Delta, swap_cost, total_cost
from services.agenda.networking.solving.instances import Instance, Plan, members

# What is done between two looks at the clock: to draw a swap is one step, and to judge it another one.
STEPS = 740
# And how many exchanges of two rounds, each of which takes the time of four swaps.
TRADES = 40
# No temperature of ours takes a step that costs more.
STEEPEST = 60

# p at table a, q at table b.
Swap = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Temperatures, in units of cost, falling geometrically within `seconds`.

    A plan that breaks a hard rule after the part `patience` of them is given up. With `standing`, so many people of a
    round may sit out though there are seats, and broken rules are counted, one each, and nothing else.
    """

    seconds: float
    hottest: float = 1.2
    coldest: float = 0.14
    patience: float = 1.0
    standing: int | None = None


def anneal(
    instance: Instance,
    plan: Plan,
    schedule: Schedule,
    *,
    seed: int,
    goal: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Plan, int]:
    """The best plan found from this one, and its cost with broken hard rules at HARD each; ends early at `goal`.

    The sizes of tables stay within their seats because only people who are free to move change places.
    """
    walk = _Walk(instance, plan, Random(seed), standing=schedule.standing)
    started = clock()
    # No time at all is left where a structure took longer than it should.
    while (passed := clock() - started) < schedule.seconds and walk.best_cost > goal and walk.open_rounds:
        part = passed / schedule.seconds
        if part > schedule.patience and walk.best_cost >= walk.hard:
            break
        walk.cool_to(schedule.hottest * (schedule.coldest / schedule.hottest) ** part)
        walk.try_swaps(STEPS)
        walk.move_companions()
        walk.trade_rounds(TRADES)
    return walk.best, walk.best_cost


class _Walk:
    def __init__(self, instance: Instance, plan: Plan, random: Random, *, standing: int | None) -> None:
        self.instance = instance
        self.seating = Seating(instance, with_pins(instance, plan), standing=standing)
        self.exact = swap_cost(self.seating, is_exact=True)
        self.delta = swap_cost(self.seating)
        self.random = random
        self.cost = total_cost(self.seating)
        self.hard = HARD
        if self.seating.is_loose:
            self.exact = self.delta = _broken_rules(self.exact)
            self.cost, self.hard = self.cost // HARD, 1
        self.best, self.best_cost = self.seating.plan(), self.cost
        self.movable = [_movable(self.seating, number) for number in range(instance.rounds)]
        self.is_free = [[False] * len(self.seating.bits) for _ in self.movable]
        for free, people in zip(self.is_free, self.movable, strict=True):
            for person in people:
                free[person] = True
        self.open_rounds = [number for number, people in enumerate(self.movable) if len(people) > 1]
        self.chances = [1.0]

    def cool_to(self, temperature: float) -> None:
        self.chances = [math.exp(-step / temperature) for step in range(STEEPEST)]

    def try_swaps(self, steps: int) -> None:
        random, seating, delta = self.random.random, self.seating, self.delta
        chances, steepest = self.chances, len(self.chances)
        # While somebody is at a table for the second time, any swap may mend that.
        draw = self._two_at_new_tables if self._keeps_new_tables() else self._any_two
        while steps > 0:
            number = self.open_rounds[int(random() * len(self.open_rounds))]
            swap = draw(number)
            if swap is None:
                steps -= 1
                continue
            steps -= 2
            change = delta(number, *swap)
            if change <= 0 or (change < steepest and random() < chances[change]):
                seating.swap(number, *swap)
                self.cost += change
                if self.cost < self.best_cost:
                    self.best, self.best_cost = seating.plan(), self.cost

    def move_companions(self) -> None:
        """Those who stay together change their table together: alone, each of them would break that rule."""
        for number in self.open_rounds if self.instance.together else ():
            self.cost += move_companions(
                self.seating, self.exact, self.random, number, self.movable[number], self.chances
            )
            if self.cost < self.best_cost:
                self.best, self.best_cost = self.seating.plan(), self.cost

    def trade_rounds(self, count: int) -> None:
        """Two rounds of somebody are exchanged where hardly any single swap brings two people to new tables."""
        if not self._sees_all_tables() or len(self.open_rounds) < 2:
            return
        random, seating = self.random.random, self.seating
        for _ in range(count):
            trade = self._trade()
            if trade is None:
                continue
            change = 0
            for number, swap in trade:
                change += self.exact(number, *swap)
                seating.swap(number, *swap)
            if change <= 0 or (change < len(self.chances) and random() < self.chances[change]):
                self.cost += change
                if self.cost < self.best_cost:
                    self.best, self.best_cost = seating.plan(), self.cost
            else:
                for number, (p, a, q, b) in reversed(trade):
                    seating.swap(number, q, a, p, b)

    def _trade(self) -> list[tuple[int, Swap]] | None:
        """p gets in each of two rounds the table of the other; those who make room get a table new to them."""
        random, seating = self.random, self.seating
        r, s = random.sample(self.open_rounds, 2)
        p = self.movable[r][int(random.random() * len(self.movable[r]))]
        a, b = seating.at[r][p], seating.at[s][p]
        if a == b or not self.is_free[s][p] or b >= seating.bench or a >= seating.bench:
            return None
        q = self._who_makes_room(r, b, a, s)
        if q is None:
            return None
        if seating.at[s][q] == a and self.is_free[s][q]:
            return [(r, (p, a, q, b)), (s, (p, b, q, a))]
        other = self._who_makes_room(s, a, b, r, q)
        return None if other is None else [(r, (p, a, q, b)), (s, (p, b, other, a))]

    def _who_makes_room(self, number: int, table: int, new: int, s: int, but: int = -1) -> int | None:
        seating = self.seating
        group = seating.lists[number][table]
        if not group:
            return None
        first = int(self.random.random() * len(group))
        for step in range(len(group)):
            q = group[first - step]
            if q == but or not self.is_free[number][q]:
                continue
            if q >= self.instance.n or not seating.visits[q][new] or (but < 0 and seating.at[s][q] == new):
                return q
        return None

    def _keeps_new_tables(self) -> bool:
        are_most_taken = 2 * (self.instance.rounds - 1) >= self.instance.tables
        return self.instance.distinct_tables and are_most_taken and self.cost < self.hard

    def _sees_all_tables(self) -> bool:
        return self._keeps_new_tables() and self.instance.rounds >= self.instance.tables - 1

    def _any_two(self, number: int) -> Swap | None:
        random, people = self.random.random, self.movable[number]
        p, q = people[int(random() * len(people))], people[int(random() * len(people))]
        a, b = self.seating.at[number][p], self.seating.at[number][q]
        return None if a == b else (p, a, q, b)

    def _two_at_new_tables(self, number: int) -> Swap | None:
        """Two who are in no other round at the table that they would get: most swaps would break that rule."""
        random, seating, people = self.random.random, self.seating, self.movable[number]
        p = people[int(random() * len(people))]
        a, b = seating.at[number][p], int(random() * seating.bench)
        group = seating.lists[number][b]
        if a == b or (seating.visits[p][b] and p < self.instance.n) or not group:
            return None
        visits, is_free = seating.visits, self.is_free[number]
        first = int(random() * len(group))
        for step in range(len(group)):
            q = group[first - step]
            if (not visits[q][a] and is_free[q]) or q >= self.instance.n:
                return p, a, q, b
        return None


def _broken_rules(delta: Delta) -> Delta:
    return lambda number, p, a, q, b: delta(number, p, a, q, b) // HARD


def _movable(seating: Seating, number: int) -> list[int]:
    if number < seating.instance.frozen_rounds:
        return []
    hosts = set(seating.instance.hosts.values())
    fixed = hosts | seating.instance.pinned[number].keys()
    return [person for person in seating.seated[number] if person not in fixed]


def with_pins(instance: Instance, plan: Plan) -> Plan:
    """The plan with everybody who is pinned at that table: who sits there without a pin changes places with them."""
    hosts = set(instance.hosts.values())
    plan = [list(row) for row in plan]
    for number in range(instance.frozen_rounds, instance.rounds):
        row, pinned = plan[number], instance.pinned[number]
        for person, table in pinned.items():
            guests = (
                p for p, place in enumerate(row) if place == table and p not in pinned and p not in hosts
            )
            if row[person] != table and (guest := next(guests, None)) is not None:
                row[person], row[guest] = table, row[person]
    return plan


def move_companions(
    seating: Seating,
    delta: Delta,
    random: Random,
    number: int,
    movable: Sequence[int],
    chances: Sequence[float],
) -> int:
    """Try to seat one group of companions at another table of a round; returns what that adds to the cost."""
    person = random.choice(movable)
    group = members(_group_of(seating.instance, person)) if person < seating.instance.n else []
    b = random.randrange(seating.bench)
    a = seating.at[number][person]
    others = [q for q in seating.lists[number][b] if q in movable and not _is_companion(seating.instance, q)]
    if len(group) < 2 or a == b or len(others) < len(group) or any(p not in movable for p in group):
        return 0
    swaps = [
        (p, seating.at[number][p], q, b)
        for p, q in zip(group, random.sample(others, len(group)), strict=True)
    ]
    if any(source == b for _, source, _, _ in swaps):
        return 0
    change = 0
    for swap in swaps:
        change += delta(number, *swap)
        seating.swap(number, *swap)
    if change <= 0 or (change < len(chances) and random.random() < chances[change]):
        return change
    for p, source, q, target in reversed(swaps):
        seating.swap(number, q, source, p, target)
    return 0


def _group_of(instance: Instance, person: int) -> int:
    """Everybody who stays with this person, directly or by somebody else, as a bit mask."""
    group, grown = 1 << person, 0
    while group != grown:
        grown = group
        for one in members(grown):
            group |= instance.companions[one]
    return group


def _is_companion(instance: Instance, place: int) -> bool:
    return place < instance.n and instance.companions[place] > 0
