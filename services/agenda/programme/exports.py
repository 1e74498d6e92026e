"""A released programme in each of its file formats."""

from dataclasses import dataclass
from typing import Literal, get_args

from services.agenda.programme.calendar import to_ics
from services.agenda.programme.released import Programme
from services.agenda.programme.schedule_json import to_json
from services.agenda.programme.schedule_xml import to_xml

Suffix = Literal["ics", "json", "xml"]
SUFFIXES: tuple[Suffix, ...] = get_args(Suffix)


@dataclass(frozen=True)
class Export:
    content: bytes
    media_type: str
    filename: str


def export(programme: Programme, suffix: Suffix, *, public_url: str, is_cancelled: bool = False) -> Export:
    """The programme as a file. Only a calendar can say that the event was cancelled."""
    filename = f"{programme.slug}.{suffix}"
    if suffix == "ics":
        content = to_ics(programme, public_url=public_url, is_cancelled=is_cancelled)
        return Export(content, "text/calendar; charset=utf-8; method=PUBLISH", filename)
    if suffix == "xml":
        return Export(to_xml(programme, public_url=public_url), "application/xml; charset=utf-8", filename)
    return Export(to_json(programme, public_url=public_url), "application/json; charset=utf-8", filename)
