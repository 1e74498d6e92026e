"""Simulated annealing over seating plans (Kirkpatrick, Gelatt, Vecchi 1983): swaps within a round, judged by bit masks.

Whom a person has met k times stands in one integer, a bit for each person. What a swap costs is then a few
ANDs and population counts, whatever the size of the tables: about half a million swaps a second in CPython.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from services.agenda.networking.solving.instances import AWAY, Instance, Plan, members

# What a broken hard rule costs: more than all soft ones of a swap together.
HARD = 1_000
# What a swap that is never made costs: nothing that it saves weighs as much.
NEVER = 1_000_000
NOWHERE = -2
# A table with more empty seats than these offers these.
MOST_EMPTY_SEATS = 3
# How many swaps are tried between two looks at the clock.
BATCH = 400
# No temperature of ours takes a step that costs more.
STEEPEST = 60

# p at table a, q at table b.
Swap = tuple[int, int, int, int]
Delta = Callable[[int, int, int, int, int], int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Temperatures, in units of cost, falling geometrically within `seconds`."""

    seconds: float
    hottest: float = 1.2
    coldest: float = 0.14


class Seating:
    """A plan that changes: who sits where, who has met whom how often, and what that costs.

    People who sit out have a table of their own, the bench, with the number `instance.tables`. Empty seats
    count as people without a bit, with numbers from `instance.n` on, so that a move is a swap too.
    """

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self.bench = instance.tables
        empty = [_empty_seats(instance, number, row) for number, row in enumerate(plan)]
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


def _empty_seats(instance: Instance, number: int, row: Sequence[int]) -> list[int]:
    """A table for each empty seat that somebody may take."""
    sizes = [0] * instance.tables
    for table in row:
        if table != AWAY:
            sizes[table] += 1
    seats = instance.seats[number]
    return [
        table
        for table, (low, high) in enumerate(seats)
        if low < high
        for _ in range(min(high - sizes[table], MOST_EMPTY_SEATS))
    ]


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
    walk = _Walk(instance, plan, Random(seed))
    started = clock()
    # No time at all is left where a structure took longer than it should.
    while (passed := clock() - started) < schedule.seconds and walk.best_cost > goal and walk.open_rounds:
        part = passed / schedule.seconds
        walk.cool_to(schedule.hottest * (schedule.coldest / schedule.hottest) ** part)
        walk.try_swaps(BATCH)
        walk.move_companions()
    return walk.best, walk.best_cost


class _Walk:
    def __init__(self, instance: Instance, plan: Plan, random: Random) -> None:
        self.instance = instance
        self.seating = Seating(instance, with_pins(instance, plan))
        self.delta = swap_cost(self.seating)
        self.random = random
        self.cost = total_cost(self.seating)
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

    def try_swaps(self, count: int) -> None:
        random, seating, delta = self.random.random, self.seating, self.delta
        chances, steepest = self.chances, len(self.chances)
        # While somebody is at a table for the second time, any swap may mend that.
        draw = self._two_at_new_tables if self._keeps_new_tables() else self._any_two
        for _ in range(count):
            number = self.open_rounds[int(random() * len(self.open_rounds))]
            swap = draw(number)
            if swap is None:
                continue
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
                self.seating, self.delta, self.random, number, self.movable[number], self.chances
            )
            if self.cost < self.best_cost:
                self.best, self.best_cost = self.seating.plan(), self.cost

    def _keeps_new_tables(self) -> bool:
        are_most_taken = 2 * (self.instance.rounds - 1) >= self.instance.tables
        return self.instance.distinct_tables and are_most_taken and self.cost < HARD

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


def swap_cost(seating: Seating) -> Delta:
    """A function of (round, p, a, q, b): what it adds to the cost when p at a and q at b change places."""
    instance = seating.instance
    terms = [_company_cost(seating)]
    if len(seating.bits) > instance.n:
        terms.append(_sizes_cost(seating))
    if has_table_rules(instance):
        terms.append(_tables_cost(seating))
    if instance.published is not None and instance.weight("changes"):
        terms.append(_changes_cost(seating))
    if instance.side is not None:
        return _within_sides(instance.side, terms)
    return terms[0] if len(terms) == 1 else _sum_of(terms)


def _sum_of(terms: Sequence[Delta]) -> Delta:
    if len(terms) == 2:
        first, second = terms

        def both(number: int, p: int, a: int, q: int, b: int) -> int:
            change = second(number, p, a, q, b)
            # Whom it costs a hard rule to move need not be asked about company.
            return change if change >= HARD else change + first(number, p, a, q, b)

        return both

    def all_terms(number: int, p: int, a: int, q: int, b: int) -> int:
        change = 0
        for term in reversed(terms):
            change += term(number, p, a, q, b)
            if change >= HARD:
                return change
        return change

    return all_terms


def _within_sides(side: Sequence[int], terms: Sequence[Delta]) -> Delta:
    """At each table of two there is one of each side: only two of the same side can change places."""
    within = terms[0] if len(terms) == 1 else _sum_of(terms)
    return lambda number, p, a, q, b: within(number, p, a, q, b) if side[p] == side[q] else NEVER


def _company_cost(seating: Seating) -> Delta:
    """Repeated meetings, and who must or should not sit together."""
    instance = seating.instance
    terms = [_repeats_cost(seating)]
    terms += [_ties_cost(seating, weight, others) for weight, others in _ties(instance)]
    if instance.weight("must_meet_missed") and any(instance.wanted):
        terms.append(_missed_cost(seating))
    if instance.weight("quad"):
        terms.append(_quad_cost(seating))
    if len(terms) == 1:
        return terms[0]
    return lambda number, p, a, q, b: sum([term(number, p, a, q, b) for term in terms])


def _repeats_cost(seating: Seating) -> Delta:
    masks, bits = seating.masks, seating.bits
    weight = seating.instance.weight("repeats")
    once, twice = seating.met[0], seating.met[1]

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        left, right = masks[number][a] & ~bits[p], masks[number][b] & ~bits[q]
        return weight * (
            (once[p] & right).bit_count()
            - (twice[p] & left).bit_count()
            + (once[q] & left).bit_count()
            - (twice[q] & right).bit_count()
        )

    return change


def _ties_cost(seating: Seating, weight: int, others: Sequence[int]) -> Delta:
    """Each meeting of certain pairs costs; an empty seat has none."""
    masks, bits = seating.masks, seating.bits
    ties = _with_empty_seats(seating, others)

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        of_p, of_q = ties[p], ties[q]
        if not of_p and not of_q:
            return 0
        left, right = masks[number][a] & ~bits[p], masks[number][b] & ~bits[q]
        return weight * (
            (of_p & right).bit_count()
            - (of_p & left).bit_count()
            + (of_q & left).bit_count()
            - (of_q & right).bit_count()
        )

    return change


def _missed_cost(seating: Seating) -> Delta:
    """A pair that must meet counts as missed as long as it has met nowhere."""
    masks, bits = seating.masks, seating.bits
    wanted = _with_empty_seats(seating, seating.instance.wanted)
    weight = seating.instance.weight("must_meet_missed")
    once, twice = seating.met[0], seating.met[1]

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        of_p, of_q = wanted[p], wanted[q]
        if not of_p and not of_q:
            return 0
        left, right = masks[number][a] & ~bits[p], masks[number][b] & ~bits[q]
        return weight * (
            (of_p & left & ~twice[p]).bit_count()
            - (of_p & right & ~once[p]).bit_count()
            + (of_q & right & ~twice[q]).bit_count()
            - (of_q & left & ~once[q]).bit_count()
        )

    return change


def _quad_cost(seating: Seating) -> Delta:
    """The k-th meeting of a pair costs k - 1 times the weight."""
    masks, bits, levels = seating.masks, seating.bits, seating.met
    weight = seating.instance.weight("quad")

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        left, right = masks[number][a] & ~bits[p], masks[number][b] & ~bits[q]
        return weight * sum(
            (before[p] & right).bit_count()
            - (after[p] & left).bit_count()
            + (before[q] & left).bit_count()
            - (after[q] & right).bit_count()
            for before, after in pairwise(levels)
        )

    return change


def _with_empty_seats(seating: Seating, others: Sequence[int]) -> tuple[int, ...]:
    return (*others, *(0,) * (len(seating.bits) - len(others)))


def _ties(instance: Instance) -> list[tuple[int, Sequence[int]]]:
    """What each meeting of certain pairs costs."""
    ties: list[tuple[int, Sequence[int]]] = []
    if any(instance.apart):
        ties.append((HARD, instance.apart))
    if any(instance.companions):
        ties.append((-HARD, instance.companions))
    if instance.org_rule != "hard" and instance.weight("same_org"):
        ties.append((instance.weight("same_org"), instance.colleagues))
    return ties


def has_table_rules(instance: Instance) -> bool:
    """Whether it matters at which table somebody sits, and not only with whom."""
    can_sit_out = any(len(here) > sum(high for _, high in row) for here, row in _rooms(instance))
    return (
        instance.distinct_tables
        or instance.visit_all_tables
        or can_sit_out
        or instance.prefs is not None
        or instance.max_sitouts > 0
    )


def _rooms(instance: Instance) -> list[tuple[tuple[int, ...], tuple[tuple[int, int], ...]]]:
    return list(zip(instance.present, instance.seats, strict=True))


def _tables_cost(seating: Seating) -> Delta:
    """Tables visited again, wishes for tables, stations that are missing, and sitting out too often."""
    n = seating.instance.n
    worth = worth_of_tables(seating.instance)
    visits, bench = seating.visits, seating.bench
    most_sitouts, sitout = seating.instance.max_sitouts, seating.instance.weight("sitouts")
    again = HARD if seating.instance.distinct_tables else 0

    def leave(person: int, table: int) -> int:
        count = visits[person][table]
        if table == bench:
            return -sitout - (HARD if count > most_sitouts else 0)
        return worth[person][table] if count == 1 else -again

    def enter(person: int, table: int) -> int:
        count = visits[person][table]
        if table == bench:
            return sitout + (HARD if count >= most_sitouts else 0)
        return again if count else -worth[person][table]

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        cost = enter(p, b) + leave(p, a) if p < n else 0
        return cost + enter(q, a) + leave(q, b) if q < n else cost

    return change


def worth_of_tables(instance: Instance) -> list[list[int]]:
    """What the first visit of each person at each table saves."""
    station = HARD if instance.visit_all_tables else 0
    worth = [[station] * instance.tables for _ in instance.people]
    weight = instance.weight("pref_loss")
    hosts = set(instance.hosts.values())
    for person, ranked in enumerate(instance.prefs or ()):
        if ranked is not None and person not in hosts:
            for place, table in enumerate(ranked):
                worth[person][table] += weight * (len(ranked) - place)
    return worth


def _changes_cost(seating: Seating) -> Delta:
    """People whose company is another than the published one."""
    weight = seating.instance.weight("changes")
    changed = changed_company(seating)
    masks, bits, bench = seating.masks, seating.bits, seating.bench

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        total = 0
        for table, out, into in ((a, p, q), (b, q, p)):
            if table == bench:
                total += changed(number, bits[into]) - changed(number, bits[out])
            else:
                mask = masks[number][table]
                total += changed(number, mask ^ bits[out] | bits[into]) - changed(number, mask)
        return weight * total

    return change


def changed_company(seating: Seating) -> Callable[[int, int], int]:
    """A function of (round, group as a mask): how many of the group had another company in the published plan."""
    instance = seating.instance
    published = [set(_company_masks(row, instance.tables)) for row in instance.published or ()]
    return lambda number, mask: 0 if mask in published[number] else mask.bit_count()


def _company_masks(row: Sequence[int], tables: int) -> list[int]:
    groups = [0] * tables
    alone = []
    for person, table in enumerate(row):
        if table == AWAY:
            alone.append(1 << person)
        else:
            groups[table] |= 1 << person
    return [*filter(None, groups), *alone]


def _sizes_cost(seating: Seating) -> Delta:
    """Somebody takes an empty seat: that table must not become too full, nor the other one too empty."""
    n, seats, masks = seating.instance.n, seating.instance.seats, seating.masks
    empty_ok, bench = seating.instance.empty_ok, seating.bench

    def is_allowed(number: int, source: int, target: int) -> bool:
        """Whether a person may go from one table, or the bench, to an empty seat at the other."""
        if source == bench or target == bench:
            return target != bench and masks[number][target].bit_count() < seats[number][target][1]
        left, joined = masks[number][source].bit_count() - 1, masks[number][target].bit_count() + 1
        low, high = seats[number][target]
        return (left >= seats[number][source][0] or (empty_ok and not left)) and low <= joined <= high

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        if q >= n:
            return 0 if p < n and is_allowed(number, a, b) else NEVER
        return 0 if p < n or is_allowed(number, b, a) else NEVER

    return change


def total_cost(seating: Seating) -> int:
    """What the swaps' differences add up to, up to the constant of all wishes fulfilled."""
    return _cost_of_company(seating) + _cost_of_tables(seating) + _cost_of_changes(seating)


def _cost_of_company(seating: Seating) -> int:
    instance = seating.instance
    levels = [sum(mask.bit_count() for mask in level) // 2 for level in seating.met]
    cost = instance.weight("repeats") * sum(levels[1:])
    cost += instance.weight("quad") * sum(times * count for times, count in enumerate(levels))
    for weight, others in _ties(instance):
        for level in seating.met:
            cost += (
                weight
                * sum((met & other).bit_count() for met, other in zip(level, others, strict=False))
                // 2
            )
    met = seating.met[0]
    missed = sum((wish & ~met[p]).bit_count() for p, wish in enumerate(instance.wanted)) // 2
    both_there = sum(not {one, other} & away for one, other in instance.together for away in instance.absent)
    return cost + instance.weight("must_meet_missed") * missed + HARD * both_there


def _cost_of_tables(seating: Seating) -> int:
    instance = seating.instance
    worth = worth_of_tables(instance)
    again = HARD if instance.distinct_tables else 0
    cost = 0
    for person, visited in enumerate(seating.visits[: instance.n]):
        for table in range(instance.tables):
            cost += 0 if visited[table] else worth[person][table]
            if person not in instance.residents:
                cost += again * max(0, visited[table] - 1)
        cost += HARD * max(0, visited[seating.bench] - instance.max_sitouts)
        cost += instance.weight("sitouts") * visited[seating.bench]
    return cost


def _cost_of_changes(seating: Seating) -> int:
    instance = seating.instance
    if instance.published is None:
        return 0
    changed = changed_company(seating)
    total = 0
    for number in range(instance.frozen_rounds, instance.rounds):
        total += sum(changed(number, mask) for mask in seating.masks[number] if mask)
        total += sum(changed(number, 1 << person) for person in seating.lists[number][seating.bench])
    return instance.weight("changes") * total
