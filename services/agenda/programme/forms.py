"""Rooms, speakers and sessions as fields of forms, and back: fields are named as in the API.

A key may be left out: it is then made from the name, so that nobody has to invent one.
"""

from collections.abc import Collection, Mapping
from typing import Any

from services.agenda.events.forms import wall_time_in
from services.agenda.programme.models import ProgrammeSession, Room, Speaker
from services.agenda.programme.schemas import RoomFacts, SessionFacts, SpeakerFacts
from services.agenda.refusals import checked, filled
from services.agenda.text import key_from
from shared.errors import FieldError, Invalid
from shared.kit.i18n import N_

ROUNDS = ("rounds", "minutes_per_round", "change_minutes", "avoid")


def room_values(room: Room) -> dict[str, str]:
    """The fields as they stand, with the version that the form was made from."""
    return {
        "version": str(room.version),
        "key": room.key,
        "name": room.name,
        "capacity": str(room.capacity or ""),
    }


def read_room(form: Mapping[str, str], *, taken: Collection[str] = ()) -> RoomFacts:
    """Raises Invalid with a sentence at each field that does not fit."""
    form = filled(form)
    name = form.get("name", "")
    key = form.get("key") or key_from(name, taken)
    return checked(RoomFacts, {"key": key, "name": name, "capacity": form.get("capacity")})


def speaker_values(speaker: Speaker) -> dict[str, str]:
    """The fields as they stand, with the version that the form was made from."""
    return {
        "version": str(speaker.version),
        "key": speaker.key,
        "name": speaker.name,
        "organisation": speaker.organisation,
    }


def read_speaker(form: Mapping[str, str], *, taken: Collection[str] = ()) -> SpeakerFacts:
    """Raises Invalid with a sentence at each field that does not fit."""
    form = filled(form)
    name, organisation = form.get("name", ""), form.get("organisation", "")
    key = form.get("key") or key_from(name or organisation, taken)
    return checked(SpeakerFacts, {"key": key, "name": name, "organisation": organisation})


def session_values(row: ProgrammeSession) -> dict[str, Any]:
    """The fields as they stand, with the version that the form was made from."""
    networking = row.networking or {}
    tables = networking.get("tables", [])
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
        **{f"networking.{name}": str(networking.get(name) or "") for name in ROUNDS},
        "networking.tables": "\n".join(f"{t['key']} | {t['title']} | {t['capacity']}" for t in tables),
    }


def read_session(
    form: Mapping[str, str], speakers: list[str], timezone: str, *, taken: Collection[str] = ()
) -> SessionFacts:
    """Raises Invalid with a sentence at each field that does not fit."""
    form = filled(form)
    title = form.get("title", "")
    return checked(
        SessionFacts,
        {
            "key": form.get("key") or key_from(title, taken),
            "kind": form.get("kind"),
            "title": title,
            "abstract": form.get("abstract", ""),
            "room": form.get("room"),
            "starts_at": wall_time_in(form, "starts_at", timezone),
            "minutes": form.get("minutes"),
            "speakers": speakers,
            "speaker_organisation": form.get("speaker_organisation"),
            "networking": _networking(form),
        },
    )


def _networking(form: Mapping[str, str]) -> dict[str, Any] | None:
    """None where no rounds are given: the session has no networking then."""
    if "networking.rounds" not in form:
        return None
    given = {name: form[f"networking.{name}"] for name in ROUNDS if f"networking.{name}" in form}
    lines = form.get("networking.tables", "").splitlines()
    return {**given, "tables": [_table(line) for line in lines if line.strip()]}


def _table(line: str) -> dict[str, str]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not parts[2].isdecimal():
        sentence = N_("Please write each table as: key | title | seats")
        raise Invalid([FieldError("networking.tables", sentence)])
    return {"key": parts[0], "title": parts[1], "capacity": parts[2]}
