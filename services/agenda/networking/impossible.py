"""Why there can be no plan, in one sentence each: what can be seen at once is not searched for. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.agenda.networking.brief import OF_TWO, Brief
from services.agenda.networking.parties import groups_of
from services.agenda.networking.rules import Format
from shared.errors import Conflict


class NoRounds(Conflict):
    """This session has no rounds. Please give it rounds and minutes in the programme."""


class NoTables(Conflict):
    """This format needs tables. Please add them to the session in the programme."""


class TablesNotForTwo(Conflict):
    """Two at a time sit at tables for two, and the table {table} has {seats} seats."""


class NobodyTakesPart(Conflict):
    """Nobody takes part in this session."""


class NobodyIsThere(Conflict):
    """By the door's scans nobody of those who take part is there. Please plan for everybody, and note who is away."""


class MorePeopleThanSeats(Conflict):
    """In round {round} there are {people} people and {seats} seats."""


class TablesStayEmpty(Conflict):
    """In round {round} there are {people} people, and the {tables} tables need at least {least}."""


class MoreRoundsThanTables(Conflict):
    """There are {rounds} rounds and {tables} tables, and nobody sits at a table twice."""


class SidesUnknown(Conflict):
    """Please say which categories of people meet which."""


class SideIsEmpty(Conflict):
    """Nobody of one of the two sides takes part."""


class TooFewOrganisations(Conflict):
    """Fewer than two organisations take part."""


class TogetherAndApart(Conflict):
    """{one} and {other} cannot be together and apart."""


class TogetherInPairs(Conflict):
    """Two at a time, {one} and {other} cannot stay together: they would meet nobody."""


class TogetherTooMany(Conflict):
    """{people} people are to stay together, and no table has so many seats."""


class OrganisationTooLarge(Conflict):
    """{organisation} has {people} people, too many to keep them from meeting each other."""


class PinnedTooMany(Conflict):
    """In round {round} more people are to sit at {table} than it has seats."""


class PinnedTwice(Conflict):
    """{person} is to sit at two tables in round {round}."""


def refuse(brief: Brief, document: Mapping[str, Any], frozen: int) -> None:
    """Raises one of the sentences above where the document (evn-networking/1) can have no plan.

    The first `frozen` rounds have passed, and whoever is only there in them counts no more.
    """
    for number in range(frozen, brief.rounds):
        _refuse_seats(brief, document["caps"][number], number)
        _refuse_pins(brief, document, number)
    if brief.format is Format.cafe and brief.rounds > len(brief.tables):
        raise MoreRoundsThanTables(rounds=brief.rounds, tables=len(brief.tables))
    if brief.format is Format.tour:
        _refuse_parties(brief, frozen)
    _refuse_company(brief)
    if document["org_rule"] == "hard":
        _refuse_organisations(brief, frozen)


def _refuse_seats(brief: Brief, seats: Sequence[Sequence[int]], number: int) -> None:
    if brief.format in (*OF_TWO, Format.organisations):
        return
    people = len(brief.there(number))
    least, most = (sum(seat[end] for seat in seats) for end in (0, 1))
    # Where slots are closed, a party waits for its turn.
    if people > most and brief.format is not Format.tour:
        raise MorePeopleThanSeats(round=number + 1, people=people, seats=most)
    if people < least:
        raise TablesStayEmpty(round=number + 1, people=people, tables=len(seats), least=least)


def _refuse_parties(brief: Brief, frozen: int) -> None:
    people, seats = len(brief.there_from(frozen)), sum(table.capacity for table in brief.tables)
    if people > seats:
        raise MorePeopleThanSeats(round=frozen + 1, people=people, seats=seats)


def _refuse_pins(brief: Brief, document: Mapping[str, Any], number: int) -> None:
    pins = {(person, table) for r, person, table in document["pins"] if r == number}
    pins |= {(person, int(table)) for table, person in document["hosts"].items()}
    pins = {(person, table) for person, table in pins if number not in brief.people[person].away}
    at_once = Counter(person for person, _ in pins)
    twice = next((person for person, count in at_once.items() if count > 1), None)
    if twice is not None:
        raise PinnedTwice(person=brief.people[twice].name, round=number + 1)
    for table, count in Counter(table for _, table in pins).items():
        if count > document["caps"][number][table][1]:
            named = brief.tables[table]
            raise PinnedTooMany(round=number + 1, table=named.title or named.key)


def _refuse_company(brief: Brief) -> None:
    apart = {frozenset(pair) for pair in brief.pairs(brief.rules.apart)}
    together = brief.pairs(brief.rules.together)
    for one, other in together:
        names = {"one": brief.people[one].name, "other": brief.people[other].name}
        if frozenset((one, other)) in apart:
            raise TogetherAndApart(**names)
        if brief.format in OF_TWO:
            raise TogetherInPairs(**names)
    largest = max((len(group) for group in groups_of(together)), default=0)
    if largest > max(table.capacity for table in brief.tables):
        raise TogetherTooMany(people=largest)


def _refuse_organisations(brief: Brief, frozen: int) -> None:
    if brief.format in OF_TWO:
        there = brief.there_from(frozen)
        name, people = _largest_organisation(brief, there)
        # Somebody else for each of them, in every round.
        if people > len(there) - people + len(there) % 2:
            raise OrganisationTooLarge(organisation=name, people=people)
        return
    for number in range(frozen, brief.rounds):
        name, people = _largest_organisation(brief, brief.there(number))
        if people > len(brief.tables):
            raise OrganisationTooLarge(organisation=name, people=people)


def _largest_organisation(brief: Brief, there: Collection[int]) -> tuple[str, int]:
    """As one of its people writes it, and how many of them there are; ("", 0) without any."""
    names = {brief.people[p].organisation.casefold(): brief.people[p].organisation for p in there}
    sizes = Counter(brief.people[p].organisation.casefold() for p in there)
    del sizes[""]
    key, people = max(sizes.items(), key=lambda item: item[1], default=("", 0))
    return names.get(key, ""), people
