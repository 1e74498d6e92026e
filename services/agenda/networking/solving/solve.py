"""Solves a networking problem: a closed form where one exists, a search within the time budget for the rest."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from services.agenda.networking.solving.annealing import Schedule, anneal
from services.agenda.networking.solving.bipartite import seat_sides
from services.agenda.networking.solving.bounds import Bound, cost_bound, lower_bounds
from services.agenda.networking.solving.budget import Clock, WorkClock
from services.agenda.networking.solving.contradictions import refuse
from services.agenda.networking.solving.costs import HARD
from services.agenda.networking.solving.couples import are_crowded, seat_couples
from services.agenda.networking.solving.first_plans import NoPlanExists, first_plan
from services.agenda.networking.solving.instances import Instance, Plan
from services.agenda.networking.solving.measure import Measure, measure
from services.agenda.networking.solving.mending import mend
from services.agenda.networking.solving.mixers import seat_mixer
from services.agenda.networking.solving.pairs import as_two_sides, seat_pairs
from services.agenda.networking.solving.replans import keep_published
from services.agenda.networking.solving.seating_by_array import seat_by_array
from services.agenda.networking.solving.timetables import exchange, has_choices
from services.agenda.networking.solving.tours import seat_tour
from services.agenda.networking.solving.wishes import best_pref_score

# The part of the time that a search for a structure may take.
FOR_STRUCTURE = 0.25
FOR_CHOICES = 0.5
# Annealing seldom finds a tour that this search does not.
FOR_VISITS = 0.7
# The part of a walk in which the rules are to be kept, before something else is tried.
FOR_RULES = 0.6
FOR_MENDING = 0.7
# A walk that begins at a good plan is kept near it.
NEAR = 0.35


@dataclass(frozen=True)
class Solution:
    """A plan, its cost and its proven bound; `optimal` when they are equal, for the reasons in `bounds`."""

    plan: Plan
    measure: Measure
    bound: int
    bounds: dict[str, Bound]
    seconds: float

    @property
    def cost(self) -> int:
        return self.measure.cost

    @property
    def optimal(self) -> bool:
        return not self.measure.broken and self.cost == self.bound


def solve(instance: Instance, *, seconds: float = 2.0, seed: int = 0, clock: Clock | None = None) -> Solution:
    """The best plan found within `seconds`; the same seed gives the same plan (see WorkClock).

    Raises NoPlanExists with the reason, or with the rules that no plan found keeps.
    """
    began = time.perf_counter()
    refuse(instance)
    clock = clock or WorkClock(instance.n, seconds)
    started = clock()
    bounds = lower_bounds(instance)
    most_wishes = best_pref_score(instance) if instance.prefs is not None else None
    best: tuple[tuple[int, int], Plan, Measure] | None = None
    for plan in _plans(instance, started + seconds, seed, clock, cost_bound(instance, bounds)):
        measured = measure(instance, plan, best_pref_score=most_wishes)
        rank = (len(measured.broken), measured.cost)
        if best is None or rank < best[0]:
            best = (rank, plan, measured)
        if best[0] == (0, cost_bound(instance, bounds)):
            break
    if best is None or best[2].broken:
        closest = best[2] if best else None
        raise NoPlanExists(_why_not(closest), rules=_broken_rules(closest))
    return Solution(best[1], best[2], cost_bound(instance, bounds), bounds, time.perf_counter() - began)


def _why_not(measured: Measure | None) -> str:
    if measured is None:
        return "There is no plan for these people."
    rules = ", ".join(_broken_rules(measured))
    return f"No plan was found that keeps the rules {rules}; closest: {measured.broken[0]}."


def _broken_rules(measured: Measure | None) -> list[str]:
    return sorted({broken.partition(":")[0] for broken in measured.broken}) if measured else []


def _plans(instance: Instance, ends: float, seed: int, clock: Clock, goal: int) -> Iterator[Plan]:
    """Plans from the quickest on; each walk begins at one of them."""
    instance = as_two_sides(instance)
    starts = []
    for plan in _structures(instance, ends, seed, clock):
        if plan is not None:
            yield plan
            starts.append(plan)
    yield from _walks(instance, starts, ends, seed, clock, goal)


def _structures(instance: Instance, ends: float, seed: int, clock: Clock) -> Iterator[Plan | None]:
    if instance.published is not None:
        yield keep_published(instance)
        return
    plan = _structure(instance, ends, seed, clock)
    yield plan
    if plan is not None and has_choices(instance):
        yield exchange(instance, plan, seconds=FOR_CHOICES * (ends - clock()), seed=seed, clock=clock)


def _structure(instance: Instance, ends: float, seed: int, clock: Clock) -> Plan | None:
    if instance.format == "pairs":
        return seat_pairs(instance) if instance.side is None else seat_sides(instance)
    if instance.format == "bipartite":
        return seat_sides(instance)
    if instance.format == "tour":
        return seat_tour(instance, seconds=FOR_VISITS * (ends - clock()), seed=seed, clock=clock)
    for_structure = FOR_STRUCTURE * (ends - clock())
    if instance.format == "mixer" and not instance.distinct_tables:
        return seat_mixer(instance, seconds=for_structure, seed=seed, clock=clock)
    plan = seat_by_array(instance, seed=seed)
    if plan is None and are_crowded(instance):
        return seat_couples(instance, seconds=for_structure, seed=seed, clock=clock)
    return plan


def _walks(
    instance: Instance, starts: list[Plan], ends: float, seed: int, clock: Clock, goal: int
) -> Iterator[Plan]:
    """Annealing near each structure, and from a first plan; a re-plan begins anew only if what is kept breaks rules."""
    is_replan = instance.published is not None and bool(starts)
    count = len(starts) + (not is_replan)
    keeps_rules = False
    for number, start in enumerate(starts):
        share = (ends - clock()) / (count - number)
        if share > 0:
            plan, cost = _walk(instance, start, Schedule(share, NEAR, patience=FOR_RULES), seed, clock, goal)
            yield plan
            keeps_rules = keeps_rules or cost < HARD
    if is_replan and (keeps_rules or ends <= clock()):
        return
    schedule = Schedule(max(0.01, ends - clock()), patience=1 if keeps_rules else FOR_RULES)
    plan, cost = _walk(instance, first_plan(instance, seed=seed), schedule, seed, clock, goal)
    yield plan
    if not keeps_rules and cost >= HARD:
        yield from _mended(instance, plan, ends, seed, clock, goal)


def _mended(
    instance: Instance, plan: Plan, ends: float, seed: int, clock: Clock, goal: int
) -> Iterator[Plan]:
    """First the rules alone, then what else is asked for."""
    if (left := ends - clock()) > 0:
        plan = mend(instance, plan, seconds=FOR_MENDING * left, seed=seed, clock=clock)
        yield plan
        yield _walk(instance, plan, Schedule(max(0, ends - clock()), NEAR), seed, clock, goal)[0]


def _walk(
    instance: Instance, start: Plan, schedule: Schedule, seed: int, clock: Clock, goal: int
) -> tuple[Plan, int]:
    return anneal(instance, start, schedule, seed=seed, goal=min(goal, HARD - 1), clock=clock)
