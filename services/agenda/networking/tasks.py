"""Searching the plans that were asked for."""

import time
from collections.abc import Callable

from services.agenda.networking.searching import solve_next
from services.agenda.runtime import Sessions
from shared.kit.tasks import periodic

# Far below a task's hard limit: after this time no further step is begun, and the next tick goes on.
SECONDS = 5


@periodic("agenda.solve_plans")
def solve_plans(clock: Callable[[], float] = time.monotonic) -> None:
    end = clock() + SECONDS
    while solve_next(Sessions) and clock() < end:
        pass
