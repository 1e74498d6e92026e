"""A networking problem: who is there, in which rounds, at which tables, under which rules.

The JSON form is `evn-networking/1`: people are the numbers 0 … n-1, tables 0 … tables-1, rounds 0 … rounds-1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, Literal, get_args

Format = Literal["pairs", "bipartite", "cafe", "mixer", "tour"]
OrgRule = Literal["hard", "soft", "ignore"]
Seats = tuple[int, int]
Pair = tuple[int, int]
# Round, person, table.
Pin = tuple[int, int, int]
# rounds × people: the table, or AWAY.
Plan = list[list[int]]

# Not seated in this round: absent, or sitting out.
AWAY = -1


class InvalidInstance(ValueError):
    """This networking problem contradicts itself."""


@dataclass(frozen=True)
class Instance:
    """One problem. `seats[r][t]` is the least and the largest number of people at table t in round r.

    `org` labels each person's organisation, `side` (bipartite) is 0 or 1, `prefs` ranks tables, best first,
    `hosts` maps a table to the person who sits there in every round. `published` is the plan that people
    have on paper (a re-plan), of which the first `frozen_rounds` have passed. `together` and `pins` are hard too, and
    ours alone: pairs who share a table whenever both are there, and seats that are taken already.
    """

    id: str
    format: Format
    n: int
    rounds: int
    tables: int
    seats: tuple[tuple[Seats, ...], ...]
    empty_ok: bool = False
    org: tuple[int, ...] | None = None
    org_rule: OrgRule = "ignore"
    side: tuple[int, ...] | None = None
    distinct_tables: bool = False
    visit_all_tables: bool = False
    hosts: Mapping[int, int] = field(default_factory=dict)
    prefs: tuple[tuple[int, ...] | None, ...] | None = None
    forbid: tuple[Pair, ...] = ()
    must_meet: tuple[Pair, ...] = ()
    together: tuple[Pair, ...] = ()
    pins: tuple[Pin, ...] = ()
    absent: tuple[frozenset[int], ...] = ()
    max_sitouts: int = 0
    published: tuple[tuple[int, ...], ...] | None = None
    frozen_rounds: int = 0
    weights: Mapping[str, int] = field(default_factory=lambda: {"repeats": 1})

    @property
    def people(self) -> range:
        return range(self.n)

    @cached_property
    def present(self) -> tuple[tuple[int, ...], ...]:
        """The people who are there, round by round."""
        return tuple(tuple(p for p in self.people if p not in away) for away in self.absent)

    @cached_property
    def apart(self) -> tuple[int, ...]:
        """Whom each person must never sit with, as a bit mask of people."""
        masks = [0] * self.n
        for one, other in self.forbid:
            masks[one] |= 1 << other
            masks[other] |= 1 << one
        if self.org_rule == "hard":
            masks = [mask | colleagues for mask, colleagues in zip(masks, self.colleagues, strict=True)]
        return tuple(masks)

    @cached_property
    def colleagues(self) -> tuple[int, ...]:
        """The others of each person's organisation, as a bit mask of people."""
        if self.org is None:
            return (0,) * self.n
        of = mask_by_label(self.org)
        return tuple(of[label] & ~(1 << person) for person, label in enumerate(self.org))

    @cached_property
    def wanted(self) -> tuple[int, ...]:
        """Whom each person must meet, as a bit mask of people."""
        masks = [0] * self.n
        for one, other in self.must_meet:
            masks[one] |= 1 << other
            masks[other] |= 1 << one
        return tuple(masks)

    @cached_property
    def companions(self) -> tuple[int, ...]:
        """With whom each person shares every table, as a bit mask of people."""
        masks = [0] * self.n
        for one, other in self.together:
            masks[one] |= 1 << other
            masks[other] |= 1 << one
        return tuple(masks)

    @cached_property
    def pinned(self) -> tuple[Mapping[int, int], ...]:
        """Who has a seat already, round by round: the person's table. Nobody who is away needs one."""
        tables: list[dict[int, int]] = [{} for _ in range(self.rounds)]
        for number, person, table in self.pins:
            if person not in self.absent[number]:
                tables[number][person] = table
        return tuple(tables)

    @cached_property
    def residents(self) -> frozenset[int]:
        """Who always sits at one table: hosts, and whoever is pinned there in each round."""
        pinned: dict[int, list[int]] = {}
        for number, person, table in self.pins:
            if person not in self.absent[number]:
                pinned.setdefault(person, []).append(table)
        there = {p: sum(p not in away for away in self.absent) for p in pinned}
        always = {p for p, tables in pinned.items() if len(set(tables)) == 1 and len(tables) >= there[p]}
        return frozenset(self.hosts.values()) | always

    @property
    def has_rules_between_people(self) -> bool:
        return any(self.apart) or bool(self.must_meet) or bool(self.together)

    def weight(self, metric: str) -> int:
        return self.weights.get(metric, 0)


def mask_by_label(labels: Sequence[int]) -> dict[int, int]:
    masks: dict[int, int] = {}
    for person, label in enumerate(labels):
        masks[label] = masks.get(label, 0) | 1 << person
    return masks


def pairs_of(mask: int) -> list[Pair]:
    return list(combinations(members(mask), 2))


def members(mask: int) -> list[int]:
    """The people of a bit mask, in order."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def parse(document: Mapping[str, Any]) -> Instance:
    """An instance of an `evn-networking/1` file. Raises InvalidInstance with the rule's name."""
    try:
        instance = _parse(document)
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        raise InvalidInstance(f"{document.get('id', 'An instance')} cannot be read: {problem!r}") from problem
    _refuse_contradictions(instance)
    return instance


def _parse(document: Mapping[str, Any]) -> Instance:
    n, rounds, tables = (int(document[name]) for name in ("n", "rounds", "tables"))
    return Instance(
        id=str(document["id"]),
        format=document["format"],
        n=n,
        rounds=rounds,
        tables=tables,
        seats=_seats(document, rounds, tables),
        empty_ok=bool(document.get("empty_ok", False)),
        org=_labels(document.get("org")),
        org_rule=document.get("org_rule", "ignore"),
        side=_labels(document.get("side")),
        distinct_tables=bool(document.get("distinct_tables", False)),
        visit_all_tables=bool(document.get("visit_all_tables", False)),
        hosts={int(table): int(person) for table, person in document.get("hosts", {}).items()},
        prefs=_prefs(document.get("prefs")),
        forbid=_pairs(document.get("forbid", ())),
        must_meet=_pairs(document.get("must_meet", ())),
        together=_pairs(document.get("together", ())),
        pins=_pins(document.get("pins", ())),
        absent=_absent(document.get("absent", ()), rounds),
        max_sitouts=int(document.get("max_sitouts", 0)),
        published=_published(document.get("published")),
        frozen_rounds=int(document.get("frozen_rounds", 0)),
        weights=dict(document.get("weights", {"repeats": 1})),
    )


def _seats(document: Mapping[str, Any], rounds: int, tables: int) -> tuple[tuple[Seats, ...], ...]:
    if document.get("caps") is None:
        low, high = document["cap"]
        return ((((int(low), int(high))),) * tables,) * rounds
    caps = document["caps"] if document.get("caps_per_round") else [document["caps"]] * rounds
    return tuple(tuple((int(low), int(high)) for low, high in row) for row in caps)


def _labels(labels: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if labels is None else tuple(labels)


def _prefs(prefs: Sequence[Sequence[int] | None] | None) -> tuple[tuple[int, ...] | None, ...] | None:
    return None if prefs is None else tuple(None if row is None else tuple(row) for row in prefs)


def _pairs(pairs: Sequence[Sequence[int]]) -> tuple[Pair, ...]:
    return tuple(sorted({(min(pair), max(pair)) for pair in pairs}))


def _pins(pins: Sequence[Sequence[int]]) -> tuple[Pin, ...]:
    return tuple((number, person, table) for number, person, table in pins)


def _absent(spans: Sequence[Sequence[int]], rounds: int) -> tuple[frozenset[int], ...]:
    """Spans are half open: a person is away in the rounds from the first to the one before the last."""
    away: list[set[int]] = [set() for _ in range(rounds)]
    for person, first, end in spans:
        if first < 0:
            raise ValueError(f"absent from round {first} on")
        for number in range(first, min(end, rounds)):
            away[number].add(person)
    return tuple(map(frozenset, away))


def _published(plan: Sequence[Sequence[int]] | None) -> tuple[tuple[int, ...], ...] | None:
    return None if plan is None else tuple(tuple(row) for row in plan)


def _refuse_contradictions(instance: Instance) -> None:
    for rule, is_broken in (
        ("people", instance.n < 1),
        ("tables", instance.tables < 1),
        ("format", instance.format not in get_args(Format)),
        ("org_rule", instance.org_rule not in get_args(OrgRule)),
        ("weights", any(not isinstance(weight, int) for weight in instance.weights.values())),
        ("seats", any(len(row) != instance.tables for row in instance.seats)),
        ("seats", len(instance.seats) != instance.rounds),
        ("seats", any(not 0 <= low <= high for row in instance.seats for low, high in row)),
        ("org", instance.org is not None and len(instance.org) != instance.n),
        ("side", instance.side is not None and len(instance.side) != instance.n),
        ("prefs", instance.prefs is not None and len(instance.prefs) != instance.n),
        ("side", instance.format == "bipartite" and not set(instance.side or ()) & {0, 1}),
        (
            "prefs",
            any(table not in range(instance.tables) for row in instance.prefs or () for table in row or ()),
        ),
        ("hosts", any(table not in range(instance.tables) for table in instance.hosts)),
        ("hosts", len(set(instance.hosts.values())) != len(instance.hosts)),
        ("people", any(not 0 <= p < instance.n for p in _named(instance))),
        ("pins", any(not _is_seat(instance, pin) for pin in instance.pins)),
        ("pins", len({pin[:2] for pin in instance.pins}) < len(set(instance.pins))),
        ("published", instance.published is not None and len(instance.published) != instance.rounds),
        ("published", any(not _is_row(instance, row) for row in instance.published or ())),
        ("frozen_rounds", not 0 <= instance.frozen_rounds <= instance.rounds),
    ):
        if is_broken:
            raise InvalidInstance(f"{instance.id}: the rule “{rule}” contradicts itself.")


def _is_seat(instance: Instance, pin: Pin) -> bool:
    number, person, table = pin
    return number in range(instance.rounds) and person in instance.people and table in range(instance.tables)


def _is_row(instance: Instance, row: Sequence[int]) -> bool:
    return len(row) == instance.n and set(row) <= {AWAY, *range(instance.tables)}


def _named(instance: Instance) -> list[int]:
    """Everybody whom a rule names."""
    pairs = (*instance.forbid, *instance.must_meet, *instance.together)
    away = (person for people in instance.absent for person in people)
    return [*instance.hosts.values(), *(person for pair in pairs for person in pair), *away]
