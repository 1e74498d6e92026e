"""The model event: as it is written down, and as the other services tell of it."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

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
from tests.support.facts import EVENT, ORGANISATION

FOLDER = Path(__file__).parents[3] / "deploy" / "local" / "model-event"


@dataclass(frozen=True)
class ModelEvent:
    """The folder of the model event, read."""

    programme: dict[str, Any]
    participants: list[dict[str, str]]
    door_log: list[dict[str, str]]
    expected: dict[str, Any]

    def sessions(self) -> list[tuple[datetime, datetime, str]]:
        """Start, end and kind of each session."""
        starts = [datetime.fromisoformat(session["starts_at"]) for session in self.programme["sessions"]]
        return [
            (start, start + timedelta(minutes=session["minutes"]), session["kind"])
            for start, session in zip(starts, self.programme["sessions"], strict=True)
        ]

    def messages(self) -> list[Message]:
        """All that certificates hears of the event, from its publication to its closing."""
        return [
            self.published(),
            self.released(),
            *map(self.confirmed, self.participants),
            *map(self.scanned, self.door_log),
            self.closed(),
            self.totals(),
        ]

    def published(self, **changes: Any) -> EventPublished:
        return EventPublished(**{**self._event(), "sequence": 3, "state": EventState.published, **changes})

    def closed(self, **changes: Any) -> EventClosed:
        closing = {"sequence": 4, "state": EventState.closed, "release": 1, "closed_at": self._at("ends_at")}
        return EventClosed(**{**self._event(), **closing, **changes})

    def _event(self) -> dict[str, Any]:
        event = self.programme["event"]
        return {
            "organisation_id": ORGANISATION,
            "event_id": EVENT,
            "slug": event["slug"],
            "title": event["title"],
            "starts_at": event["starts_at"],
            "ends_at": event["ends_at"],
            "timezone": event["timezone"],
            "venue": Venue(**event["venue"]),
            "organiser": event["organiser"],
            "contact_email": "treffen@example.org",
        }

    def _at(self, name: str) -> datetime:
        return datetime.fromisoformat(self.programme["event"][name])

    def released(self, **changes: Any) -> ProgrammeReleased:
        facts = {
            "organisation_id": ORGANISATION,
            "sequence": 1,
            "event_id": EVENT,
            "released_at": self._at("starts_at"),
            "sessions": tuple(map(_session, self.programme["sessions"])),
        }
        return ProgrammeReleased(**{**facts, **changes})

    def confirmed(self, person: dict[str, str], **changes: Any) -> RegistrationConfirmed:
        facts = {
            "organisation_id": ORGANISATION,
            "sequence": 1,
            "registration_id": id_of(person["ref"]),
            "event_id": EVENT,
            "status": RegistrationStatus.confirmed,
            **{name: person[name] for name in PERSONAL},
            "registered_at": datetime.fromisoformat("2022-10-01T10:00:00+02:00"),
            "link": f"http://localhost:8080/registration/r/{person['ref']}",
        }
        return RegistrationConfirmed(**{**facts, **changes})

    def scanned(self, row: dict[str, str]) -> ScanRecorded:
        return ScanRecorded(
            organisation_id=ORGANISATION,
            scan_id=uuid5(EVENT, f"{row['ref']} {row['scanned_at']} {row['direction']}"),
            event_id=EVENT,
            registration_id=id_of(row["ref"]),
            scanned_at=datetime.fromisoformat(row["scanned_at"]),
            direction=Direction(row["direction"]),
            means="ticket",
        )

    def totals(self, **changes: Any) -> AttendanceClosed:
        facts = {
            "organisation_id": ORGANISATION,
            "sequence": 1,
            "event_id": EVENT,
            "registrations": len(self.participants),
            "scans": len(self.door_log),
            "corrections": 0,
        }
        return AttendanceClosed(**{**facts, **changes})

    def only(self, *refs: str) -> "ModelEvent":
        """The same event with fewer people."""
        return ModelEvent(
            programme=self.programme,
            participants=[person for person in self.participants if person["ref"] in refs],
            door_log=[row for row in self.door_log if row["ref"] in refs],
            expected={"participants": {ref: self.expected["participants"][ref] for ref in refs}},
        )

    def person(self, ref: str) -> dict[str, str]:
        return next(person for person in self.participants if person["ref"] == ref)

    def due(self) -> set[UUID]:
        """The registrations that must get a confirmation."""
        people = self.expected["participants"].items()
        return {id_of(ref) for ref, person in people if person["confirmation_due"]}


PERSONAL = ("ref", "first_name", "last_name", "email", "organisation", "category", "locale")


def id_of(ref: str) -> UUID:
    """The registration of one of the participants."""
    return uuid5(EVENT, ref)


def _session(session: dict[str, Any]) -> ProgrammeSession:
    starts_at = datetime.fromisoformat(session["starts_at"])
    speaker = session.get("speaker_organisation")
    return ProgrammeSession(
        session_id=uuid5(EVENT, session["key"]),
        key=session["key"],
        kind=session["kind"],
        title=session["title"],
        room=session["room"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=session["minutes"]),
        speakers=(speaker,) if speaker else (),
    )


@cache
def read() -> ModelEvent:
    return ModelEvent(
        programme=json.loads((FOLDER / "programme.json").read_text(encoding="utf-8")),
        participants=_rows("participants.csv"),
        door_log=_rows("door-log.csv"),
        expected=json.loads((FOLDER / "expected.json").read_text(encoding="utf-8")),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
