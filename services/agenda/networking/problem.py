"""From rules and people to a problem for the solvers (schema evn-networking/1), or the reason why there is none. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.agenda.networking.brief import IN_UNITS, OF_TWO, Brief, Participant, Published, Table
from services.agenda.networking.impossible import (
    NobodyTakesPart,
    NoTables,
    SideIsEmpty,
    SidesUnknown,
    TablesNotForTwo,
    TooFewOrganisations,
    refuse,
)
from services.agenda.networking.parties import parties_of
from services.agenda.networking.rules import Format, Organisations, Rules
from services.agenda.networking.solving.instances import AWAY

# Between two rules that cannot both be kept: a wished meeting counts for more than a new table companion.
WEIGHTS: dict[Format, dict[str, int]] = {
    Format.pairs: {"repeats": 5, "same_org": 2, "must_meet_missed": 5, "sitouts": 1},
    Format.sides: {"repeats": 5, "same_org": 2, "must_meet_missed": 5, "sitouts": 1},
    Format.cafe: {"repeats": 1, "same_org": 1, "pref_loss": 1, "must_meet_missed": 5},
    Format.groups: {"repeats": 1, "same_org": 1, "must_meet_missed": 5},
    Format.organisations: {},
    Format.tour: {},
}
# Who has other company than the paper says is what a re-plan spares first.
LEAST_CHANGES = {"changes": 5, "sitouts": 2, "repeats": 1}
# Who is new has come to meet people: rather than that two of them sit out, or meet again, a pair parts for them.
LEAST_CHANGES_FOR_NEWCOMERS = {"changes": 1, "sitouts": 3, "repeats": 3}
SOLVED_AS = {
    Format.pairs: "pairs",
    Format.sides: "bipartite",
    Format.organisations: "cafe",
    Format.cafe: "cafe",
    Format.groups: "mixer",
    Format.tour: "cafe",
}


@dataclass(frozen=True)
class Problem:
    """`document` numbers people and tables in the order of `people` and `tables`.

    Where people walk in `units` (lists of people's numbers), `document` says what the whole seating must keep.
    """

    people: tuple[UUID, ...]
    tables: tuple[Table, ...]
    document: dict[str, Any]
    units: list[list[int]] | None = None


def make_problem(
    format_: Format,
    rules: Rules,
    rounds: int,
    tables: Sequence[Table],
    people: Sequence[Participant],
    *,
    published: Published | None = None,
) -> Problem:
    """The problem of these people, who are named by rules only as far as they take part.

    Raises what stands in `impossible`.
    """
    people = _sides_only(rules, people) if format_ is Format.sides else people
    if published is not None and format_ in IN_UNITS and _can_part(published, rounds):
        published, people = None, [person for person in people if len(person.away) < rounds]
    if not people:
        raise NobodyTakesPart
    brief = Brief(format_, rules, rounds, people, _tables(format_, tables, people, published))
    units = _units(brief, published)
    document = _document(brief, units)
    if published is not None:
        document |= _replanned(brief, document, published)
    refuse(brief, document, published.frozen if published else 0)
    return Problem(tuple(person.id for person in people), brief.tables, document, units)


def _can_part(published: Published, rounds: int) -> bool:
    """Parties that have not walked yet are made anew of those who are there, where the old ones need not or cannot stay."""
    return not published.frozen and (not published.keeps_company or len(published.rows) != rounds)


def _sides_only(rules: Rules, people: Sequence[Participant]) -> list[Participant]:
    if rules.sides is None:
        raise SidesUnknown
    chosen = [p for p in people if p.category in (*rules.sides.first, *rules.sides.second)]
    if len({p.category in rules.sides.first for p in chosen}) < 2:
        raise SideIsEmpty
    return chosen


def _tables(
    format_: Format, tables: Sequence[Table], people: Sequence[Participant], published: Published | None
) -> tuple[Table, ...]:
    """The programme's tables; for two at a time, as many as are needed where it names none."""
    if format_ in OF_TWO:
        wrong = next((table for table in tables if table.capacity != 2), None)
        if wrong is not None:
            raise TablesNotForTwo(table=wrong.title, seats=wrong.capacity)
        return tuple(tables) or _numbered(_needed(len(people) // 2, published), 2)
    if format_ is Format.organisations:
        organisations = len({person.organisation.casefold() or person.id for person in people})
        if organisations < 2:
            raise TooFewOrganisations
        return _numbered(_needed(organisations // 2, published), len(people))
    if not tables:
        raise NoTables
    return tuple(tables)


def _needed(count: int, published: Published | None) -> int:
    """At least the tables that people have on paper."""
    known = (
        [int(key) for row in published.rows for key in row.values() if key.isdecimal()] if published else []
    )
    return max(1, count, *known)


def _numbered(count: int, capacity: int) -> tuple[Table, ...]:
    return tuple(Table(str(number), "", capacity) for number in range(1, count + 1))


def _units(brief: Brief, published: Published | None) -> list[list[int]] | None:
    """Who walks as one: an organisation, or a party on a tour. Who is new joins the smallest party."""
    if brief.format not in IN_UNITS:
        return None
    if published is not None and published.units is not None:
        return _units_with_newcomers(brief, published.units, published.frozen)
    if brief.format is Format.organisations:
        found: dict[object, list[int]] = {}
        for number, person in enumerate(brief.people):
            found.setdefault(person.organisation.casefold() or person.id, []).append(number)
        return list(found.values())
    return parties_of(
        [person.organisation for person in brief.people],
        [table.capacity for table in brief.tables],
        together=brief.pairs(brief.rules.together),
        apart=brief.pairs(brief.rules.apart),
    )


def _units_with_newcomers(brief: Brief, known: Sequence[Sequence[UUID]], frozen: int) -> list[list[int]]:
    there = brief.there_from(frozen)
    units = [[brief.number[person] for person in unit if person in brief.number] for unit in known]
    of_organisation = {brief.people[p].organisation.casefold(): unit for unit in units for p in unit}
    placed = {person for unit in units for person in unit}
    for number, person in enumerate(brief.people):
        if number in placed:
            continue
        smallest = min(units, key=lambda unit: len(there.intersection(unit)))
        by_name = brief.format is Format.organisations and person.organisation
        unit = of_organisation.get(person.organisation.casefold(), smallest) if by_name else smallest
        unit.append(number)
    return units


def _document(brief: Brief, units: list[list[int]] | None) -> dict[str, Any]:
    rules, people = brief.rules, brief.people
    document: dict[str, Any] = {
        "id": brief.format.value,
        "format": SOLVED_AS[brief.format],
        "n": len(people),
        "rounds": brief.rounds,
        "tables": len(brief.tables),
        "caps": [_seats_of(brief, number) for number in range(brief.rounds)],
        "caps_per_round": True,
        "empty_ok": brief.format in (*OF_TWO, *IN_UNITS),
        "org": _labels(people),
        "org_rule": _organisation_rule(brief),
        "distinct_tables": brief.format in (Format.cafe, Format.tour),
        "hosts": _hosts(brief),
        "forbid": brief.pairs(rules.apart),
        "together": brief.pairs(rules.together) if units is None else [],
        "must_meet": brief.pairs(rules.must_meet),
        "pins": _pins(brief) if units is None else [],
        "absent": [[index, r, r + 1] for index, p in enumerate(people) for r in sorted(p.away)],
        "max_sitouts": _fair_sitouts(brief),
        "weights": dict(WEIGHTS[brief.format]),
    }
    if brief.format is Format.cafe and any(person.wishes for person in people):
        document["prefs"] = [[brief.place[w] for w in p.wishes if w in brief.place] or None for p in people]
    if brief.format is Format.sides and rules.sides is not None:
        document["side"] = [int(p.category not in rules.sides.first) for p in people]
    return document


def _hosts(brief: Brief) -> dict[str, int]:
    """Stations have guides of their own; whoever takes part walks."""
    if brief.format in IN_UNITS:
        return {}
    return {str(brief.place[s.table]): brief.number[s.person] for s in _known_seats(brief, brief.rules.hosts)}


def _seats_of(brief: Brief, number: int) -> list[list[int]]:
    if brief.format in OF_TWO:
        return [[2, 2]] * len(brief.tables)
    closed = {shut.table for shut in brief.rules.closed if shut.round == number + 1}
    fewest = 0 if brief.format in IN_UNITS else brief.rules.fewest_at_table
    return [[0, 0] if t.key in closed else [min(fewest, t.capacity), t.capacity] for t in brief.tables]


def _labels(people: Sequence[Participant]) -> list[int]:
    """A number for each organisation; who has none is nobody's colleague."""
    seen: dict[object, int] = {}
    return [seen.setdefault(person.organisation.casefold() or person.id, len(seen)) for person in people]


def _organisation_rule(brief: Brief) -> str:
    if brief.format in IN_UNITS:
        return "ignore"
    wanted = brief.rules.organisations or Organisations.ignored
    return {"apart": "hard", "rather_apart": "soft", "ignored": "ignore"}[wanted]


def _known_seats(brief: Brief, seats: Iterable[Any]) -> list[Any]:
    return [seat for seat in seats if seat.person in brief.number and seat.table in brief.place]


def _pins(brief: Brief) -> list[list[int]]:
    always = [
        [number, brief.number[seat.person], brief.place[seat.table]]
        for seat in _known_seats(brief, brief.rules.fixed)
        for number in range(brief.rounds)
    ]
    once = [
        [seat.round - 1, brief.number[seat.person], brief.place[seat.table]]
        for seat in _known_seats(brief, brief.rules.pinned)
        if seat.round <= brief.rounds
    ]
    return always + once


def _fair_sitouts(brief: Brief) -> int:
    """How often somebody sits out at most, if those who must are taken in turn."""
    if brief.format in IN_UNITS:
        return brief.rounds
    if brief.format not in OF_TWO:
        return 0
    total = sum(_standing(brief, number) for number in range(brief.rounds))
    taking_turns = len(brief.people)
    if brief.format is Format.sides and brief.rules.sides is not None:
        first = sum(p.category in brief.rules.sides.first for p in brief.people)
        taking_turns = max(first, taking_turns - first)
    return -(-total // taking_turns)


def _standing(brief: Brief, number: int) -> int:
    there = brief.there(number)
    sitting = 2 * min(len(there) // 2, len(brief.tables))
    if brief.format is Format.sides and brief.rules.sides is not None:
        first = sum(brief.people[p].category in brief.rules.sides.first for p in there)
        sitting = 2 * min(first, len(there) - first, len(brief.tables))
    return len(there) - sitting


def _replanned(brief: Brief, document: dict[str, Any], published: Published) -> dict[str, Any]:
    """What people have on paper, the rounds that have passed, and who must not be moved."""
    # The session may have more rounds now, or fewer.
    papers = [dict(row) for row in published.rows[: brief.rounds]]
    papers += [{}] * (brief.rounds - len(papers))
    rows = [[brief.place.get(paper.get(person.id, ""), AWAY) for person in brief.people] for paper in papers]
    frozen = published.frozen
    # In a round that has passed, whoever had no seat was away: it is nobody's turn to sit out for it.
    missing = [[p, r, r + 1] for r in range(frozen) for p, table in enumerate(rows[r]) if table == AWAY]
    pins = [
        [r, brief.number[p], brief.place[t]]
        for r, p, t in published.pins
        if r < brief.rounds and p in brief.number and t in brief.place
    ]
    weights = document["weights"]
    if published.keeps_company:
        # Parties stay as they are, so that nothing else can be weighed.
        weights = {"changes": 1} if brief.format in IN_UNITS else {**weights, **LEAST_CHANGES}
        if brief.format in OF_TWO and _has_newcomers(brief, published):
            weights |= LEAST_CHANGES_FOR_NEWCOMERS
    return {
        "published": rows,
        "frozen_rounds": frozen,
        "absent": missing + [away for away in document["absent"] if away[1] >= frozen],
        "pins": [pin for pin in document["pins"] + pins if pin[0] >= frozen],
        # Orphans of a bilateral round may have nobody left whom they may meet.
        "max_sitouts": brief.rounds if brief.format in OF_TWO else document["max_sitouts"],
        "weights": weights,
    }


def _has_newcomers(brief: Brief, published: Published) -> bool:
    """Whether somebody is there in a round to come who had no seat in any."""
    to_come, seated = set(range(published.frozen, brief.rounds)), published.people
    return any(not to_come <= person.away and person.id not in seated for person in brief.people)
