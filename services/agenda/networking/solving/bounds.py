"""What no plan can beat: proven lower bounds of the figures that cost, each with its reason."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.agenda.networking.solving.first_plans import NoPlanExists, most_seated, spread
from services.agenda.networking.solving.instances import AWAY, Instance, Seats, mask_by_label
from services.agenda.networking.solving.measure import meetings_of, tables_of

# Below any cost: a figure that is rewarded instead has no bound here.
UNBOUNDED = -(10**12)


@dataclass(frozen=True)
class Bound:
    """`value` is what the figure is at least (for `pref_score`: at most), `why` the reason in a few words."""

    value: int
    why: str


def lower_bounds(instance: Instance) -> dict[str, Bound]:
    """A bound for each figure that the instance's weights name, as far as one is known."""
    known: dict[str, Callable[[Instance], Bound]] = {
        "repeats": _repeats,
        "same_org": _same_org,
        "sitouts": _sitouts,
        "changes": _changes,
        "pref_loss": lambda _: Bound(0, "counted from the best that the tables have room for"),
        "must_meet_missed": _missed,
    }
    return {metric: known[metric](instance) for metric in instance.weights if metric in known}


def cost_bound(instance: Instance, bounds: Mapping[str, Bound]) -> int:
    if any(weight < 0 for weight in instance.weights.values()):
        return UNBOUNDED
    return sum(
        weight * bounds[metric].value for metric, weight in instance.weights.items() if metric in bounds
    )


def fewest_pairs(people: int, parts: int) -> int:
    """f(s, k): how many pairs stay together when s people go to k tables as evenly as they can (pigeonhole).

    f(s, k) = ρ·C(q+1, 2) + (k - ρ)·C(q, 2) with s = q·k + ρ.
    """
    each, rest = divmod(people, parts)
    return rest * (each + 1) * each // 2 + (parts - rest) * each * (each - 1) // 2


def _repeats(instance: Instance) -> Bound:
    partners = _partners(instance)
    reasons = [
        Bound(_beyond_all_pairs(instance, partners), "more meetings than pairs that may meet"),
        Bound(_beyond_partners(instance, partners), "somebody has more meetings than people to meet"),
        Bound(_together_again(instance), "people who stay together meet in each round"),
        Bound(
            _pigeonhole(instance), "a table of one round has more people than tables to go on to in the next"
        ),
    ]
    return max(reasons, key=lambda bound: bound.value)


def _sizes(instance: Instance, number: int) -> list[int]:
    """How many sit at each table if they are as even as the seats allow, or as they were in a round that has passed."""
    if number < instance.frozen_rounds and instance.published is not None:
        return [len(group) for group in tables_of(instance.published[number], instance.tables)]
    return _evenly(instance, len(instance.present[number]), instance.seats[number])


def _evenly(instance: Instance, people: int, seats: Sequence[Seats]) -> list[int]:
    """Sizes that no others beat in a sum of a convex function of them; none where the seats allow none."""
    if instance.empty_ok and len({each for each in seats if each[1]}) > 1:
        # Any of different tables may stay empty, so that no least number need be kept.
        seats = [(0, high) for _, high in seats]
    try:
        return spread(people, seats, empty_ok=instance.empty_ok, hosts={})
    except NoPlanExists:
        return []


def _fewest_meetings(instance: Instance, number: int) -> int:
    """Tables as even as their seats allow have the fewest pairs."""
    return sum(size * (size - 1) // 2 for size in _sizes(instance, number))


def _beyond_all_pairs(instance: Instance, partners: Sequence[int]) -> int:
    if instance.max_sitouts:
        return 0
    meetings = sum(_fewest_meetings(instance, number) for number in range(instance.rounds))
    return max(0, meetings - sum(partners) // 2)


def _partners(instance: Instance) -> list[int]:
    """How many people each may meet at all; in rounds that have passed, other rules may have held."""
    everybody = (1 << instance.n) - 1
    side = instance.side or ()
    of_side = mask_by_label(side)
    facing = [everybody & ~of_side[label] for label in side] or [
        everybody & ~(1 << p) for p in instance.people
    ]
    apart = [0] * instance.n if instance.frozen_rounds else instance.apart
    return [(met & ~kept).bit_count() for met, kept in zip(facing, apart, strict=True)]


def _beyond_partners(instance: Instance, partners: Sequence[int]) -> int:
    """Half the sum of everybody's meetings beyond the number of people whom they may meet."""
    least = [_smallest_table(instance, number) for number in range(instance.rounds)]
    if sum(least) - len(least) <= min(partners):
        return 0
    total = 0
    for person in instance.people:
        there = [r for r in range(instance.rounds) if person not in instance.absent[r]]
        # Who may sit out does so where most would be met.
        seated = sorted(least[number] - 1 for number in there)
        meetings = sum(seated[: max(0, len(seated) - instance.max_sitouts)])
        total += max(0, meetings - partners[person])
    return -(-total // 2)


def _smallest_table(instance: Instance, number: int) -> int:
    """With how few people, at least, somebody sits at a table: all others may be as full as they can be."""
    if number < instance.frozen_rounds:
        return min(filter(None, _sizes(instance, number)), default=1)
    seats = instance.seats[number]
    here, room = len(instance.present[number]), sum(high for _, high in seats)
    # Where too few are there for any table, nobody has a seat; where others may sit out, the rest sit as few as may be.
    by_room = -room if instance.max_sitouts else here - room
    return min((max(1, low, min(high, by_room + high)) for low, high in seats if low <= here), default=1)


def _together_again(instance: Instance) -> int:
    """Each round after the first that both are there for."""
    to_come = instance.absent[instance.frozen_rounds :]
    rounds = (sum(not {one, other} & away for away in to_come) for one, other in instance.together)
    return sum(max(0, count - 1 - instance.max_sitouts) for count in rounds)


def _pigeonhole(instance: Instance) -> int:
    """Σ f(size, tables to go on to) from each round to the next, of those who are there in both."""
    if instance.max_sitouts or instance.side is not None:
        return 0
    return sum(_staying_together(instance, number) for number in range(instance.rounds - 1))


def _staying_together(instance: Instance, number: int) -> int:
    """Only those count who walk: whoever always sits at one table is joined by others each time."""
    if number + 1 < instance.frozen_rounds:
        past = [meetings_of([row], instance.tables).keys() for row in (instance.published or ())]
        return len(past[number] & past[number + 1])
    largest = max(high for _, high in instance.seats[number])
    open_then = sum(high > 0 for _, high in instance.seats[number + 1])
    is_to_come = number >= instance.frozen_rounds
    if is_to_come and largest < open_then - len(instance.residents):
        # Small tables part completely; a thousand people need not be looked at.
        return 0
    now, then = _walkers_seats(instance, number), _walkers_seats(instance, number + 1)
    stays_open = is_to_come and all(high or not was for (_, was), (_, high) in zip(now, then, strict=True))
    onward = sum(high > 0 for _, high in then) - (instance.distinct_tables and stays_open)
    return sum(fewest_pairs(size, onward) for size in _walkers(instance, number, now)) if onward > 0 else 0


def _walkers(instance: Instance, number: int, seats: Sequence[Seats]) -> list[int]:
    """How many walk on from each table; as evenly as they can, fewest of them stay together."""
    there = set(instance.present[number])
    walking = (there & set(instance.present[number + 1])) - instance.residents
    if number < instance.frozen_rounds and instance.published is not None:
        return [len(walking & set(group)) for group in tables_of(instance.published[number], instance.tables)]
    if there - instance.residents - walking:
        # Seats that must be taken may be taken by somebody who is away in the next round.
        seats = [(0, high) for _, high in seats]
    return _evenly(instance, len(walking), seats)


def _walkers_seats(instance: Instance, number: int) -> list[Seats]:
    """The seats that residents leave to the others."""
    hosts = set(instance.hosts.values())
    away = instance.absent[number]
    residents = Counter(table for table, host in instance.hosts.items() if host not in away)
    pinned = instance.pinned[number].items()
    residents.update(t for p, t in pinned if p in instance.residents and p not in hosts)
    return [
        (max(0, low - residents[table]), max(0, high - residents[table]))
        for table, (low, high) in enumerate(instance.seats[number])
    ]


def _same_org(instance: Instance) -> Bound:
    """R · Σ f(size of the organisation, tables), round by round for those who are there."""
    total = sum(_colleagues_met(instance, people) for people in mask_by_label(instance.org or ()).values())
    return Bound(total, "organisations with more people than there are tables")


def _colleagues_met(instance: Instance, people: int) -> int:
    """The i-th of an organisation in a round joins i // tables of them at least; who sits out joins nobody."""
    here = [sum(people >> person & 1 for person in there) for there in instance.present]
    joined = sorted(i // instance.tables for count in here for i in range(count))
    return sum(joined[: max(0, len(joined) - instance.max_sitouts * people.bit_count())])


def _sitouts(instance: Instance) -> Bound:
    if instance.side is not None:
        return Bound(
            _beyond_the_other_side(instance, instance.side), "one side has more people than the other"
        )
    without = (len(here) - _most_seated(instance, number) for number, here in enumerate(instance.present))
    return Bound(sum(max(0, count) for count in without), "more people than seats")


def _most_seated(instance: Instance, number: int) -> int:
    if number < instance.frozen_rounds and instance.published is not None:
        return sum(table != AWAY for table in instance.published[number])
    return most_seated(len(instance.present[number]), instance.seats[number], empty_ok=instance.empty_ok)


def _beyond_the_other_side(instance: Instance, side: Sequence[int]) -> int:
    total = 0
    for here in instance.present:
        second = sum(side[person] for person in here)
        total += len(here) - 2 * min(second, len(here) - second, instance.tables)
    return total


def _missed(instance: Instance) -> Bound:
    """Who wishes for more people than seats beside them in all rounds misses some; a pair is missed by two."""
    never = _never_meet(instance)
    beyond = [
        max(0, (wanted & ~missed).bit_count() - _seats_beside(instance, person))
        for person, (wanted, missed) in enumerate(zip(instance.wanted, never, strict=True))
    ]
    by_side = [
        sum(b for b, side in zip(beyond, instance.side or (), strict=False) if side == s) for s in (0, 1)
    ]
    apart = sum((wanted & missed).bit_count() for wanted, missed in zip(instance.wanted, never, strict=True))
    too_many = max(-(-sum(beyond) // 2), *by_side)
    return Bound(
        apart // 2 + too_many,
        "somebody should meet more people than there are seats beside"
        if too_many
        else "some who should meet must not",
    )


def _never_meet(instance: Instance) -> list[int]:
    """Whom each person cannot meet by the rules, and has not met in the rounds that have passed, as bit masks."""
    of_side = mask_by_label(instance.side or ())
    own = [of_side[label] for label in instance.side or ()] or [0] * instance.n
    never = [mask | side for mask, side in zip(instance.apart, own, strict=True)]
    past = (instance.published or ())[: instance.frozen_rounds]
    for one, other in meetings_of(past, instance.tables):
        never[one] &= ~(1 << other)
        never[other] &= ~(1 << one)
    return never


def _seats_beside(instance: Instance, person: int) -> int:
    """How many others somebody sits with at most, in all rounds; rounds that have passed may have had more seats."""
    rounds = (number for number in range(instance.rounds) if person not in instance.absent[number])
    return sum(
        max(0, max((high for _, high in instance.seats[number]), default=0) - 1)
        if number >= instance.frozen_rounds
        else instance.n
        for number in rounds
    )


def _changes(instance: Instance) -> Bound:
    """Whoever was with somebody who is missing now, and whoever is new, has other company, whatever the plan."""
    rounds = range(instance.frozen_rounds, instance.rounds) if instance.published else range(0)
    return Bound(
        sum(_changed_in(instance, number) for number in rounds),
        "everybody whose company is missing or new has to change",
    )


def _changed_in(instance: Instance, number: int) -> int:
    published = (instance.published or ())[number]
    here = instance.present[number]
    known = Counter(published[person] for person in here if published[person] != AWAY)
    left = {published[person] for person in instance.absent[number]} - {AWAY}
    changed = sum(known[table] for table in left)
    must_sit = not instance.max_sitouts and all(low > 1 for low, high in instance.seats[number] if high)
    if not must_sit:
        # Whoever had no seat may go on without one, or sit alone: that is no other company.
        return changed
    newcomers = len(here) - known.total()
    untouched = [people for table, people in known.items() if table not in left]
    return changed + newcomers + _changed_besides(instance, number, untouched, changed + newcomers)


def _changed_besides(instance: Instance, number: int, untouched: Sequence[int], people: int) -> int:
    """Of the groups that nobody has left, the fewest people whose groups must take somebody in or give somebody.

    What is left of the tables has room for `people`, and not too many seats that must be taken. A group may have
    another table: that is no other company.
    """
    lows = sorted(0 if instance.empty_ok else low for low, _ in instance.seats[number])
    highs = sorted((high for _, high in instance.seats[number]), reverse=True)
    sizes = sorted(untouched)
    for count in range(len(sizes)):
        tables = instance.tables - len(sizes) + count
        have_room = sum(highs[:tables]) >= people + sum(sizes[:count])
        if have_room and sum(lows[:tables]) <= people + sum(sizes[len(sizes) - count :]):
            return sum(sizes[:count])
    return sum(sizes)
