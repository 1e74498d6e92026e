"""Crowded tables: people who stay together in every round, so that the others they meet are new.

Where a table has more people than there are tables to go on to, some pairs must meet again. It costs least if
these are the same pairs each time: they go through the rounds as one, and the problem becomes a smaller one.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from services.agenda.networking.solving.annealing import Schedule, anneal
from services.agenda.networking.solving.first_plans import first_plan
from services.agenda.networking.solving.instances import Instance, Plan


def are_crowded(instance: Instance) -> bool:
    """Whether each table has more people than tables to go on to, in rounds in which all are there."""
    onward = instance.tables - instance.distinct_tables
    is_plain = not any(instance.absent) and not instance.hosts and instance.published is None
    return is_plain and instance.n >= 2 * onward * instance.tables > 0


def seat_couples(
    instance: Instance, *, seconds: float, seed: int, clock: Callable[[], float] = time.perf_counter
) -> Plan:
    """A plan in which couples (or groups of as even a size as there can be) stay together."""
    onward = instance.tables - instance.distinct_tables
    couples = replace(
        instance,
        n=onward * instance.tables,
        seats=((((onward, onward),) * instance.tables),) * instance.rounds,
        org=None,
        prefs=None,
        forbid=(),
        must_meet=(),
        together=(),
        pins=(),
        absent=(frozenset(),) * instance.rounds,
        weights={"repeats": 1},
    )
    plan, _ = anneal(
        couples,
        first_plan(couples, seed=seed),
        Schedule(seconds, hottest=0.7, coldest=0.22),
        seed=seed,
        clock=clock,
    )
    return [[row[person % couples.n] for person in instance.people] for row in plan]
