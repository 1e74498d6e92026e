"""What an organiser asks of the plans of one networking session. People are named by their registration's id."""

from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.agenda.text import Key
from shared.kit.i18n import N_

# As many rules of a kind as anybody would type, and a file may hold.
MOST_RULES = 2_000

Person = UUID
Pair = tuple[UUID, UUID]
# Rounds are counted from 1, as people do.
RoundNumber = Annotated[int, Field(ge=1, le=100)]
QuestionKey = Annotated[str, Field(min_length=1, max_length=60)]


class Format(StrEnum):
    """How people meet."""

    pairs = "pairs"
    sides = "sides"
    organisations = "organisations"
    cafe = "cafe"
    groups = "groups"
    tour = "tour"


FORMAT_LABELS: dict[str, str] = {
    Format.pairs: N_("Two at a time, each with somebody new"),
    Format.sides: N_("Two sides: each meets somebody of the other side"),
    Format.organisations: N_("Each organisation meets each other one, whoever speaks for it"),
    Format.cafe: N_("World Café: themed tables, another one each round"),
    Format.groups: N_("Mixed groups, new ones each round"),
    Format.tour: N_("Groups walk from station to station"),
}
OF_KIND = {
    "speed_networking": Format.pairs,
    "world_cafe": Format.cafe,
    "mixed_groups": Format.groups,
    "station_tour": Format.tour,
}


class Organisations(StrEnum):
    """What is done about people of one organisation who would meet each other."""

    apart = "apart"
    rather_apart = "rather_apart"
    ignored = "ignored"


ORGANISATIONS_LABELS: dict[str, str] = {
    Organisations.apart: N_("They never meet"),
    Organisations.rather_apart: N_("They meet as little as possible"),
    Organisations.ignored: N_("It does not matter"),
}


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Seat(Entry):
    """Somebody who always sits at one table."""

    person: Person
    table: Key


class Pin(Seat):
    """Somebody who sits at one table in one round."""

    round: RoundNumber


class Absence(Entry):
    """Somebody who is not there from one round to another, both included; without `until_round`, to the end."""

    person: Person
    from_round: RoundNumber = 1
    until_round: RoundNumber | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until_round is not None and self.until_round < self.from_round:
            raise ValueError(N_("The last round comes before the first one."))
        return self


class Closed(Entry):
    """A table or station that is closed in one round."""

    table: Key
    round: RoundNumber


class Sides(Entry):
    """Categories of registration: people of the first side meet people of the second."""

    first: Annotated[list[str], Field(min_length=1, max_length=50)]
    second: Annotated[list[str], Field(min_length=1, max_length=50)]


EXAMPLE_RULES: dict[str, Any] = {
    "format": "cafe",
    "organisations": "rather_apart",
    "consent": "directory_consent",
    "wishes": ["cafe_wish_1", "cafe_wish_2", "cafe_wish_3"],
    "hosts": [{"person": "0198c5a0-0000-7000-8000-000000000001", "table": "schulungen"}],
}

Limited = Field(max_length=MOST_RULES)


class Rules(BaseModel):
    """The rules of one networking session. What is left out follows from the programme's session.

    Names are shown to others only of people who answered the question `consent` with yes; without it, of nobody.
    `wishes` are questions whose answers are keys of tables, the first wish first.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_RULES]})

    format: Format | None = None
    organisations: Organisations | None = None
    categories: Annotated[list[str], Field(max_length=50)] = []
    """Who takes part; empty: everybody who has a place."""
    sides: Sides | None = None
    consent: QuestionKey | None = None
    wishes: Annotated[list[QuestionKey], Field(max_length=20)] = []
    fewest_at_table: Annotated[int, Field(ge=1, le=1000)] = 2
    hosts: Annotated[list[Seat], Limited] = []
    """They sit at their table in every round."""
    fixed: Annotated[list[Seat], Limited] = []
    """Likewise, but any number of them at one table."""
    pinned: Annotated[list[Pin], Limited] = []
    apart: Annotated[list[Pair], Limited] = []
    together: Annotated[list[Pair], Limited] = []
    must_meet: Annotated[list[Pair], Limited] = []
    away: Annotated[list[Absence], Limited] = []
    closed: Annotated[list[Closed], Limited] = []
