"""Issues confirmations in a process that does nothing else, with the settings of a stack in its environment.

python -m bench.issuing_run prepare ORGANISATION PEOPLE    an event that has ended, with its people and scans
python -m bench.issuing_run issue ORGANISATION TOKEN       releases it by API; prints the seconds of CPU, and how many
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from services.certificates.confirmations.issuing import issue_next
from services.certificates.confirmations.models import Confirmation
from services.certificates.confirmations.tasks import BATCH
from services.certificates.copies import tasks
from services.certificates.main import app
from services.certificates.runtime import Sessions
from shared.contracts.agenda import (
    EventClosed,
    EventPublished,
    EventState,
    ProgrammeReleased,
    ProgrammeSession,
    Venue,
)
from shared.contracts.messages import Message
from shared.contracts.registration import (
    AttendanceClosed,
    Direction,
    RegistrationConfirmed,
    RegistrationStatus,
    ScanRecorded,
)

BEGIN = datetime(2026, 5, 6, 7, 0, tzinfo=UTC)
END = BEGIN + timedelta(hours=7)
SESSIONS = 6
HANDLERS = {
    contract: function for function in vars(tasks).values() for contract in getattr(function, "contracts", ())
}


def prepare(organisation: UUID, people: int) -> None:
    for message in messages(organisation, people):
        with Sessions.begin() as session:
            HANDLERS[type(message)](session, message)


def issue(organisation: UUID, token: str) -> int:
    """How many were issued, from the organiser's call on."""
    event = event_of(organisation)
    client = TestClient(app)
    answer = client.post(
        f"/certificates/api/v1/events/{event}/review", headers={"Authorization": f"Bearer {token}"}
    )
    answer.raise_for_status()
    seen = BATCH
    while seen:
        with Sessions.begin() as session:
            seen = issue_next(session, limit=BATCH)
    with Sessions() as session:
        of_the_event = select(func.count()).where(Confirmation.event_id == event)
        return session.scalar(of_the_event) or 0


def event_of(organisation: UUID) -> UUID:
    return uuid5(organisation, "bench")


def messages(organisation: UUID, people: int) -> Iterator[Message]:
    event = event_of(organisation)
    about = {
        "organisation_id": organisation,
        "event_id": event,
        "slug": "bench-issuing",
        "title": {"de": "Vernetzungstreffen", "en": "Networking meeting"},
        "starts_at": BEGIN,
        "ends_at": END,
        "timezone": "Europe/Berlin",
        "venue": Venue(name="TU Chemnitz", city="Chemnitz", country="DE"),
        "organiser": "Mittelstand-Digital Zentrum Chemnitz",
        "contact_email": "ki-hub@example.org",
    }
    yield EventPublished(**about, sequence=1, state=EventState.published)
    yield ProgrammeReleased(
        organisation_id=organisation,
        sequence=1,
        event_id=event,
        released_at=BEGIN,
        sessions=tuple(session(event, number) for number in range(SESSIONS)),
    )
    for number in range(people):
        yield person(organisation, event, number)
        for moment, direction in ((BEGIN, Direction.entry), (END, Direction.exit)):
            yield scan(organisation, event, number, moment, direction)
    yield EventClosed(**about, sequence=2, state=EventState.closed, release=1, closed_at=END)
    yield AttendanceClosed(
        organisation_id=organisation,
        sequence=1,
        event_id=event,
        registrations=people,
        scans=2 * people,
        corrections=0,
    )


def session(event: UUID, number: int) -> ProgrammeSession:
    return ProgrammeSession(
        session_id=uuid5(event, f"session {number}"),
        key=f"session-{number}",
        kind="talk",
        title=f"Vortrag {number}: Künstliche Intelligenz im Mittelstand",
        room="hall",
        starts_at=BEGIN + timedelta(hours=number),
        ends_at=BEGIN + timedelta(hours=number, minutes=45),
        speakers=(f"Institut {number}",),
    )


def person(organisation: UUID, event: UUID, number: int) -> RegistrationConfirmed:
    return RegistrationConfirmed(
        organisation_id=organisation,
        sequence=1,
        registration_id=uuid5(event, f"person {number}"),
        event_id=event,
        status=RegistrationStatus.confirmed,
        ref=f"B{number}",
        first_name="Jürgen",
        last_name=f"Großkreutz-Müller {number}",
        email=f"person-{number}@example.org",
        organisation="Thüringer Glas & Optik GmbH",
        category="partner",
        locale="de",
        registered_at=BEGIN,
        link=f"http://localhost:8080/registration/r/{number}",
    )


def scan(
    organisation: UUID, event: UUID, number: int, moment: datetime, direction: Direction
) -> ScanRecorded:
    return ScanRecorded(
        organisation_id=organisation,
        scan_id=uuid5(event, f"scan {number} {direction}"),
        event_id=event,
        registration_id=uuid5(event, f"person {number}"),
        scanned_at=moment,
        direction=direction,
        means="ticket",
    )


if __name__ == "__main__":
    step, known_organisation, value = sys.argv[1:]
    if step == "prepare":
        prepare(UUID(known_organisation), int(value))
    else:
        started = time.process_time()
        issued = issue(UUID(known_organisation), value)
        print(json.dumps([time.process_time() - started, issued]))
