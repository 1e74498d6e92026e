"""Tours: each group sees each station once, in the slots in which the station is open."""

import time
from collections.abc import Callable, Iterator
from random import Random

from services.agenda.networking.solving.instances import AWAY, Instance, Plan

# How many visits a search sets before it begins anew, and how often it begins.
STEPS = 4_000
TRIES = 25
# And between two looks at the clock.
BETWEEN_LOOKS = 40

Visit = tuple[int, int]


def seat_tour(
    instance: Instance, *, seconds: float, seed: int = 0, clock: Callable[[], float] = time.perf_counter
) -> Plan | None:
    """A slot for each visit of a group (a person of the instance) at a station (a table); None where none was
    found in time.

    The visit with the fewest slots left is set first (minimum remaining values: Haralick and Elliott 1980).
    """
    ends = clock() + seconds
    for number in range(TRIES):
        search = _Search(instance, Random(f"tour:{seed}:{number}"), lambda: clock() > ends)
        if search.fill():
            return search.plan
        if search.is_late:
            break
    return None


class _Search:
    def __init__(self, instance: Instance, random: Random, is_over: Callable[[], bool]) -> None:
        self.instance = instance
        self.random = random
        self.plan: Plan = [[AWAY] * instance.n for _ in range(instance.rounds)]
        self.room = [[high for _, high in row] for row in instance.seats]
        self.open_visits = {
            (group, station) for group in instance.people for station in range(instance.tables)
        }
        self.steps = STEPS
        self.is_over = is_over
        self.is_late = False

    def fill(self) -> bool:
        if not self.open_visits:
            return True
        visit = min(self.open_visits, key=lambda visit: (sum(1 for _ in self._slots(visit)), visit))
        slots = list(self._slots(visit))
        self.random.shuffle(slots)
        # Where a station has room for two groups, they still go there one after the other if they can.
        slots.sort(key=lambda slot: -self.room[slot][visit[1]])
        self.open_visits.discard(visit)
        for slot in slots:
            if self._has_ended():
                break
            self._set(visit, slot)
            if self.fill():
                return True
            self._clear(visit, slot)
        self.open_visits.add(visit)
        return False

    def _has_ended(self) -> bool:
        self.steps -= 1
        if self.steps % BETWEEN_LOOKS == 0 and self.steps > 0:
            self.is_late = self.is_late or self.is_over()
        return self.is_late or self.steps < 0

    def _slots(self, visit: Visit) -> Iterator[int]:
        group, station = visit
        for slot, row in enumerate(self.plan):
            is_there = group not in self.instance.absent[slot]
            if is_there and row[group] == AWAY and self.room[slot][station]:
                yield slot

    def _set(self, visit: Visit, slot: int) -> None:
        group, station = visit
        self.plan[slot][group] = station
        self.room[slot][station] -= 1

    def _clear(self, visit: Visit, slot: int) -> None:
        group, station = visit
        self.plan[slot][group] = AWAY
        self.room[slot][station] += 1
