"""From rules and people to a problem for the solvers (schema evn-networking/1), or the reason why there is none. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.agenda.networking.impossible import (
    MorePeopleThanSeats,
    MoreRoundsThanTables,
    NobodyTakesPart,
    NoTables,
    OrganisationTooLarge,
    PinnedTooMany,
    PinnedTwice,
    SideIsEmpty,
    SidesUnknown,
    TablesNotForTwo,
    TablesStayEmpty,
    TogetherAndApart,
    TogetherInPairs,
    TogetherTooMany,
    TooFewOrganisations,
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
OF_TWO = (Format.pairs, Format.sides)
IN_UNITS = (Format.organisations, Format.tour)
SOLVED_AS = {
    Format.pairs: "pairs",
    Format.sides: "bipartite",
    Format.organisations: "cafe",
    Format.cafe: "cafe",
    Format.groups: "mixer",
    Format.tour: "cafe",
}


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part; `wishes` are keys of tables, `away` are rounds counted from 0."""

    id: UUID
    name: str
    organisation: str = ""
    category: str = ""
    wishes: tuple[str, ...] = ()
    away: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Table:
    """A table or station; one that nobody named has no title."""

    key: str
    title: str
    capacity: int


@dataclass(frozen=True)
class Published:
    """The plan that people have: `rows[round][person]` is a table's key, `frozen` rounds have passed."""

    rows: Sequence[Mapping[UUID, str]]
    frozen: int
    pins: Sequence[tuple[int, UUID, str]] = ()
    units: Sequence[Sequence[UUID]] | None = None
    keeps_company: bool = True

    @property
    def people(self) -> set[UUID]:
        """Who has a seat in it, in any round."""
        return {person for row in self.rows for person in row}


@dataclass(frozen=True)
class Problem:
    """`document` numbers people and tables in the order of `people` and `tables`.

    Where people walk in `units` (lists of people's numbers), `document` says what the whole seating must keep.
    """

    people: tuple[UUID, ...]
    tables: tuple[Table, ...]
    document: dict[str, Any]
    units: list[list[int]] | None = None


@dataclass
class _Draft:
    format: Format
    rules: Rules
    rounds: int
    people: Sequence[Participant]
    tables: tuple[Table, ...]
    number: dict[UUID, int] = field(init=False)
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.number = {person.id: index for index, person in enumerate(self.people)}
        self.place = {table.key: index for index, table in enumerate(self.tables)}

    def there(self, number: int) -> list[int]:
        return [index for index, person in enumerate(self.people) if number not in person.away]

    def pairs(self, pairs: Iterable[tuple[UUID, UUID]]) -> list[list[int]]:
        """Those of which both take part."""
        return [[self.number[a], self.number[b]] for a, b in pairs if {a, b} <= self.number.keys()]


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
    if published is not None and format_ in IN_UNITS and not published.keeps_company and not published.frozen:
        # Nobody has walked yet, so that parties can be made anew, of those who are there.
        published, people = None, [person for person in people if len(person.away) < rounds]
    if not people:
        raise NobodyTakesPart
    draft = _Draft(format_, rules, rounds, people, _tables(format_, tables, people, published))
    units = _units(draft, published)
    document = _document(draft, units)
    if published is not None:
        document |= _replanned(draft, document, published)
    _refuse(draft, document, published.frozen if published else 0)
    return Problem(tuple(person.id for person in people), draft.tables, document, units)


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
        organisations = len({person.organisation or person.id for person in people})
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


def _units(draft: _Draft, published: Published | None) -> list[list[int]] | None:
    """Who walks as one: an organisation, or a party on a tour. Who is new joins the smallest party."""
    if draft.format not in IN_UNITS:
        return None
    if published is not None and published.units is not None:
        return _units_with_newcomers(draft, published.units)
    if draft.format is Format.organisations:
        found: dict[object, list[int]] = {}
        for number, person in enumerate(draft.people):
            found.setdefault(person.organisation.casefold() or person.id, []).append(number)
        return list(found.values())
    return parties_of(
        [person.organisation for person in draft.people],
        [table.capacity for table in draft.tables],
        together=draft.pairs(draft.rules.together),
        apart=draft.pairs(draft.rules.apart),
    )


def _units_with_newcomers(draft: _Draft, known: Sequence[Sequence[UUID]]) -> list[list[int]]:
    units = [[draft.number[person] for person in unit if person in draft.number] for unit in known]
    of_organisation = {draft.people[p].organisation.casefold(): unit for unit in units for p in unit}
    placed = {person for unit in units for person in unit}
    for number, person in enumerate(draft.people):
        if number in placed:
            continue
        smallest = min(units, key=len)
        by_name = draft.format is Format.organisations and person.organisation
        unit = of_organisation.get(person.organisation.casefold(), smallest) if by_name else smallest
        unit.append(number)
    return units


def _document(draft: _Draft, units: list[list[int]] | None) -> dict[str, Any]:
    rules, people = draft.rules, draft.people
    document: dict[str, Any] = {
        "id": draft.format.value,
        "format": SOLVED_AS[draft.format],
        "n": len(people),
        "rounds": draft.rounds,
        "tables": len(draft.tables),
        "caps": [_seats_of(draft, number) for number in range(draft.rounds)],
        "caps_per_round": True,
        "empty_ok": draft.format in (*OF_TWO, *IN_UNITS),
        "org": _labels(people),
        "org_rule": _organisation_rule(draft),
        "distinct_tables": draft.format in (Format.cafe, Format.tour),
        "hosts": _hosts(draft),
        "forbid": draft.pairs(rules.apart),
        "together": draft.pairs(rules.together) if units is None else [],
        "must_meet": draft.pairs(rules.must_meet),
        "pins": _pins(draft) if units is None else [],
        "absent": [[index, r, r + 1] for index, p in enumerate(people) for r in sorted(p.away)],
        "max_sitouts": _fair_sitouts(draft),
        "weights": dict(WEIGHTS[draft.format]),
    }
    if draft.format is Format.cafe and any(person.wishes for person in people):
        document["prefs"] = [[draft.place[w] for w in p.wishes if w in draft.place] or None for p in people]
    if draft.format is Format.sides and rules.sides is not None:
        document["side"] = [int(p.category not in rules.sides.first) for p in people]
    return document


def _hosts(draft: _Draft) -> dict[str, int]:
    """Stations have guides of their own; whoever takes part walks."""
    if draft.format in IN_UNITS:
        return {}
    return {str(draft.place[s.table]): draft.number[s.person] for s in _known_seats(draft, draft.rules.hosts)}


def _seats_of(draft: _Draft, number: int) -> list[list[int]]:
    if draft.format in OF_TWO:
        return [[2, 2]] * len(draft.tables)
    closed = {shut.table for shut in draft.rules.closed if shut.round == number + 1}
    fewest = 0 if draft.format in IN_UNITS else draft.rules.fewest_at_table
    return [[0, 0] if t.key in closed else [min(fewest, t.capacity), t.capacity] for t in draft.tables]


def _labels(people: Sequence[Participant]) -> list[int]:
    """A number for each organisation; who has none is nobody's colleague."""
    seen: dict[object, int] = {}
    return [seen.setdefault(person.organisation.casefold() or person.id, len(seen)) for person in people]


def _organisation_rule(draft: _Draft) -> str:
    if draft.format in IN_UNITS:
        return "ignore"
    wanted = draft.rules.organisations or Organisations.ignored
    return {"apart": "hard", "rather_apart": "soft", "ignored": "ignore"}[wanted]


def _known_seats(draft: _Draft, seats: Iterable[Any]) -> list[Any]:
    return [seat for seat in seats if seat.person in draft.number and seat.table in draft.place]


def _pins(draft: _Draft) -> list[list[int]]:
    always = [
        [number, draft.number[seat.person], draft.place[seat.table]]
        for seat in _known_seats(draft, draft.rules.fixed)
        for number in range(draft.rounds)
    ]
    once = [
        [seat.round - 1, draft.number[seat.person], draft.place[seat.table]]
        for seat in _known_seats(draft, draft.rules.pinned)
        if seat.round <= draft.rounds
    ]
    return always + once


def _fair_sitouts(draft: _Draft) -> int:
    """How often somebody sits out at most, if those who must are taken in turn."""
    if draft.format in IN_UNITS:
        return draft.rounds
    if draft.format not in OF_TWO:
        return 0
    total = sum(_standing(draft, number) for number in range(draft.rounds))
    taking_turns = len(draft.people)
    if draft.format is Format.sides and draft.rules.sides is not None:
        first = sum(p.category in draft.rules.sides.first for p in draft.people)
        taking_turns = max(first, taking_turns - first)
    return -(-total // taking_turns)


def _standing(draft: _Draft, number: int) -> int:
    there = draft.there(number)
    sitting = 2 * min(len(there) // 2, len(draft.tables))
    if draft.format is Format.sides and draft.rules.sides is not None:
        first = sum(draft.people[p].category in draft.rules.sides.first for p in there)
        sitting = 2 * min(first, len(there) - first, len(draft.tables))
    return len(there) - sitting


def _replanned(draft: _Draft, document: dict[str, Any], published: Published) -> dict[str, Any]:
    """What people have on paper, the rounds that have passed, and who must not be moved."""
    rows = [
        [draft.place.get(row.get(person.id, ""), AWAY) for person in draft.people] for row in published.rows
    ]
    frozen = published.frozen
    # In a round that has passed, whoever had no seat was away: it is nobody's turn to sit out for it.
    missing = [[p, r, r + 1] for r in range(frozen) for p, table in enumerate(rows[r]) if table == AWAY]
    pins = [
        [r, draft.number[p], draft.place[t]]
        for r, p, t in published.pins
        if p in draft.number and t in draft.place
    ]
    weights = document["weights"]
    if published.keeps_company:
        # Parties stay as they are, so that nothing else can be weighed.
        weights = {"changes": 1} if draft.format in IN_UNITS else {**weights, **LEAST_CHANGES}
        if draft.format in OF_TWO and _has_newcomers(draft, published):
            weights |= LEAST_CHANGES_FOR_NEWCOMERS
    return {
        "published": rows,
        "frozen_rounds": frozen,
        "absent": missing + [away for away in document["absent"] if away[1] >= frozen],
        "pins": [pin for pin in document["pins"] + pins if pin[0] >= frozen],
        # Orphans of a bilateral round may have nobody left whom they may meet.
        "max_sitouts": draft.rounds if draft.format in OF_TWO else document["max_sitouts"],
        "weights": weights,
    }


def _has_newcomers(draft: _Draft, published: Published) -> bool:
    """Whether somebody is there in a round to come who had no seat in any."""
    to_come, seated = set(range(published.frozen, draft.rounds)), published.people
    return any(not to_come <= person.away and person.id not in seated for person in draft.people)


def _refuse(draft: _Draft, document: dict[str, Any], frozen: int) -> None:
    for number in range(frozen, draft.rounds):
        _refuse_seats(draft, document["caps"][number], number)
        _refuse_pins(draft, document, number)
    if draft.format is Format.cafe and draft.rounds > len(draft.tables):
        raise MoreRoundsThanTables(rounds=draft.rounds, tables=len(draft.tables))
    _refuse_company(draft)
    if document["org_rule"] == "hard":
        _refuse_organisations(draft, document["caps"])


def _refuse_seats(draft: _Draft, seats: Sequence[Sequence[int]], number: int) -> None:
    if draft.format in (*OF_TWO, Format.organisations):
        return
    people = len(draft.there(number))
    least, most = (sum(seat[end] for seat in seats) for end in (0, 1))
    # Where slots are closed, a party waits for its turn.
    if people > most and draft.format is not Format.tour:
        raise MorePeopleThanSeats(round=number + 1, people=people, seats=most)
    if (
        draft.format is Format.tour
        and number == 0
        and len(draft.people) > sum(t.capacity for t in draft.tables)
    ):
        raise MorePeopleThanSeats(
            round=1, people=len(draft.people), seats=sum(t.capacity for t in draft.tables)
        )
    if people < least:
        raise TablesStayEmpty(round=number + 1, people=people, tables=len(seats), least=least)


def _refuse_pins(draft: _Draft, document: dict[str, Any], number: int) -> None:
    pins = {(person, table) for r, person, table in document["pins"] if r == number}
    pins |= {(person, int(table)) for table, person in document["hosts"].items()}
    pins = {(person, table) for person, table in pins if number not in draft.people[person].away}
    at_once = Counter(person for person, _ in pins)
    twice = next((person for person, count in at_once.items() if count > 1), None)
    if twice is not None:
        raise PinnedTwice(person=draft.people[twice].name, round=number + 1)
    for table, count in Counter(table for _, table in pins).items():
        if count > document["caps"][number][table][1]:
            named = draft.tables[table]
            raise PinnedTooMany(round=number + 1, table=named.title or named.key)


def _refuse_company(draft: _Draft) -> None:
    apart = {frozenset(pair) for pair in draft.pairs(draft.rules.apart)}
    together = draft.pairs(draft.rules.together)
    for one, other in together:
        names = {"one": draft.people[one].name, "other": draft.people[other].name}
        if frozenset((one, other)) in apart:
            raise TogetherAndApart(**names)
        if draft.format in OF_TWO:
            raise TogetherInPairs(**names)
    largest = max((len(group) for group in groups_of(together)), default=0)
    if largest > max(table.capacity for table in draft.tables):
        raise TogetherTooMany(people=largest)


def groups_of(pairs: Iterable[Sequence[int]]) -> list[set[int]]:
    """Who belongs together, directly or by others."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    return groups


def _refuse_organisations(draft: _Draft, caps: Sequence[Sequence[Sequence[int]]]) -> None:
    sizes = Counter(person.organisation.casefold() for person in draft.people if person.organisation)
    name, largest = max(sizes.items(), key=lambda item: item[1], default=("", 0))
    most = len(draft.tables)
    if draft.format in OF_TWO:
        # Somebody else for each of them, in every round.
        most = len(draft.people) - largest + (len(draft.people) % 2)
    if largest > most:
        named = next(p.organisation for p in draft.people if p.organisation.casefold() == name)
        raise OrganisationTooLarge(organisation=named, people=largest)
