"""Plans of networking sessions as they travel through the API; rounds are counted from 1."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.agenda.networking.rules import Absence, RoundNumber, Rules
from services.agenda.text import Key
from shared.kit.i18n import N_
from shared.kit.instants import Instant

# The longest that anybody waits for a plan.
MOST_SECONDS = 120
PERSON = "0198c5a0-0000-7000-8000-000000000001"


class People(StrEnum):
    """Who is planned for: all who have a place, those who have come in, or those who are inside now."""

    confirmed = "confirmed"
    arrived = "arrived"
    inside = "inside"


class Replan(StrEnum):
    """How the published plan is changed: for as few people as possible, or the best from here on."""

    fewest_changes = "fewest_changes"
    anew = "anew"


class PlanOrder(BaseModel):
    """An order for a plan. With `replan` it begins with the published one, of which past rounds never change."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"people": "confirmed", "seconds": 5}]}
    )

    people: People = People.confirmed
    as_of: Instant | None = None
    """When people are counted who have arrived or are inside; without it, now."""
    seconds: Annotated[float, Field(ge=0.1, le=MOST_SECONDS)] = 5.0
    seed: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    replan: Replan | None = None
    from_round: RoundNumber | None = None
    """The first round that may change; without it, the one after the round that runs."""


class EditOrder(BaseModel):
    """One person moves to a table, or changes places with somebody, in one round; who moved stays there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"round": 2, "person": PERSON, "table": "schulungen"}]},
    )

    round: RoundNumber
    person: UUID
    table: Key | None = None
    swap_with: UUID | None = None
    try_only: bool = False
    """Only say what it would cost."""

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if (self.table is None) == (self.swap_with is None):
            raise ValueError(N_("Please give either a table or somebody to change places with."))
        if self.swap_with == self.person:
            raise ValueError(N_("Please name two people."))
        return self


class PublishOrder(BaseModel):
    """Whom publishing tells by mail: those whose way is new since their last mail about it, or nobody."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"mails": True}]})

    mails: bool = True


class AwayOrder(Absence):
    """Somebody is not there from one round to another, both included; without an end, for all that is left."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": PERSON, "from_round": 4}]})


class BackOrder(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"person": PERSON}]})

    person: UUID


class StandInOrder(BaseModel):
    """A newcomer takes the whole printed way of somebody who did not come."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"person": PERSON, "instead_of": None}]}
    )

    person: UUID
    instead_of: UUID | None = None
    """Without it, of whoever is missing and suits the rules."""


class ClockOrder(BaseModel):
    """`start` begins the next round, `hold` and `go_on` stop and resume its time, `end` ends the last round.

    `take_back` makes a round that runs one that has not begun, so that it may be planned again.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"action": "start", "round": 1}]}
    )

    action: Literal["start", "hold", "go_on", "end", "take_back"]
    round: RoundNumber | None = None
    """The round that `start` begins, or that all else is about: where two people say so at once, it happens once.
    Without it, the next one, or the one that runs."""


class SessionAnswer(BaseModel):
    """A networking session; `format` and `organisations` are what follows from rules and programme."""

    session: str
    title: str
    starts_at: AwareDatetime
    rounds: int
    format: str
    organisations: str
    edition: int
    """How often a plan was published; 0 before the first."""
    round: int
    rules: Rules


class Seated(BaseModel):
    """Where one person goes, round by round; null: no seat in that round."""

    person: UUID
    tables: list[str | None]


FIGURES: dict[str, Any] = {
    "cost": 106,
    "bound": 84,
    "optimal": False,
    "why": ["a table of one round has more people than tables to go on to in the next"],
    "people": 48,
    "people_met_at_least": 21,
    "meetings": 621,
    "repeats": 72,
    "own_organisation": 22,
    "wishes": 144,
    "wishes_fulfilled": 132,
    "first_wishes": 48,
    "first_wishes_fulfilled": 47,
    "must_meet": 0,
    "must_meet_missed": 0,
    "sitouts": 0,
    "sitting_out": 0,
    "sitouts_of_one": 0,
    "changes": 0,
    "least": {"repeats": 72, "own_organisation": 12},
}
EXAMPLE_PLAN: dict[str, Any] = {
    "number": 1,
    "state": "draft",
    "already_asked": False,
    "edition": None,
    "replans": None,
    "progress": 1.0,
    "seconds": 5.0,
    "seconds_taken": 5.0,
    "requested_at": "2022-11-23T08:00:00Z",
    "finished_at": "2022-11-23T08:00:06Z",
    "published_at": None,
    "reason": None,
    "figures": FIGURES,
    "people": 48,
    "version": 2,
    "seats": [{"person": PERSON, "tables": ["schulungen", "publikationen", "demonstratoren"]}],
}


class PlanAnswer(BaseModel):
    """A plan and how far it is: `queued`, `solving`, `draft`, `failed`, `published` or `replaced`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PLAN]})

    number: int
    state: str
    already_asked: bool = False
    """True where a plan was under way already: it is that one, no second was begun."""
    edition: int | None
    replans: int | None
    progress: float
    """The part of the time that has been searched, from 0 to 1."""
    seconds: float
    seconds_taken: float
    requested_at: AwareDatetime
    finished_at: AwareDatetime | None
    published_at: AwareDatetime | None
    reason: str | None
    figures: dict[str, Any] | None
    people: int
    version: int
    seats: list[Seated] | None = None
    """Only where a single plan is asked for."""


class EditAnswer(BaseModel):
    """What a change costs: the figures before it and after it, and in how many seats the company is another one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan": 1,
                    "kept": True,
                    "before": FIGURES,
                    "after": {**FIGURES, "repeats": 73, "cost": 107},
                    "changes": 18,
                }
            ]
        }
    )

    plan: int
    """The draft that holds the change; a published plan gets a new draft."""
    kept: bool
    before: dict[str, Any]
    after: dict[str, Any]
    changes: int


class ClockAnswer(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "round": 1,
                    "rounds": 9,
                    "is_held": False,
                    "ends_at": "2022-11-24T09:34:00Z",
                    "seconds_left": None,
                    "edition": 2,
                }
            ]
        }
    )

    round: int
    rounds: int
    is_held: bool
    ends_at: AwareDatetime | None
    seconds_left: int | None
    edition: int


class MetAnswer(BaseModel):
    """Somebody who agreed to be named, and how many different people they met."""

    name: str
    met: int


class OrganisationsAnswer(BaseModel):
    first: str
    second: str
    pairs: int


class ReportAnswer(BaseModel):
    """Who met whom over all networking sessions; names only of those who agreed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "people": 55,
                    "meetings": 2079,
                    "pairs": 1107,
                    "share_of_all_pairs": 0.7455,
                    "fewest": 9,
                    "median": 42,
                    "most": 48,
                    "organisations": [{"first": "Freie Beratung", "second": "TZLR Ilmenau", "pairs": 12}],
                    "named": [{"name": "Lisbeth Wieloch", "met": 9}],
                }
            ]
        }
    )

    people: int
    meetings: int
    pairs: int
    share_of_all_pairs: float
    fewest: int
    median: float
    most: int
    organisations: list[OrganisationsAnswer]
    named: list[MetAnswer]
