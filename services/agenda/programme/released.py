"""A released programme as plain facts: what the exports draw, and nothing that can still change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts.agenda import Venue


@dataclass(frozen=True)
class Room:
    """A room; `capacity` is None where nobody counted the seats."""

    key: str
    name: str
    guid: UUID
    capacity: int | None = None


@dataclass(frozen=True)
class Speaker:
    """A person, or an organisation that has not named its person yet."""

    number: int
    guid: UUID
    organisation: str
    name: str = ""

    @property
    def label(self) -> str:
        """How a programme names the speaker: `Ada Beispiel (Beispiel GmbH)`, or one of the two."""
        if self.name and self.organisation:
            return f"{self.name} ({self.organisation})"
        return self.name or self.organisation


@dataclass(frozen=True)
class Session:
    """`starts_at` and `ends_at` are instants; `Programme.local` gives the wall time."""

    number: int
    guid: UUID
    key: str
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: Room | None = None
    abstract: str = ""
    speakers: tuple[Speaker, ...] = ()

    def __post_init__(self) -> None:
        _keep_in_utc(self, "starts_at", "ends_at")

    @property
    def minutes(self) -> int:
        """Minutes that pass, also across a change of the clocks."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


@dataclass(frozen=True)
class Programme:
    """One release. `title` is by language code and holds `default_locale`; `release` counts from 1."""

    event_id: UUID
    slug: str
    title: Mapping[str, str]
    default_locale: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    venue: Venue
    organiser: str
    release: int
    released_at: datetime
    rooms: tuple[Room, ...] = ()
    sessions: tuple[Session, ...] = ()

    def __post_init__(self) -> None:
        _keep_in_utc(self, "starts_at", "ends_at", "released_at")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def default_title(self) -> str:
        """The title in the event's own language."""
        return self.title[self.default_locale]

    def local(self, instant: datetime) -> datetime:
        """The instant as the clocks at the venue show it."""
        return instant.astimezone(self.zone)

    def in_order(self) -> tuple[Session, ...]:
        """The sessions by their beginning; those that begin together in the order of their entry."""
        return tuple(sorted(self.sessions, key=lambda session: (session.starts_at, session.number)))


def _keep_in_utc(facts: Session | Programme, *names: str) -> None:
    # Python compares and subtracts two times of one zone by their clocks, which is wrong by an hour
    # across a change of the clocks.
    for name in names:
        object.__setattr__(facts, name, getattr(facts, name).astimezone(UTC))
