"""What a funder wants to know of events: numbers, and never who. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Guest:
    """One person at one event, as far as it is counted: `address` and `organisation` tell people apart, no more."""

    address: str
    organisation: str
    has_come: bool
    minutes: int


@dataclass(frozen=True)
class HeldEvent:
    """What a report says of an event besides numbers; `reference` is the funder's, `timezone` the place's zone."""

    day: date
    title: Mapping[str, str]
    place: str
    organiser: str = ""
    reference: str = ""
    timezone: str = "UTC"


@dataclass(frozen=True)
class EventFigures:
    """One event in numbers. `people` and `organisations` are sets of keys, so that they can be joined."""

    event: HeldEvent
    registered: int
    arrived: int
    minutes: int
    confirmations: int
    people: frozenset[str] = field(default_factory=frozenset)
    organisations: frozenset[str] = field(default_factory=frozenset)

    @property
    def no_shows(self) -> int:
        return self.registered - self.arrived

    @property
    def hours(self) -> float:
        """Attended hours of all together, with one decimal."""
        return round(self.minutes / 60, 1)


@dataclass(frozen=True)
class Report:
    """The events of a period by date, and all of them together."""

    events: Sequence[EventFigures]

    @property
    def organisers(self) -> Sequence[str]:
        """Who held them, each once."""
        return list(dict.fromkeys(each.event.organiser for each in self.events if each.event.organiser))

    @property
    def references(self) -> Sequence[str]:
        """The funders' references, each once."""
        return list(dict.fromkeys(each.event.reference for each in self.events if each.event.reference))

    @property
    def registered(self) -> int:
        return sum(event.registered for event in self.events)

    @property
    def arrived(self) -> int:
        return sum(event.arrived for event in self.events)

    @property
    def no_shows(self) -> int:
        return sum(event.no_shows for event in self.events)

    @property
    def hours(self) -> float:
        return round(sum(event.minutes for event in self.events) / 60, 1)

    @property
    def confirmations(self) -> int:
        return sum(event.confirmations for event in self.events)

    @property
    def people(self) -> int:
        """Different people, by mail address: whoever came to three events is one of them."""
        return len(frozenset().union(*(event.people for event in self.events)))

    @property
    def organisations(self) -> int:
        """Different organisations, however they are capitalised and spaced."""
        return len(frozenset().union(*(event.organisations for event in self.events)))


def figures(event: HeldEvent, guests: Iterable[Guest], confirmations: int) -> EventFigures:
    """Count an event's guests; of those who did not come, only their number."""
    guests = list(guests)
    came = [guest for guest in guests if guest.has_come]
    return EventFigures(
        event=event,
        registered=len(guests),
        arrived=len(came),
        minutes=sum(guest.minutes for guest in came),
        confirmations=confirmations,
        people=frozenset(plain(guest.address) for guest in came),
        organisations=frozenset(plain(guest.organisation) for guest in came) - {""},
    )


def plain(text: str) -> str:
    """A text as it is compared: without capitals, with single spaces."""
    return " ".join(text.casefold().split())
