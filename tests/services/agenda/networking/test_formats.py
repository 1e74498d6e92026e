"""What each format promises to the people who take part in it."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from services.agenda.networking.brief import Published, Table
from services.agenda.networking.impossible import (
    MorePeopleThanSeats,
    MoreRoundsThanTables,
    OrganisationTooLarge,
    PinnedTooMany,
    PinnedTwice,
    SideIsEmpty,
    TablesNotForTwo,
    TogetherAndApart,
    TogetherInPairs,
    TooFewOrganisations,
)
from services.agenda.networking.parties import parties_of
from services.agenda.networking.problem import Problem, make_problem
from services.agenda.networking.rules import Closed, Format, Organisations, Pin, Rules, Seat, Sides
from services.agenda.networking.seating import search
from services.agenda.networking.solving.instances import AWAY
from shared.errors import Conflict
from tests.services.agenda.networking.participants import someone, tables

SIDES = Rules(sides=Sides(first=["partner"], second=["guest"]))


def person(number: int) -> UUID:
    return someone(number).id


def rows_of(problem: Problem, seconds: float = 0.3) -> list[list[int]]:
    return search(problem.document, problem.units, seconds=seconds).rows


def test_each_organisation_meets_each_other_one_whoever_speaks_for_it() -> None:
    people = [someone(number, organisation=f"Verein {number % 6}") for number in range(15)]
    rows = rows_of(make_problem(Format.organisations, Rules(), 5, [], people))
    met = Counter(
        frozenset(people[p].organisation for p, at in enumerate(row) if at == table)
        for row in rows
        for table in set(row)
    )
    assert met == {frozenset(f"Verein {n}" for n in pair): 1 for pair in combinations(range(6), 2)}


def test_two_sides_meet_each_other_and_wishes_come_true() -> None:
    people = [someone(n, category="partner" if n < 6 else "guest") for n in range(14)]
    rules = SIDES.model_copy(update={"must_meet": [(person(0), person(9)), (person(1), person(9))]})
    problem = make_problem(Format.sides, rules, 4, [], people)
    rows = rows_of(problem)
    met = [
        {p for p, at in enumerate(row) if at == table} for row in rows for table in set(row) if table != AWAY
    ]
    assert all(len(pair) == 2 and min(pair) < 6 <= max(pair) for pair in met)
    assert {0, 9} in met
    assert {1, 9} in met
    assert max(sum(row[p] == AWAY for row in rows) for p in range(14)) == 1


def test_everybody_on_a_tour_sees_each_station_though_one_is_closed_for_a_round() -> None:
    rules = Rules(closed=[Closed(table="table-1", round=2)])
    people = [someone(number, organisation=f"Verein {number % 4}") for number in range(20)]
    rows = rows_of(make_problem(Format.tour, rules, 4, tables(3, 8), people))
    assert all({row[p] for row in rows} >= {0, 1, 2} for p in range(20))
    assert 1 not in rows[1]


def test_parties_are_even_mixed_and_keep_together_who_belongs_together() -> None:
    organisations = ["A"] * 9 + ["B"] * 9 + ["C"] * 6
    parties = parties_of(organisations, [10, 10, 10], together=[(0, 1), (1, 9)], apart=[(0, 23)])
    assert sorted(map(len, parties)) == [8, 8, 8]
    with_first = next(party for party in parties if 0 in party)
    assert {0, 1, 9} <= set(with_first)
    assert 23 not in with_first
    assert all(len({organisations[p] for p in party}) == 3 for party in parties)


def test_even_parties_count_for_more_than_mixed_ones() -> None:
    parties = parties_of(["A"] * 6 + ["B"] * 6, [10, 10, 10], together=[(0, 1), (1, 2), (2, 3)])
    assert [len(party) for party in parties] == [4, 4, 4]


def test_fixed_and_pinned_people_sit_where_they_are_to_sit() -> None:
    rules = Rules(
        fixed=[Seat(person=person(3), table="table-2")],
        pinned=[Pin(person=person(4), table="table-0", round=2)],
        together=[(person(5), person(6)), (person(6), person(7))],
        apart=[(person(8), person(9))],
    )
    people = [someone(number) for number in range(18)]
    rows = rows_of(make_problem(Format.cafe, rules, 3, tables(4, 6), people))
    assert [row[3] for row in rows] == [2, 2, 2]
    assert rows[1][4] == 0
    assert all(row[5] == row[6] == row[7] for row in rows)
    assert all(row[8] != row[9] for row in rows)


@pytest.mark.parametrize(
    ("format_", "rules", "places", "refusal"),
    [
        (Format.cafe, Rules(), tables(3, 2), MorePeopleThanSeats),
        (Format.cafe, Rules(), tables(2, 9), MoreRoundsThanTables),
        (Format.pairs, Rules(), [Table("long", "Long table", 8)], TablesNotForTwo),
        (Format.pairs, Rules(together=[(person(0), person(1))]), [], TogetherInPairs),
        (
            Format.cafe,
            Rules(together=[(person(0), person(1))], apart=[(person(1), person(0))]),
            tables(4, 6),
            TogetherAndApart,
        ),
        (Format.sides, SIDES, [], SideIsEmpty),
        (Format.organisations, Rules(), [], TooFewOrganisations),
    ],
)
def test_what_cannot_be_is_named_before_anything_is_searched(
    format_: Format, rules: Rules, places: list[Table], refusal: type[Conflict]
) -> None:
    people = [someone(number, organisation="Verein", category="guest") for number in range(8)]
    facts: dict[str, Any] = {"rounds": 3, "tables": places, "people": people}
    with pytest.raises(refusal):
        make_problem(format_, rules, **facts)


@pytest.mark.parametrize(
    ("format_", "rules", "places"),
    [
        (Format.cafe, Rules(), tables(3, 2)),
        (Format.groups, Rules(fewest_at_table=3), tables(2, 4)),
        (Format.groups, Rules(organisations=Organisations.apart), tables(3, 2)),
        (Format.groups, Rules(together=[(person(0), person(3)), (person(3), person(4))]), tables(2, 3)),
        (Format.groups, Rules(fixed=[Seat(person=person(n), table="table-0") for n in (0, 3)]), tables(3, 2)),
        (Format.tour, Rules(), tables(3, 2)),
        (Format.tour, Rules(), tables(4, 2)),
    ],
    ids=["seats", "fewest", "colleagues", "together", "fixed", "stations", "more stations than pairs"],
)
def test_what_just_fits_is_planned(format_: Format, rules: Rules, places: list[Table]) -> None:
    """Six people, of whom three are colleagues, for three rounds."""
    people = [someone(number, organisation=f"Verein {max(2, number)}") for number in range(6)]
    rows = rows_of(make_problem(format_, rules, 3, places, people))
    assert all(len(row) == 6 and AWAY not in row for row in rows)


def test_an_organisation_of_all_but_the_others_and_one_who_sits_out_is_planned() -> None:
    people = [someone(n, organisation="Verein" if n < 3 else f"Verein {n}") for n in range(5)]
    rules = Rules(organisations=Organisations.apart)
    assert make_problem(Format.pairs, rules, 2, [], people).document["max_sitouts"] == 1
    with pytest.raises(OrganisationTooLarge):
        make_problem(Format.pairs, rules, 2, [], people[:4])


def test_the_larger_side_sits_out_in_turn() -> None:
    """Of nine, three stand in each of four rounds."""
    people = [someone(n, category="partner" if n < 6 else "guest") for n in range(15)]
    assert make_problem(Format.sides, SIDES, 4, [], people).document["max_sitouts"] == 2


def test_nobody_is_fixed_to_two_tables_in_one_round() -> None:
    rules = Rules(
        fixed=[Seat(person=person(0), table="table-0")],
        pinned=[Pin(person=person(0), table="table-1", round=2)],
    )
    people = [someone(number) for number in range(8)]
    with pytest.raises(PinnedTwice, match="Person 0 is to sit at two tables in round 2"):
        make_problem(Format.groups, rules, 3, tables(2, 4), people)


def test_whoever_is_away_takes_no_fixed_seat() -> None:
    """A table for two with three people fixed to it, of whom one is away in each round."""
    places = [Table("small", "Small", 2), *tables(2, 8)]
    rules = Rules(fixed=[Seat(person=person(number), table="small") for number in range(3)])
    people = [someone(n, away=frozenset([n]) if n < 3 else frozenset()) for n in range(12)]
    rows = rows_of(make_problem(Format.groups, rules, 3, places, people))
    assert [[p for p in range(3) if row[p] == 0] for row in rows] == [[1, 2], [0, 2], [0, 1]]
    with pytest.raises(PinnedTooMany):
        make_problem(Format.groups, rules, 3, places, [someone(number) for number in range(12)])


def test_colleagues_who_are_away_do_not_make_an_organisation_too_large() -> None:
    """Four colleagues at three tables, of whom one is away in each round."""
    rules = Rules(organisations=Organisations.apart)
    organisations = ["TU Chemnitz"] * 4 + [f"Verein {number}" for number in range(8)]
    people = [
        someone(n, organisation=name, away=frozenset([n]) if n < 3 else frozenset())
        for n, name in enumerate(organisations)
    ]
    rows = rows_of(make_problem(Format.groups, rules, 3, tables(3, 6), people))
    assert all(sorted(row[:4]) == [AWAY, 0, 1, 2] for row in rows)
    with pytest.raises(OrganisationTooLarge):
        make_problem(Format.groups, rules, 3, tables(3, 6), [replace(p, away=frozenset()) for p in people])


def test_one_organisation_written_in_two_ways_meets_no_other() -> None:
    people = [
        someone(number, organisation=name) for number, name in enumerate(["TU Chemnitz", "TU CHEMNITZ"])
    ]
    with pytest.raises(TooFewOrganisations):
        make_problem(Format.organisations, Rules(), 2, [], people)


def test_a_tour_with_another_round_that_has_not_begun_is_made_anew() -> None:
    people = [someone(number) for number in range(12)]
    problem = make_problem(Format.tour, Rules(), 2, tables(3, 8), people)
    keys = [table.key for table in problem.tables]
    before = Published(
        [{people[p].id: keys[t] for p, t in enumerate(row)} for row in rows_of(problem)],
        frozen=0,
        units=[[people[p].id for p in unit] for unit in problem.units or ()],
    )
    again = rows_of(make_problem(Format.tour, Rules(), 3, tables(3, 8), people, published=before))
    assert all({row[p] for row in again} == {0, 1, 2} for p in range(12))


def test_a_newcomer_joins_the_party_from_which_somebody_is_missing() -> None:
    """Three full parties of four go on as they are, one of them without the person who stayed away."""
    people = [someone(number) for number in range(12)]
    problem = make_problem(Format.tour, Rules(), 3, tables(3, 4), people)
    rows = rows_of(problem)
    keys = [table.key for table in problem.tables]
    units = [[people[p].id for p in unit] for unit in problem.units or ()]
    before = Published(
        [{people[p].id: keys[t] for p, t in enumerate(row)} for row in rows], frozen=0, units=units
    )
    missing = people.index(next(p for p in people if p.id == units[-1][0]))
    present = [replace(p, away=frozenset(range(3))) if n == missing else p for n, p in enumerate(people)]
    again = rows_of(
        make_problem(Format.tour, Rules(), 3, tables(3, 4), [*present, someone(12)], published=before)
    )
    assert [row[12] for row in again] == [row[missing] for row in rows]
    assert all(row[missing] == AWAY for row in again)


def test_who_took_the_way_of_another_party_keeps_it() -> None:
    """Somebody of the last party gave the way to a walk-in, and the first party has lost somebody too."""
    people = [someone(number) for number in range(12)]
    problem = make_problem(Format.tour, Rules(), 3, tables(3, 5), people)
    rows, units = rows_of(problem), problem.units or []
    keys = [table.key for table in problem.tables]
    gave_up, gone = units[-1][0], units[0][0]
    ways = [{people[p].id: keys[t] for p, t in enumerate(row) if p != gave_up} for row in rows]
    papers = [{**way, person(12): keys[row[gave_up]]} for way, row in zip(ways, rows, strict=True)]
    before = Published(papers, frozen=0, units=[[people[p].id for p in unit] for unit in units])
    away = frozenset(range(3))
    present = [replace(p, away=away) if n in (gave_up, gone) else p for n, p in enumerate(people)]
    again = rows_of(
        make_problem(Format.tour, Rules(), 3, tables(3, 5), [*present, someone(12)], published=before)
    )
    assert [row[12] for row in again] == [row[gave_up] for row in rows]


def test_a_tour_that_has_not_begun_is_made_anew_with_even_parties() -> None:
    """Of three parties of four, four people stay away; those who are there walk in new parties."""
    people = [someone(number) for number in range(12)]
    problem = make_problem(Format.tour, Rules(), 3, tables(3, 8), people)
    rows = rows_of(problem)
    first = [p for p in range(12) if rows[0][p] == 0]
    present = [someone(n, away=frozenset(range(3)) if n in first[:3] else frozenset()) for n in range(12)]
    keys = [table.key for table in problem.tables]
    before = Published(
        [{people[p].id: keys[t] for p, t in enumerate(row)} for row in rows],
        frozen=0,
        units=[[people[p].id for p in unit] for unit in problem.units or ()],
        keeps_company=False,
    )
    again = make_problem(Format.tour, Rules(), 3, tables(3, 8), present, published=before)
    sizes = Counter(table for table in rows_of(again)[0] if table != AWAY)
    assert sorted(sizes.values()) == [3, 3, 3]
