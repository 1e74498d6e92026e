"""What every paper says about its event."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.certificates.documents import dates


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event in the words of one language. Instants carry their zone; `timezone` is the event's IANA zone."""

    title: str
    organiser: str
    venue: str
    city: str
    starts_at: datetime
    ends_at: datetime
    timezone: str

    @property
    def place(self) -> str:
        """The venue with its city, which many venues have in their name already."""
        return self.venue if not self.city or self.city in self.venue else f"{self.venue}, {self.city}"

    def when(self, language: str) -> str:
        return dates.span(self.starts_at, self.ends_at, self.timezone, language)

    def days(self, language: str) -> str:
        return dates.days(self.starts_at, self.ends_at, self.timezone, language)

    @property
    def is_on_one_day(self) -> bool:
        zone = ZoneInfo(self.timezone)
        return self.starts_at.astimezone(zone).date() == self.ends_at.astimezone(zone).date()
