"""Searching a seating for a problem, and what a seating is worth in figures that people understand. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.agenda.networking.solving.annealing import Schedule, anneal
from services.agenda.networking.solving.bounds import Bound, cost_bound, lower_bounds
from services.agenda.networking.solving.budget import Clock, WorkClock
from services.agenda.networking.solving.first_plans import NoPlanExists
from services.agenda.networking.solving.instances import AWAY, Instance, Plan, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.solving.solve import NEAR, solve
from services.agenda.networking.solving.wishes import best_pref_score

# The bounds that a plan is compared with, by the figure's name here.
BOUNDED = {
    "repeats": "repeats",
    "own_organisation": "same_org",
    "sitouts": "sitouts",
    "changes": "changes",
    "must_meet_missed": "must_meet_missed",
}


@dataclass(frozen=True)
class Found:
    """A seating and its figures; `is_best` when nothing better can exist, so that no search need go on."""

    rows: Plan
    figures: dict[str, Any]

    @property
    def is_best(self) -> bool:
        return bool(self.figures["optimal"])


def search(
    document: Mapping[str, Any],
    units: Sequence[Sequence[int]] | None,
    *,
    seconds: float,
    seed: int = 0,
    best: Plan | None = None,
    clock: Clock | None = None,
) -> Found:
    """The best seating found in `seconds`, not worse than `best`; the same seed finds the same.

    Raises NoPlanExists with a sentence.
    """
    instance = parse(document)
    if units is not None:
        rows, is_optimal = _walking(instance, units, seconds=seconds, seed=seed, clock=clock)
        return _checked(instance, rows, is_optimal=is_optimal)
    if best is None:
        return Found(*_judged(instance, solve(instance, seconds=seconds, seed=seed, clock=clock).plan))
    clock = clock or WorkClock(instance.n, seconds)
    walk, _ = anneal(instance, best, Schedule(seconds, hottest=NEAR), seed=seed, clock=clock)
    candidates = [Found(*_judged(instance, rows)) for rows in (walk, best)]
    return min(
        candidates, key=lambda found: (len(measure(instance, found.rows).broken), found.figures["cost"])
    )


def _checked(instance: Instance, rows: Plan, *, is_optimal: bool) -> Found:
    broken = measure(instance, rows).broken
    if broken:
        rules = sorted({each.partition(":")[0] for each in broken})
        raise NoPlanExists(f"No plan was found that keeps these rules; closest: {broken[0]}.", rules=rules)
    figures = figures_of(instance, rows)
    return Found(rows, {**figures, "optimal": is_optimal and figures["optimal"]})


def _judged(instance: Instance, rows: Plan) -> tuple[Plan, dict[str, Any]]:
    return rows, figures_of(instance, rows)


def _walking(
    instance: Instance, units: Sequence[Sequence[int]], *, seconds: float, seed: int, clock: Clock | None
) -> tuple[Plan, bool]:
    """Each unit goes as one; in a re-plan everybody keeps the way of the unit."""
    if instance.published is not None:
        ways = _known_ways(instance, units)
        is_optimal = True
    else:
        solution = solve(_of_units(instance, units), seconds=seconds, seed=seed, clock=clock)
        ways, is_optimal = _by_unit(solution.plan, len(units)), solution.optimal
    rows = [[AWAY] * instance.n for _ in range(instance.rounds)]
    for unit, way in zip(units, ways, strict=True):
        for person in unit:
            for number, table in enumerate(way):
                rows[number][person] = _seat(instance, number, person, table)
    return rows, is_optimal


def _seat(instance: Instance, number: int, person: int, of_unit: int) -> int:
    if person in instance.absent[number]:
        return AWAY
    own = instance.published[number][person] if instance.published else AWAY
    return own if own != AWAY else of_unit


def _by_unit(plan: Plan, count: int) -> list[list[int]]:
    return [[row[unit] for row in plan] for unit in range(count)]


def _known_ways(instance: Instance, units: Sequence[Sequence[int]]) -> list[list[int]]:
    """Where each unit goes by the published plan: where anybody of it goes."""
    published = instance.published or ()
    return [[next((row[p] for p in unit if row[p] != AWAY), AWAY) for row in published] for unit in units]


def _of_units(instance: Instance, units: Sequence[Sequence[int]]) -> Instance:
    """The same problem with each unit as one person."""
    if not instance.distinct_tables:
        return _of_organisations(instance, units)
    largest = max(map(len, units))
    seats = tuple(tuple((0, high // largest) for _, high in row) for row in instance.seats)
    open_slots = [sum(row[table][1] > 0 for row in seats) for table in range(instance.tables)]
    sees_all = min(open_slots) > 0 and instance.rounds >= instance.tables
    return _plain(
        instance,
        units,
        format="tour" if sees_all else "cafe",
        seats=seats,
        visit_all_tables=sees_all,
        empty_ok=True,
    )


def _of_organisations(instance: Instance, units: Sequence[Sequence[int]]) -> Instance:
    absent = tuple(
        frozenset(number for number, unit in enumerate(units) if away.issuperset(unit))
        for away in instance.absent
    )
    return _plain(
        instance,
        units,
        format="pairs",
        seats=(((2, 2),) * instance.tables,) * instance.rounds,
        absent=absent,
        empty_ok=True,
    )


def _plain(instance: Instance, units: Sequence[Sequence[int]], **changes: Any) -> Instance:
    nobody = (frozenset[int](),) * instance.rounds
    plain: dict[str, Any] = {
        "n": len(units),
        "org": None,
        "prefs": None,
        "hosts": {},
        "forbid": (),
        "must_meet": (),
        "together": (),
        "pins": (),
        "absent": nobody,
        "max_sitouts": instance.rounds,
        "weights": {"repeats": 1},
    }
    return replace(instance, **{**plain, **changes})


def figures_of(instance: Instance, rows: Plan) -> dict[str, Any]:
    """What a plan is worth; where it costs no more than any plan must, `why` says why."""
    most_wishes = best_pref_score(instance) if instance.prefs is not None else None
    measured = measure(instance, rows, best_pref_score=most_wishes)
    found, bounds = measured.figures, lower_bounds(instance)
    bound = cost_bound(instance, bounds)
    staying = _staying(instance)
    return {
        "cost": measured.cost,
        "bound": bound,
        "optimal": not measured.broken and measured.cost == bound,
        "why": _reasons(bounds),
        "people": len(staying),
        "people_met_at_least": _met_at_least(instance, rows, staying),
        "meetings": found["meetings"],
        "repeats": found["repeats"],
        "own_organisation": found.get("same_org", 0),
        **_wishes(instance, rows, staying),
        "must_meet": len(instance.must_meet),
        "must_meet_missed": found.get("must_meet_missed", 0),
        "sitouts": found["sitouts"],
        "sitting_out": found["sitting_out"],
        "sitouts_of_one": found["max_sitouts"],
        "changes": found["changes"],
        "least": {name: bounds[key].value for name, key in BOUNDED.items() if key in bounds},
    }


def _reasons(bounds: Mapping[str, Bound]) -> list[str]:
    return list(dict.fromkeys(bound.why for bound in bounds.values() if bound.value))


def _staying(instance: Instance) -> set[int]:
    """Who is there in a round to come: whoever has left, or never came, would spoil the figures of a re-plan."""
    to_come = instance.present[instance.frozen_rounds :]
    return {person for here in to_come for person in here}


def _met_at_least(instance: Instance, rows: Plan, staying: set[int]) -> int:
    """How many different others each of them but the hosts meets at least, who has a seat at all."""
    met: dict[int, set[int]] = {person: set() for person in staying - set(instance.hosts.values())}
    for row in rows:
        tables: dict[int, set[int]] = {}
        for person, table in enumerate(row):
            tables.setdefault(table, set()).add(person)
        for person, others in met.items():
            if row[person] != AWAY:
                others |= tables[row[person]]
    return min((len(others) - 1 for others in met.values() if others), default=0)


def _wishes(instance: Instance, rows: Plan, staying: set[int]) -> dict[str, int]:
    """How many wishes of them for tables there are and come true, all together and of the first ones alone."""
    wishing = staying - set(instance.hosts.values())
    ranked = {person: tables for person, tables in enumerate(instance.prefs or ()) if tables}
    visits = [
        ({row[person] for row in rows}, tables) for person, tables in ranked.items() if person in wishing
    ]
    return {
        "wishes": sum(len(tables) for _, tables in visits),
        "wishes_fulfilled": sum(len(visited.intersection(tables)) for visited, tables in visits),
        "first_wishes": len(visits),
        "first_wishes_fulfilled": sum(tables[0] in visited for visited, tables in visits),
    }


def company_changes(instance: Instance, before: Plan, after: Plan) -> int:
    """In how many seats (a person in a round) the company is another one."""
    return measure(replace(instance, published=tuple(map(tuple, before)), frozen_rounds=0), after).figures[
        "changes"
    ]
