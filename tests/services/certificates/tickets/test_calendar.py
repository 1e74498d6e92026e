from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from icalendar import Calendar

from services.certificates.tickets.calendar import Invitation, Method, calendar

STAMP = datetime(2022, 11, 1, tzinfo=UTC)
INVITATION = Invitation(
    registration_id=UUID(int=5),
    sequence=0,
    title="Vernetzungstreffen des KI-Hubs Sachsen-Thüringen",
    starts_at=datetime(2022, 11, 24, 8, 30, tzinfo=UTC),
    ends_at=datetime(2022, 11, 24, 15, 15, tzinfo=UTC),
    timezone="Europe/Berlin",
    location="TU Chemnitz, Professur Fabrikplanung und Intralogistik, Chemnitz",
    url="https://example.org/e/ki-hub-2022",
    organiser_name="Mittelstand-Digital Zentrum Chemnitz",
    organiser_email="events@example.org",
    attendee_name="محمد علي",
    attendee_email="gast.16@example.org",
)


def test_an_invitation_asks_for_no_reply() -> None:
    entry = _entry(calendar(INVITATION, Method.REQUEST, STAMP))
    attendee = entry["attendee"]
    assert (attendee, attendee.params["RSVP"]) == ("mailto:gast.16@example.org", "FALSE")
    assert attendee.params["CN"] == "محمد علي"
    assert entry["organizer"] == "mailto:events@example.org"


def test_an_invitation_shows_the_wall_time_of_the_event() -> None:
    entry = _entry(calendar(INVITATION, Method.REQUEST, STAMP))
    assert entry["dtstart"].params["TZID"] == "Europe/Berlin"
    assert entry.decoded("dtstart").isoformat() == "2022-11-24T09:30:00+01:00"


def test_the_file_brings_the_time_zone_with_it() -> None:
    read = Calendar.from_ical(calendar(INVITATION, Method.REQUEST, STAMP))
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_a_change_and_a_cancellation_keep_the_uid() -> None:
    first = calendar(INVITATION, Method.REQUEST, STAMP)
    cancelled = calendar(replace(INVITATION, sequence=1), Method.CANCEL, STAMP)
    assert _entry(first)["uid"] == _entry(cancelled)["uid"]
    assert (_entry(first)["sequence"], _entry(cancelled)["sequence"]) == (0, 1)


def test_the_method_says_whether_the_entry_comes_or_goes() -> None:
    assert Calendar.from_ical(calendar(INVITATION, Method.REQUEST, STAMP))["method"] == "REQUEST"
    cancelled = calendar(INVITATION, Method.CANCEL, STAMP)
    assert Calendar.from_ical(cancelled)["method"] == "CANCEL"
    assert _entry(cancelled)["status"] == "CANCELLED"


def test_the_same_invitation_gives_the_same_bytes() -> None:
    assert calendar(INVITATION, Method.REQUEST, STAMP) == calendar(INVITATION, Method.REQUEST, STAMP)


def _entry(file: bytes):  # type: ignore[no-untyped-def]  # icalendar's components are dictionaries of anything
    return Calendar.from_ical(file).walk("VEVENT")[0]
