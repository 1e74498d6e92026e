"""Tours: each group sees each station once, in the slots in which the station is open."""

import time
from collections.abc import Callable
from random import Random

from services.agenda.networking.solving.instances import AWAY, Instance, Plan, members

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
        self.slot_of: dict[Visit, int] = {}
        # In which slots a group is free, and a station has room, as bit masks.
        self.free = [
            sum(1 << slot for slot, away in enumerate(instance.absent) if group not in away)
            for group in instance.people
        ]
        self.has_room = [
            sum(1 << slot for slot, row in enumerate(self.room) if row[station])
            for station in range(instance.tables)
        ]
        self.steps = STEPS
        self.is_over = is_over
        self.is_late = False

    def fill(self) -> bool:
        """Depth first, with a path of its own: a large tour has more visits than Python allows calls."""
        path: list[tuple[Visit, list[int]]] = []
        while self.open_visits:
            visit = min(self.open_visits, key=lambda visit: (self._slots(visit).bit_count(), visit))
            self.open_visits.discard(visit)
            path.append((visit, self._last_is_best(visit)))
            if not self._set_next(path):
                return False
        return True

    def _last_is_best(self, visit: Visit) -> list[int]:
        slots = members(self._slots(visit))
        self.random.shuffle(slots)
        # Where a station has room for two groups, they still go there one after the other if they can.
        slots.sort(key=lambda slot: -self.room[slot][visit[1]])
        return slots[::-1]

    def _set_next(self, path: list[tuple[Visit, list[int]]]) -> bool:
        """Another slot for the last visit, or else for the one before it; whether there was any, and time."""
        while path:
            visit, slots = path[-1]
            if slots and self._has_ended():
                return False
            if slots:
                self._set(visit, slots.pop())
                return True
            path.pop()
            self.open_visits.add(visit)
            if path:
                self._clear(path[-1][0])
        return False

    def _has_ended(self) -> bool:
        self.steps -= 1
        if self.steps % BETWEEN_LOOKS == 0 and self.steps > 0:
            self.is_late = self.is_late or self.is_over()
        return self.is_late or self.steps < 0

    def _slots(self, visit: Visit) -> int:
        group, station = visit
        return self.free[group] & self.has_room[station]

    def _set(self, visit: Visit, slot: int) -> None:
        group, station = visit
        self.slot_of[visit] = slot
        self.plan[slot][group] = station
        self.free[group] ^= 1 << slot
        self.room[slot][station] -= 1
        if not self.room[slot][station]:
            self.has_room[station] ^= 1 << slot

    def _clear(self, visit: Visit) -> None:
        group, station = visit
        slot = self.slot_of.pop(visit)
        self.plan[slot][group] = AWAY
        self.free[group] ^= 1 << slot
        self.room[slot][station] += 1
        self.has_room[station] |= 1 << slot
