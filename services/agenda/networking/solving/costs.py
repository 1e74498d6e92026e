"""What a plan costs, and what a swap adds to it: a term for each rule, of ANDs and population counts.

Whom a person has met k times stands in one integer, a bit for each person. What a swap costs is then a few
ANDs and population counts, whatever the size of the tables.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from services.agenda.networking.solving.changing import Seating
from services.agenda.networking.solving.instances import AWAY, Instance, Seats

# What a broken hard rule costs: more than all soft ones of a swap together.
HARD = 100_000_000
# What a swap that is never made costs: nothing that it saves weighs as much.
NEVER = 1_000_000_000

# Of round, p, a, q, b: what it adds to the cost when p of table a and q of table b change places.
Delta = Callable[[int, int, int, int, int], int]


def swap_cost(seating: Seating, *, is_exact: bool = False) -> Delta:
    """A function of (round, p, a, q, b): what it adds to the cost when p at a and q at b change places.

    Where that breaks a hard rule it says HARD or more, and the whole only if it is to be exact.
    """
    instance = seating.instance
    terms = [_company_cost(seating)]
    if len(seating.bits) > instance.n:
        terms.append(_sizes_cost(seating))
    if has_table_rules(instance) or _somebody_stands(seating):
        terms.append(_tables_cost(seating))
    if instance.published is not None and instance.weight("changes"):
        terms.append(_changes_cost(seating))
    added = _exact_sum_of(terms) if is_exact else _sum_of(terms)
    empty_seats = len(seating.bits) - instance.n
    return added if instance.side is None else _within_sides(instance.side, empty_seats, added)


def _exact_sum_of(terms: Sequence[Delta]) -> Delta:
    return lambda number, p, a, q, b: sum([term(number, p, a, q, b) for term in terms])


def _sum_of(terms: Sequence[Delta]) -> Delta:
    if len(terms) == 1:
        return terms[0]
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


def _within_sides(side: Sequence[int], empty_seats: int, added: Delta) -> Delta:
    """At each table of two there is one of each side: only two of the same side can change places.

    Nobody takes an empty seat, which has no side.
    """
    sides = (*side, *range(-1, -1 - empty_seats, -1))
    return lambda number, p, a, q, b: added(number, p, a, q, b) if sides[p] == sides[q] else NEVER


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


def _somebody_stands(seating: Seating) -> bool:
    """Tables that want more people than there are may leave some without a seat though there are seats."""
    return any(groups[seating.bench] for groups in seating.lists[seating.instance.frozen_rounds :])


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
    """Somebody takes an empty seat, and each person too few or too many at a table is a broken rule."""
    n, masks, misfits = seating.instance.n, seating.masks, _misfits(seating.instance)

    def change(number: int, p: int, a: int, q: int, b: int) -> int:
        if (p < n) == (q < n):
            return 0
        source, target = (a, b) if p < n else (b, a)
        left, joined = masks[number][source].bit_count(), masks[number][target].bit_count()
        before, after = misfits[number][source], misfits[number][target]
        return HARD * (before[left - 1] - before[left] + after[joined + 1] - after[joined])

    return change


def _misfits(instance: Instance) -> list[list[list[int]]]:
    """How many people too few or too many each table of each round has with 0, 1, 2 … people; the bench never has."""
    numbers = range(instance.n + 2)
    any_number = [0 for _ in numbers]
    of = {
        seats: [_misfit(*seats, number, instance.empty_ok) for number in numbers]
        for seats in _all_seats(instance)
    }
    return [[*(of[seats] for seats in row), any_number] for row in instance.seats]


def _all_seats(instance: Instance) -> set[Seats]:
    return {seats for row in instance.seats for seats in row}


def _misfit(low: int, high: int, people: int, empty_ok: bool) -> int:
    too_few = max(0, low - people)
    return max(people - high, min(too_few, people) if empty_ok else too_few)


def total_cost(seating: Seating) -> int:
    """What the swaps' differences add up to, up to the constant of all wishes fulfilled."""
    return sum(
        cost_of(seating) for cost_of in (_cost_of_company, _cost_of_sizes, _cost_of_tables, _cost_of_changes)
    )


def _cost_of_sizes(seating: Seating) -> int:
    misfits = _misfits(seating.instance)
    return HARD * sum(
        misfits[number][table][mask.bit_count()]
        for number in range(seating.instance.frozen_rounds, seating.instance.rounds)
        for table, mask in enumerate(seating.masks[number])
    )


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
        total += sum(changed(number, seating.bits[p]) for p in seating.lists[number][seating.bench])
    return instance.weight("changes") * total
