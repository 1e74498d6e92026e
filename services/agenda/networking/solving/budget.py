"""The time that a search may take, counted in work instead of by a watch."""

import time
from collections.abc import Callable

Clock = Callable[[], float]

# What passes between two looks at the clock: so many swaps of so many people take no longer on an ordinary processor.
STRETCH, FOR_EACH_PERSON = 0.0015, 0.000004
# The part of the time by which a machine may fall behind, in pauses, before its watch counts.
PAUSES = 0.1


class WorkClock:
    """Seconds, of which each look adds as many as a stretch of work usually takes, and seldom less.

    So the same seed gives the same plan on every machine, busy or not, that is fast enough. On one that is not
    the watch runs ahead: the search goes through all its stages in less work, and ends when `seconds` have
    really passed; what it finds then depends on the machine's speed.
    """

    def __init__(self, people: int, seconds: float, watch: Callable[[], float] = time.perf_counter) -> None:
        self._stretch = STRETCH + FOR_EACH_PERSON * people
        self._looks = 0
        self._watch = watch
        self._began = watch()
        self._pauses = PAUSES * seconds

    def __call__(self) -> float:
        self._looks += 1
        passed = self._watch() - self._began
        return max(self._looks * self._stretch, (passed - self._pauses) / (1 - PAUSES))
