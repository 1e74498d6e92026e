"""Any people and rules become a plan that keeps every hard rule, or a reason why there is none."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.agenda.networking.brief import Participant, Published, Table
from services.agenda.networking.problem import Problem, make_problem
from services.agenda.networking.rules import Format, Rules, Sides
from services.agenda.networking.seating import search
from services.agenda.networking.solving.first_plans import NoPlanExists
from services.agenda.networking.solving.instances import AWAY, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.solving.replans import keep_published
from shared.errors import Conflict
from tests.services.agenda.networking.participants import someone, tables

QUICK = 0.05


@st.composite
def problems(draw: st.DrawFn) -> tuple[Format, Rules, int, list[Table], list[Participant]]:
    """Small sessions of every format, with any mixture of rules about their people."""
    format_ = draw(st.sampled_from(list(Format)))
    rounds = draw(st.integers(1, 4))
    count = draw(st.integers(0, 14))
    is_of_two = format_ in (Format.pairs, Format.sides, Format.organisations)
    places = [] if is_of_two else tables(draw(st.integers(0, 4)), draw(st.integers(1, 8)))
    people = [
        someone(
            number,
            organisation=draw(st.sampled_from(["", "A", "B", "C"])),
            category=draw(st.sampled_from(["partner", "guest"])),
            wishes=tuple(draw(st.permutations([t.key for t in places]))[:2]),
            away=frozenset(draw(st.sets(st.integers(0, rounds - 1), max_size=1))),
        )
        for number in range(count)
    ]
    one = st.integers(0, 15).map(lambda number: UUID(int=number + 1))
    pairs = st.lists(st.tuples(one, one).filter(lambda pair: pair[0] != pair[1]), max_size=2)
    rules = Rules(
        organisations=draw(st.sampled_from(["apart", "rather_apart", "ignored"])),
        sides=Sides(first=["partner"], second=["guest"]),
        apart=draw(pairs),
        together=draw(pairs),
        must_meet=draw(pairs),
    )
    return format_, rules, rounds, places, people


def plan_or_reason(asked: Any) -> str | tuple[str, ...]:
    """The reason why there is no plan, or what a plan breaks."""
    try:
        problem = make_problem(*asked)
        found = search(problem.document, problem.units, seconds=QUICK)
    except Conflict as reason:
        return str(reason)
    except NoPlanExists as reason:
        return ", ".join(reason.rules) or str(reason)
    return measure(parse(problem.document), found.rows).broken


@given(problems())
@settings(max_examples=100, deadline=None)
def test_any_session_gets_a_plan_or_a_reason(asked: Any) -> None:
    outcome = plan_or_reason(asked)
    assert outcome == () or (isinstance(outcome, str) and outcome)


def a_published(problem: Problem, rows: list[list[int]]) -> Published:
    keys = [table.key for table in problem.tables]
    return Published(
        [
            {person: keys[table] for person, table in zip(problem.people, row, strict=True) if table != AWAY}
            for row in rows
        ],
        frozen=2,
    )


@pytest.mark.parametrize(
    ("format_", "places"), [(Format.pairs, []), (Format.cafe, tables(6, 12))], ids=["pairs", "café"]
)
def test_seven_no_shows_of_sixty_change_the_least_number_of_seats(
    format_: Format, places: list[Table]
) -> None:
    people = [someone(number, organisation=f"Verein {number % 12}") for number in range(60)]
    rounds = 9 if format_ is Format.pairs else 5
    rules = Rules(organisations="apart" if format_ is Format.pairs else "ignored")
    problem = make_problem(format_, rules, rounds, places, people)
    published = a_published(problem, search(problem.document, None, seconds=0.3).rows)
    missing = frozenset(range(2, rounds))
    present = [
        someone(n, organisation=f"Verein {n % 12}", away=missing if n % 9 == 0 else frozenset())
        for n in range(60)
    ]
    again = make_problem(format_, rules, rounds, places, present, published=published)
    instance = parse(again.document)
    rows = keep_published(instance)
    found = measure(instance, rows)
    assert found.broken == ()
    assert found.figures["changes"] == search(again.document, None, seconds=0.05).figures["least"]["changes"]


@pytest.mark.parametrize(
    ("format_", "sitouts"), [(Format.pairs, 2), (Format.groups, 0)], ids=["pairs", "mixed groups"]
)
def test_a_plan_made_again_for_fewer_rounds_keeps_what_was_moved_in_them(
    format_: Format, sitouts: int
) -> None:
    """Orphans of pairs may sit out in each round: those whom they may meet have somebody already."""
    people = [someone(number) for number in range(8)]
    places = [] if format_ is Format.pairs else tables(2, 4)
    key = "1" if format_ is Format.pairs else "table-1"
    before = Published([{}] * 3, frozen=1, pins=[(number, people[0].id, key) for number in range(3)])
    document = make_problem(format_, Rules(), 2, places, people, published=before).document
    assert [number for number, _, _ in document["pins"]] == [1]
    assert (len(document["published"]), document["max_sitouts"]) == (2, sitouts)


def test_newcomers_to_speed_networking_get_seats_though_pairs_part_for_them() -> None:
    people = [someone(number) for number in range(12)]
    problem = make_problem(Format.pairs, Rules(), 6, [], people)
    published = a_published(problem, search(problem.document, None, seconds=0.1).rows)
    again = make_problem(
        Format.pairs, Rules(), 6, [], [*people, someone(12), someone(13)], published=published
    )
    found = search(again.document, None, seconds=0.1)
    assert (found.figures["sitouts"], found.figures["repeats"]) == (0, 0)
    # Two are new and two part in each of four rounds; in one the two who are new meet each other.
    assert found.figures["changes"] == 3 * 4 + 2
