"""Rooms, speakers and sessions as fields of forms, and back: fields are named as in the API."""

from collections.abc import Mapping
from typing import Any

from services.agenda.events.forms import read_wall_time
from services.agenda.programme.models import ProgrammeSession, Room, Speaker
from services.agenda.programme.schemas import RoomFacts, SessionFacts, SpeakerFacts
from services.agenda.refusals import checked
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

NETWORKING = ("rounds", "minutes_per_round", "change_minutes")


def room_values(room: Room) -> dict[str, str]:
    return {
        "version": str(room.version),
        "key": room.key,
        "name": room.name,
        "capacity": str(room.capacity or ""),
    }


def read_room(form: Mapping[str, str]) -> RoomFacts:
    """Raises Invalid with a sentence at each field that does not fit."""
    values = {name: form.get(name, "") for name in ("key", "name")}
    return checked(RoomFacts, {**values, "capacity": form.get("capacity", "").strip() or None})


def speaker_values(speaker: Speaker) -> dict[str, str]:
    return {
        "version": str(speaker.version),
        "key": speaker.key,
        "name": speaker.name,
        "organisation": speaker.organisation,
    }


def read_speaker(form: Mapping[str, str]) -> SpeakerFacts:
    """Raises Invalid with a sentence at each field that does not fit."""
    return checked(SpeakerFacts, {name: form.get(name, "") for name in ("key", "name", "organisation")})


def session_values(row: ProgrammeSession) -> dict[str, Any]:
    """The fields as they stand, with the version that the form was made from."""
    networking = row.networking or {}
    tables = [
        f"{table['key']} | {table['title']} | {table['capacity']}" for table in networking.get("tables", [])
    ]
    return {
        "version": str(row.version),
        "key": row.key,
        "kind": row.kind,
        "title": row.title,
        "abstract": row.abstract,
        "room": row.room.key if row.room else "",
        "starts_at": row.starts_wall.isoformat(timespec="minutes"),
        "minutes": str(row.minutes),
        "speakers": [speaker.key for speaker in row.speakers],
        **{f"networking.{name}": str(networking.get(name, "")) for name in NETWORKING},
        "networking.avoid": networking.get("avoid") or "",
        "networking.tables": "\n".join(tables),
    }


def read_session(form: Mapping[str, str], speakers: list[str], timezone: str) -> SessionFacts:
    """Raises Invalid with a sentence at each field that does not fit."""
    values = {name: form.get(name, "") for name in ("key", "kind", "title", "abstract", "minutes")}
    return checked(
        SessionFacts,
        {
            **values,
            "room": form.get("room") or None,
            "starts_at": read_wall_time(form, "starts_at", timezone),
            "speakers": speakers,
            "speaker_organisation": form.get("speaker_organisation", "").strip() or None,
            "networking": _networking(form),
        },
    )


def _networking(form: Mapping[str, str]) -> dict[str, Any] | None:
    """None where no rounds are given: the session has no networking then."""
    if not form.get("networking.rounds", "").strip():
        return None
    return {
        "rounds": form.get("networking.rounds"),
        "minutes_per_round": form.get("networking.minutes_per_round", ""),
        "change_minutes": form.get("networking.change_minutes", "").strip() or 0,
        "avoid": form.get("networking.avoid") or None,
        "tables": [_table(line) for line in form.get("networking.tables", "").splitlines() if line.strip()],
    }


def _table(line: str) -> dict[str, str]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not parts[2].isdecimal():
        sentence = N_("Please write each table as: key | title | seats")
        raise Invalid([FieldError("networking.tables", sentence)])
    return {"key": parts[0], "title": parts[1], "capacity": parts[2]}
