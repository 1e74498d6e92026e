"""The calendar invitation that travels with a ticket (RFC 5545, RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from shared.kit.vtimezone import timezone_component

PRODUCT = "-//Treffpunkt//Certificates//EN"


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Invitation:
    """One person's entry for one event.

    `sequence` rises with every change of time or place and with the cancellation; calendars ignore what
    is not newer than what they have. `timezone` is an IANA name.
    """

    registration_id: UUID
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    location: str
    url: str
    organiser_name: str
    organiser_email: str
    attendee_name: str
    attendee_email: str


def calendar(invitation: Invitation, method: Method, stamp: datetime) -> bytes:
    """The iCalendar file; the same input gives the same bytes. Nobody is asked to reply."""
    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", method.value)
    file.add_component(_entry(invitation, method, stamp))
    for zone in file.get_missing_tzids():
        file.add_component(_zone(zone, invitation.starts_at.year, invitation.ends_at.year))
    return bytes(file.to_ical())


def uid(registration_id: UUID) -> str:
    """The entry's UID: one for a registration, for as long as it lives."""
    return f"{registration_id}@treffpunkt"


@lru_cache(maxsize=64)
def _zone(name: str, first_year: int, last_year: int) -> Timezone:
    """The zone's rules around the event; working them out takes longer than all the rest of the file."""
    return timezone_component(
        ZoneInfo(name), datetime(first_year, 7, 1, tzinfo=UTC), datetime(last_year, 7, 1, tzinfo=UTC)
    )


def _entry(invitation: Invitation, method: Method, stamp: datetime) -> Event:
    zone = ZoneInfo(invitation.timezone)
    entry = Event()
    entry.add("uid", uid(invitation.registration_id))
    entry.add("sequence", invitation.sequence)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("summary", invitation.title)
    entry.add("dtstart", invitation.starts_at.astimezone(zone))
    entry.add("dtend", invitation.ends_at.astimezone(zone))
    entry.add("location", invitation.location)
    entry.add("url", invitation.url)
    entry.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    entry.add("organizer", _address(invitation.organiser_email, invitation.organiser_name))
    entry.add("attendee", _attendee(invitation), encode=False)
    return entry


def _attendee(invitation: Invitation) -> vCalAddress:
    address = _address(invitation.attendee_email, invitation.attendee_name)
    address.params["rsvp"] = vText("FALSE")
    address.params["partstat"] = vText("ACCEPTED")
    return address


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address
