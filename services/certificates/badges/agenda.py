"""The released programme as it stands on badges: everybody has the same, until people choose sessions. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from services.certificates.badges.badge import AgendaLine
from services.certificates.copies.wording import printable_texts
from services.certificates.documents import dates
from services.certificates.documents.problems import Problem

BREAK = "break"


def agenda_of(
    sessions: Sequence[Mapping[str, Any]], timezone: str, language: str, *, names_days: bool
) -> tuple[tuple[AgendaLine, ...], list[Problem]]:
    """The sessions in their order, as `ProgrammeReleased` tells them, and what of their titles no font can print.

    `names_days` where the event has several.
    """
    problems: list[Problem] = []
    lines = []
    for each in sorted(sessions, key=lambda one: (_instant(one), str(one["title"]))):
        texts, found = printable_texts({"session": str(each["title"]), "room": str(each.get("room") or "")})
        problems += found
        lines.append(
            AgendaLine(
                time=dates.clock(_instant(each), timezone),
                title=texts["session"],
                place=texts["room"],
                day=day_of(_instant(each), timezone, language) if names_days else "",
                is_break=each["kind"] == BREAK,
            )
        )
    return tuple(lines), problems


def _instant(session: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(session["starts_at"]))


# All rounds of everybody's way begin on these few days.
@lru_cache(maxsize=256)
def day_of(instant: datetime, timezone: str, language: str) -> str:
    """The day on the clock of the event's place: 24. November 2022."""
    return dates.day(instant.astimezone(ZoneInfo(timezone)), language)
