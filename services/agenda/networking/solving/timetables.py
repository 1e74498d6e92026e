"""Who follows which timetable: the timetables stay as they are, and people change theirs with each other.

Where an array of timetables has few repeats, organisations and wishes are served by the choice alone.
"""

import math
import time
from collections.abc import Callable, Sequence
from random import Random

from services.agenda.networking.solving.costs import HARD, worth_of_tables
from services.agenda.networking.solving.instances import AWAY, Instance, Plan

HOTTEST, COLDEST = 3.0, 0.25
BATCH = 200


def has_choices(instance: Instance) -> bool:
    """Whether it matters who follows a timetable."""
    return instance.has_rules_between_people or instance.org is not None or instance.prefs is not None


def exchange(
    instance: Instance,
    plan: Plan,
    *,
    seconds: float,
    seed: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Plan:
    """The plan with its timetables dealt anew, by simulated annealing over exchanges of two people's."""
    choice = _Choice(instance, plan, Random(f"timetables:{seed}"))
    started = clock()
    # No time at all is left where the timetables themselves took longer than they should, and nobody can
    # exchange anything where everybody misses a round.
    while len(choice.free) > 1 and (passed := clock() - started) < seconds:
        choice.try_exchanges(BATCH, HOTTEST * (COLDEST / HOTTEST) ** (passed / seconds))
    return choice.plan()


class _Choice:
    """`row_of[p]` is the timetable that p follows; `met[s][t]` says how often timetables s and t meet."""

    def __init__(self, instance: Instance, plan: Plan, random: Random) -> None:
        self.instance = instance
        self.random = random
        self.columns = plan
        self.row_of = list(instance.people)
        hosts = set(instance.hosts.values())
        always = set.intersection(*map(set, instance.present))
        self.free = [person for person in instance.people if person in always and person not in hosts]
        self.met = _meetings(plan, instance.n)
        self.worth = self._worth()
        self.ties = self._ties()
        self.change, self.best_change, self.best = 0, 0, list(self.row_of)

    def _worth(self) -> list[list[int]]:
        """What each timetable's tables are worth to each person."""
        by_table = worth_of_tables(self.instance)
        rows = [{row[person] for row in self.columns} - {AWAY} for person in self.instance.people]
        return [[sum(values[table] for table in tables) for tables in rows] for values in by_table]

    def _ties(self) -> list[tuple[int, Sequence[int]]]:
        """The weight of a meeting, and for each person the mask of those whom it is about."""
        instance = self.instance
        ties: list[tuple[int, Sequence[int]]] = []
        if instance.weight("same_org") and instance.org_rule != "hard":
            ties.append((instance.weight("same_org"), instance.colleagues))
        if any(instance.apart):
            ties.append((HARD, instance.apart))
        if any(instance.companions):
            ties.append((-HARD, instance.companions))
        if instance.weight("must_meet_missed"):
            ties.append((-instance.weight("must_meet_missed"), instance.wanted))
        return ties

    def plan(self) -> Plan:
        return [[row[self.best[person]] for person in self.instance.people] for row in self.columns]

    def try_exchanges(self, count: int, temperature: float) -> None:
        random, free = self.random.random, self.free
        for _ in range(count):
            p, q = free[int(random() * len(free))], free[int(random() * len(free))]
            rise = self._rise(p, q) if p != q else HARD
            if rise <= 0 or random() < math.exp(-rise / temperature):
                self.row_of[p], self.row_of[q] = self.row_of[q], self.row_of[p]
                self.change += rise
                if self.change < self.best_change:
                    self.best_change, self.best = self.change, list(self.row_of)

    def _rise(self, p: int, q: int) -> int:
        """What it costs more if p and q follow each other's timetable."""
        at_p, at_q = self.row_of[p], self.row_of[q]
        rise = self.worth[p][at_p] + self.worth[q][at_q] - self.worth[p][at_q] - self.worth[q][at_p]
        for weight, others in self.ties:
            rise += weight * (self._meets(others[p], at_p, at_q, q) + self._meets(others[q], at_q, at_p, p))
        return rise

    def _meets(self, others: int, before: int, after: int, partner: int) -> int:
        """How many more meetings with `others` the timetable `after` has than `before`; the partner goes along."""
        others &= ~(1 << partner)
        met_after, met_before = self.met[after], self.met[before]
        total = 0
        while others:
            lowest = others & -others
            row = self.row_of[lowest.bit_length() - 1]
            total += met_after[row] - met_before[row]
            others ^= lowest
        return total


def _meetings(plan: Plan, people: int) -> list[list[int]]:
    """How often two timetables are at one table."""
    met = [[0] * people for _ in range(people)]
    for row in plan:
        for one in range(people):
            for other in range(one):
                if row[one] == row[other] != AWAY:
                    met[one][other] += 1
                    met[other][one] += 1
    return met
