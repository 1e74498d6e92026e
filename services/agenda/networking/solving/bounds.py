"""What no plan can beat: proven lower bounds of the figures that cost, each with its reason."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.agenda.networking.solving.first_plans import NoPlanExists, spread
from services.agenda.networking.solving.instances import AWAY, Instance


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
        "must_meet_missed": lambda _: Bound(0, "all may meet"),
    }
    return {metric: known[metric](instance) for metric in instance.weights if metric in known}


def cost_bound(instance: Instance, bounds: Mapping[str, Bound]) -> int:
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
    reasons = [
        Bound(_beyond_all_pairs(instance), "more meetings than pairs that may meet"),
        Bound(_beyond_partners(instance), "somebody has more meetings than people to meet"),
        Bound(_together_again(instance), "people who stay together meet in each round"),
        Bound(
            _pigeonhole(instance), "a table of one round has more people than tables to go on to in the next"
        ),
    ]
    return max(reasons, key=lambda bound: bound.value)


def _sizes(instance: Instance, number: int) -> list[int]:
    try:
        return spread(
            len(instance.present[number]), instance.seats[number], empty_ok=instance.empty_ok, hosts={}
        )
    except NoPlanExists:
        return []


def _fewest_meetings(instance: Instance, number: int) -> int:
    """Tables as even as their seats allow have the fewest pairs."""
    return sum(size * (size - 1) // 2 for size in _sizes(instance, number))


def _beyond_all_pairs(instance: Instance) -> int:
    if instance.max_sitouts:
        return 0
    meetings = sum(_fewest_meetings(instance, number) for number in range(instance.rounds))
    return max(0, meetings - sum(_partners(instance, person) for person in instance.people) // 2)


def _partners(instance: Instance, person: int) -> int:
    """How many people somebody may meet at all."""
    others = instance.n - 1 - instance.apart[person].bit_count()
    if instance.side is None:
        return others
    facing = (p for p in instance.people if instance.side[p] != instance.side[person])
    return sum(not instance.apart[person] >> other & 1 for other in facing)


def _beyond_partners(instance: Instance) -> int:
    """Half the sum of everybody's meetings beyond the number of people whom they may meet."""
    least = [min((size for size in _sizes(instance, r) if size), default=0) for r in range(instance.rounds)]
    total = 0
    for person in instance.people:
        there = [r for r in range(instance.rounds) if person not in instance.absent[r]]
        seated = sorted((max(0, least[number] - 1) for number in there), reverse=True)
        meetings = sum(seated[: len(seated) - instance.max_sitouts] if instance.max_sitouts else seated)
        total += max(0, meetings - _partners(instance, person))
    return -(-total // 2)


def _together_again(instance: Instance) -> int:
    """Each round after the first that both are there for."""
    rounds = (sum(not {one, other} & away for away in instance.absent) for one, other in instance.together)
    return sum(max(0, count - 1 - instance.max_sitouts) for count in rounds)


def _pigeonhole(instance: Instance) -> int:
    """(R - 1) · Σ f(size, tables to go on to), where everybody is there in all rounds."""
    if any(instance.absent) or instance.max_sitouts or instance.side is not None or instance.rounds < 2:
        return 0
    hosts = len(instance.hosts)
    onward = instance.tables - instance.distinct_tables
    sizes = sorted(_sizes(instance, 0))
    guests = [size - (index < hosts) for index, size in enumerate(sizes)]
    return (instance.rounds - 1) * sum(fewest_pairs(size, onward) for size in guests)


def _same_org(instance: Instance) -> Bound:
    """R · Σ f(size of the organisation, tables), round by round for those who are there."""
    total = 0
    for here in instance.present:
        sizes = Counter(instance.org[person] for person in here) if instance.org else Counter()
        total += sum(fewest_pairs(size, instance.tables) for size in sizes.values())
    return Bound(total, "organisations with more people than there are tables")


def _sitouts(instance: Instance) -> Bound:
    if instance.side is not None:
        return Bound(
            _beyond_the_other_side(instance, instance.side), "one side has more people than the other"
        )
    without = (len(here) - sum(_sizes(instance, number)) for number, here in enumerate(instance.present))
    return Bound(sum(max(0, count) for count in without), "more people than seats")


def _beyond_the_other_side(instance: Instance, side: Sequence[int]) -> int:
    total = 0
    for here in instance.present:
        second = sum(side[person] for person in here)
        total += len(here) - 2 * min(second, len(here) - second, instance.tables)
    return total


def _changes(instance: Instance) -> Bound:
    """Whoever was with somebody who is missing now has other company, whatever the plan."""
    total = 0
    for number in range(instance.frozen_rounds, instance.rounds):
        published = (instance.published or ())[number] if instance.published else ()
        emptied = {published[p] for p in instance.absent[number] if published and published[p] != AWAY}
        total += sum(published[person] in emptied for person in instance.present[number] if published)
    return Bound(total, "everybody whose company is missing has to change")
