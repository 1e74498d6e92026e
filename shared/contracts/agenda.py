"""Facts that the agenda tells: events and released programmes."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.messages import Message, Service

LocalisedText = dict[str, str]
"""A text by language code, for example `{"de": "…", "en": "…"}`; at least one language."""


class EventState(StrEnum):
    """What an event is: `draft` → `published` → `closed`, or `cancelled`, which is final too."""

    draft = "draft"
    published = "published"
    closed = "closed"
    cancelled = "cancelled"


class Venue(BaseModel):
    """Where an event takes place, as it is printed."""

    model_config = ConfigDict(frozen=True)

    name: str
    city: str
    country: str
    """ISO 3166-1 alpha-2."""


class EventFacts(Message):
    """The whole state of an event."""

    producer: ClassVar[Service] = Service.agenda
    consumers: ClassVar[tuple[Service, ...]] = (Service.registration, Service.certificates)
    aggregate: ClassVar[str] = "event"

    event_id: UUID
    slug: str
    state: EventState
    title: LocalisedText
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: str
    """IANA name; instants are shown in it."""
    venue: Venue
    organiser: str
    contact_email: str | None = None
    """Reply-To of every mail about the event."""
    default_locale: str = "de"
    programme_url: str | None = None

    @property
    def subject(self) -> UUID:
        return self.event_id


class EventChanged(EventFacts):
    """An event was created or changed; told from the first draft on."""

    name: ClassVar[str] = "agenda.event_changed.v1"


class EventPublished(EventFacts):
    """An event is public from now on."""

    name: ClassVar[str] = "agenda.event_published.v1"


class EventCancelled(EventFacts):
    """An event will not take place."""

    name: ClassVar[str] = "agenda.event_cancelled.v1"


class EventClosed(EventFacts):
    """An event is over; attendance may be counted against the programme's `release`."""

    name: ClassVar[str] = "agenda.event_closed.v1"

    release: int | None = None
    """Sequence of the ProgrammeReleased that counts; None where no programme was released."""
    closed_at: AwareDatetime


class ProgrammeSession(BaseModel):
    """One session of a released programme, with what attendance and papers need of it."""

    model_config = ConfigDict(frozen=True)

    session_id: UUID
    key: str
    kind: str
    """`break` counts for nothing; every other kind counts as programme."""
    title: str
    room: str | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    speakers: tuple[str, ...] = ()


class ProgrammeReleased(Message):
    """A programme as it is printed and counted; `sequence` is the number of the release."""

    name: ClassVar[str] = "agenda.programme_released.v1"
    producer: ClassVar[Service] = Service.agenda
    consumers: ClassVar[tuple[Service, ...]] = (Service.registration, Service.certificates)
    aggregate: ClassVar[str] = "programme"

    event_id: UUID
    released_at: AwareDatetime
    sessions: tuple[ProgrammeSession, ...]

    @property
    def subject(self) -> UUID:
        return self.event_id


class NetworkingRound(BaseModel):
    """One round of a networking session, by the programme's clock."""

    model_config = ConfigDict(frozen=True)

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class NetworkingPlanPublished(Message):
    """Where everybody goes in a networking session; `sequence` counts how often its plan was published."""

    name: ClassVar[str] = "agenda.networking_plan_published.v1"
    producer: ClassVar[Service] = Service.agenda
    consumers: ClassVar[tuple[Service, ...]] = (Service.certificates,)
    aggregate: ClassVar[str] = "networking_plan"

    event_id: UUID
    session_id: UUID
    title: str
    room: str | None = None
    rounds: tuple[NetworkingRound, ...]
    tables: tuple[str, ...]
    """What stands on each table; empty where it has only its number, which counts from 1."""
    ways: dict[UUID, tuple[int, ...]]
    """By registration: the table's place in `tables` in each round, -1 without a seat."""
    mails: bool = True
    """Whether people whose way is new since the last mail get one about it."""
    has_stations: bool = False
    """People walk from station to station; `tables` are the stations then."""

    @property
    def subject(self) -> UUID:
        return self.session_id
