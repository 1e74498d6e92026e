"""A plan that keeps the hard rules, where the search for a good one found none: annealing over broken rules alone.

Here a table may have too few people for a while, and people may sit out though seats are free, so that there is a
way between any two plans. A rule weighs as much as another one (min-conflicts: Minton and others 1992).
"""

from dataclasses import replace
from itertools import combinations

from services.agenda.networking.solving.annealing import Schedule, anneal
from services.agenda.networking.solving.budget import Clock
from services.agenda.networking.solving.instances import Instance, Pair, Plan

# Temperatures in units of a broken rule, and then of somebody who sits out.
BROKEN, STANDING = (0.6, 0.12), (0.5, 0.1)
# How many may sit out though there are seats: first few, because a search among many is a longer one.
FEW, ALL = 3, 10_000
# The part of the time that is for those who sit out and need not.
FOR_SEATS = 0.2


def mend(instance: Instance, plan: Plan, *, seconds: float, seed: int, clock: Clock) -> Plan:
    """The plan near this one with the fewest broken hard rules that is found within `seconds`."""
    rules = replace(instance, weights={}, side=None, forbid=(*instance.forbid, *_of_one_side(instance)))
    ends = clock() + seconds
    tries = (FEW, ALL) if instance.max_sitouts else (0,)
    broken = 1
    for number, standing in enumerate(tries):
        if broken:
            share = (ends - clock() - FOR_SEATS * seconds) / (len(tries) - number)
            plan, broken = anneal(
                rules, plan, Schedule(share, *BROKEN, standing=standing), seed=seed, clock=clock
            )
    return plan if broken else _seat_all(rules, plan, Schedule(ends - clock(), *STANDING), seed, clock)


def _seat_all(rules: Instance, plan: Plan, schedule: Schedule, seed: int, clock: Clock) -> Plan:
    return anneal(replace(rules, weights={"sitouts": 1}), plan, schedule, seed=seed, clock=clock)[0]


def _of_one_side(instance: Instance) -> list[Pair]:
    """At a table of two, one of each side is what is left when two of one side are kept apart."""
    side = instance.side
    return (
        []
        if side is None
        else [pair for pair in combinations(instance.people, 2) if side[pair[0]] == side[pair[1]]]
    )
