"""What the public page says of a confirmation: it must say the same when the event is long gone."""

import hashlib
from typing import Any

from services.certificates.attendance.service import Participation
from services.certificates.confirmations.kinds import Kind
from services.certificates.confirmations.names import abbreviated
from services.certificates.confirmations.numbers import teaching_units
from services.certificates.confirmations.papers import (
    Batch,
    Wanted,
    minutes_of,
    programme_minutes_of,
    sessions_of,
)
from services.certificates.copies.models import Attendee
from services.certificates.copies.wording import facts_of, language_of


def snapshot(batch: Batch, wanted: Wanted, code: str) -> dict[str, Any]:
    """The facts of a confirmation, as they are stored beside it."""
    event, attendee = batch.event, wanted.person.attendee
    is_of_a_part = wanted.paper.kind in (Kind.SESSION, Kind.SPEAKER)
    parts = sessions_of(batch, attendee, wanted.paper) if is_of_a_part else ()
    return {
        "organiser": event.organiser,
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "timezone": event.timezone,
        "place": facts_of(event, language_of(event.default_locale)).place,
        "name": abbreviated(attendee.first_name, attendee.last_name),
        "printed": digest_of_holder(attendee, code),
        "sessions": [each.facts.title for each in parts],
        "programme_minutes": programme_minutes_of(batch, wanted.paper),
        "teaching_units": teaching_units(minutes_of(wanted.person, wanted.paper)),
        "stays": _stays(wanted.person),
    }


def digest_of_holder(attendee: Attendee, code: str) -> str:
    """Who stands on the paper, so that a corrected name is noticed; nobody can read it out again.

    The code is in it, so that two papers of one person do not show that they belong together.
    """
    return hashlib.sha256(f"{code}|{attendee.name}|{attendee.organisation}".encode()).hexdigest()


def _stays(person: Participation) -> list[dict[str, Any]]:
    return [
        {
            "entered_at": stay.span.start.isoformat(),
            "left_at": stay.left_at.isoformat() if stay.left_at else None,
            "scans": [str(scan_id) for scan_id in stay.scan_ids],
            "correction": str(stay.correction_id) if stay.correction_id else None,
        }
        for stay in person.attendance.stays
    ]
