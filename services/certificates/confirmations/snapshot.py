"""What the public page says of a confirmation: it must say the same when the event is long gone."""

from typing import Any

from services.certificates.attendance.service import Participation
from services.certificates.confirmations.names import abbreviated
from services.certificates.confirmations.numbers import teaching_units
from services.certificates.confirmations.papers import Batch
from services.certificates.copies.wording import facts_of, language_of


def snapshot(batch: Batch, person: Participation) -> dict[str, Any]:
    """The facts of a confirmation, as they are stored beside it."""
    event, attendee = batch.event, person.attendee
    return {
        "organiser": event.organiser,
        "title": event.title,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "timezone": event.timezone,
        "place": facts_of(event, language_of(event.default_locale)).place,
        "name": abbreviated(attendee.first_name, attendee.last_name),
        "programme_minutes": batch.programme_minutes,
        "teaching_units": teaching_units(person.attendance.minutes),
        "stays": [
            {
                "entered_at": stay.span.start.isoformat(),
                "left_at": stay.left_at.isoformat() if stay.left_at else None,
                "scans": [str(scan_id) for scan_id in stay.scan_ids],
                "correction": str(stay.correction_id) if stay.correction_id else None,
            }
            for stay in person.attendance.stays
        ],
    }
