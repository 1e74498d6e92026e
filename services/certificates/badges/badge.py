"""What stands on a person's badge."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One session of the person's own agenda: `time` as it is printed (`09:30`), `place` the room.

    `day` is the heading of the day where the event has several. A break gives way where there is no room for all.
    """

    time: str
    title: str
    place: str = ""
    day: str = ""
    is_break: bool = False

    @property
    def where(self) -> str:
        return self.place


@dataclass(frozen=True, slots=True)
class WayLine:
    """One meeting of the person's networking way: its format, and the table, station or partner."""

    time: str
    format: str
    place: str = ""
    partner: str = ""
    day: str = ""

    is_break = False

    @property
    def title(self) -> str:
        return self.format

    @property
    def where(self) -> str:
        return " · ".join(filter(None, (self.place, self.partner)))


@dataclass(frozen=True, slots=True)
class Badge:
    """`ticket_code` is the signed code (`EVT1:…`), `short_code` its eight letters as printed (`BCDF-GHJK`)."""

    first_name: str
    last_name: str
    organisation: str
    category: str
    ticket_code: str
    short_code: str
    agenda: tuple[AgendaLine, ...] = ()
    way: tuple[WayLine, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
