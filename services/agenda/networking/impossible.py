"""Why there can be no plan, in one sentence each: what can be seen at once is not searched for."""

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
