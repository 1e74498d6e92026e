"""Rooms, speakers, sessions and releases as they travel through the API, named as in `programme.json`."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.agenda.events.schemas import Minute
from services.agenda.programme.models import ProgrammeSession, Release, Room, Speaker
from services.agenda.text import Key, Line, OptionalLine, Paragraph
from shared.kit.i18n import N_


class Kind(StrEnum):
    """What people do in a session; a `break` counts for nothing, every other kind is programme."""

    plenary = "plenary"
    introductions = "introductions"
    keynote = "keynote"
    talk = "talk"
    panel = "panel"
    workshop = "workshop"
    speed_networking = "speed_networking"
    world_cafe = "world_cafe"
    mixed_groups = "mixed_groups"
    station_tour = "station_tour"
    social = "social"
    break_ = "break"
    other = "other"


KIND_LABELS: dict[str, str] = {
    Kind.plenary: N_("Plenary"),
    Kind.introductions: N_("Introductions"),
    Kind.keynote: N_("Keynote"),
    Kind.talk: N_("Talk"),
    Kind.panel: N_("Panel discussion"),
    Kind.workshop: N_("Workshop"),
    Kind.speed_networking: N_("Speed networking"),
    Kind.world_cafe: N_("World Café"),
    Kind.mixed_groups: N_("Mixed groups"),
    Kind.station_tour: N_("Station tour"),
    Kind.social: N_("Get-together"),
    Kind.break_: N_("Break"),
    Kind.other: N_("Other"),
}

# A room for more than a hundred thousand is a typing mistake.
Seats = Annotated[int, Field(ge=1, le=100_000)]

EXAMPLE_ROOM: dict[str, Any] = {"key": "cafe", "name": "World-Café-Raum", "capacity": 70}
EXAMPLE_SPEAKER: dict[str, Any] = {"key": "tzlr", "organisation": "TZLR Ilmenau"}
EXAMPLE_SESSIONS: list[dict[str, Any]] = [
    {
        "key": "keynote-thueringen",
        "kind": "keynote",
        "title": "Durchdringung von KI in Unternehmen aus Thüringen",
        "room": "plenum",
        "starts_at": "2022-11-24T11:45:00+01:00",
        "minutes": 30,
        "speaker_organisation": "TZLR Ilmenau",
    },
    {
        "key": "demos",
        "kind": "station_tour",
        "title": "KI-Demonstratoren der Partner",
        "room": "fabrik",
        "starts_at": "2022-11-24T15:00:00+01:00",
        "minutes": 60,
        "networking": {
            "rounds": 3,
            "minutes_per_round": 18,
            "change_minutes": 2,
            "tables": [
                {"key": "station-1", "title": "Demonstrator 1", "capacity": 20},
                {"key": "station-2", "title": "Demonstrator 2", "capacity": 20},
                {"key": "station-3", "title": "Demonstrator 3", "capacity": 20},
            ],
        },
    },
]


class RoomFacts(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_ROOM]})

    key: Key
    name: Line
    capacity: Seats | None = None

    @classmethod
    def of(cls, room: Room) -> Self:
        return cls(key=room.key, name=room.name, capacity=room.capacity)


class RoomChanges(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"capacity": 70}]})

    key: Key | None = None
    name: Line | None = None
    capacity: Seats | None = None


class RoomAnswer(RoomFacts):
    id: UUID
    guid: UUID
    version: int

    @classmethod
    def of(cls, room: Room) -> Self:
        return cls(**RoomFacts.of(room).model_dump(), id=room.id, guid=room.guid, version=room.version)


class SpeakerFacts(BaseModel):
    """A person, an organisation, or both; one of `name` and `organisation` is needed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_SPEAKER]})

    key: Key
    name: OptionalLine = ""
    organisation: OptionalLine = ""

    @classmethod
    def of(cls, speaker: Speaker) -> Self:
        return cls(key=speaker.key, name=speaker.name, organisation=speaker.organisation)


class SpeakerChanges(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Ada Beispiel"}]})

    key: Key | None = None
    name: OptionalLine | None = None
    organisation: OptionalLine | None = None


class SpeakerAnswer(SpeakerFacts):
    id: UUID
    guid: UUID
    number: int
    version: int

    @classmethod
    def of(cls, speaker: Speaker) -> Self:
        return cls(
            **SpeakerFacts.of(speaker).model_dump(),
            id=speaker.id,
            guid=speaker.guid,
            number=speaker.number,
            version=speaker.version,
        )


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Key
    title: Line
    capacity: Seats


class Networking(BaseModel):
    """How people meet in a session: rounds of some minutes, with time to change seats between them."""

    model_config = ConfigDict(extra="forbid")

    rounds: Annotated[int, Field(ge=1, le=100)]
    minutes_per_round: Annotated[int, Field(ge=1, le=1440)]
    change_minutes: Annotated[int, Field(ge=0, le=120)] = 0
    avoid: Literal["same_organisation"] | None = None
    tables: Annotated[list[Table], Field(max_length=500)] = []

    @property
    def minutes(self) -> int:
        """What the rounds take; after the last one nobody changes seats."""
        return self.rounds * (self.minutes_per_round + self.change_minutes) - self.change_minutes


class SessionFacts(BaseModel):
    """A session. Name a speaking organisation in `speaker_organisation`, or people by their keys."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [*EXAMPLE_SESSIONS]})

    key: Key
    kind: Kind
    title: Line
    abstract: Paragraph = ""
    room: Key | None = None
    starts_at: Minute
    minutes: Annotated[int, Field(ge=1, le=1440)]
    speaker_organisation: OptionalLine | None = None
    speakers: Annotated[list[Key], Field(max_length=50)] = []
    networking: Networking | None = None


class SessionChanges(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"room": "plenum", "minutes": 45}]}
    )

    key: Key | None = None
    kind: Kind | None = None
    title: Line | None = None
    abstract: Paragraph | None = None
    room: Key | None = None
    starts_at: Minute | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    speaker_organisation: OptionalLine | None = None
    speakers: Annotated[list[Key], Field(max_length=50)] | None = None
    networking: Networking | None = None


class SessionAnswer(BaseModel):
    """A session as it stands; `networking` as it was given."""

    key: str
    kind: str
    title: str
    abstract: str
    room: str | None
    starts_at: AwareDatetime
    minutes: int
    speaker_organisation: str | None
    speakers: list[str]
    networking: dict[str, Any] | None
    id: UUID
    guid: UUID
    number: int
    ends_at: AwareDatetime
    version: int

    @classmethod
    def of(cls, row: ProgrammeSession, timezone: str) -> Self:
        return cls.model_validate(
            session_facts(row, timezone)
            | {
                "id": row.id,
                "guid": row.guid,
                "number": row.number,
                "ends_at": row.ends_at.astimezone(ZoneInfo(timezone)),
                "version": row.version,
            }
        )


def session_facts(row: ProgrammeSession, timezone: str) -> dict[str, Any]:
    """The session as it stands; the first speaker without a name is the `speaker_organisation`."""
    nameless = next((speaker for speaker in row.speakers if not speaker.name), None)
    return {
        "key": row.key,
        "kind": row.kind,
        "title": row.title,
        "abstract": row.abstract,
        "room": row.room.key if row.room else None,
        "starts_at": row.starts_at.astimezone(ZoneInfo(timezone)),
        "minutes": row.minutes,
        "speaker_organisation": nameless.organisation if nameless else None,
        "speakers": [speaker.key for speaker in row.speakers if speaker is not nameless],
        "networking": row.networking,
    }


class RoomWarning(BaseModel):
    """A room that has fewer seats than people have a place."""

    session: str
    room: str
    capacity: int
    people: int


class ReleaseAnswer(BaseModel):
    number: int
    released_at: AwareDatetime
    sessions: list[str]
    """Keys of the released sessions in their order."""
    warnings: list[RoomWarning] = []
    """Rooms that are too small at this moment; a release is not refused for them."""

    @classmethod
    def of(cls, release: Release, warnings: list[RoomWarning]) -> Self:
        return cls(
            number=release.number,
            released_at=release.released_at,
            sessions=[session["key"] for session in release.programme["sessions"]],
            warnings=warnings,
        )
