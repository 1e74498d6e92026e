"""What is to be planned: the rules, the people, the tables, and the plan that people have already. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.agenda.networking.rules import Format, Rules

OF_TWO = (Format.pairs, Format.sides)
IN_UNITS = (Format.organisations, Format.tour)


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


@dataclass
class Brief:
    """Everything that a problem is made of; `number` and `place` tell people and tables by their numbers in it."""

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
        """The people (numbers) of a round, which is counted from 0."""
        return [index for index, person in enumerate(self.people) if number not in person.away]

    def there_from(self, first: int) -> set[int]:
        """The people (numbers) who are there in this round or a later one."""
        return {person for number in range(first, self.rounds) for person in self.there(number)}

    def pairs(self, pairs: Iterable[tuple[UUID, UUID]]) -> list[list[int]]:
        """Those of which both take part."""
        return [[self.number[a], self.number[b]] for a, b in pairs if {a, b} <= self.number.keys()]
