"""The report across events, counted from the copies at the moment it is asked for."""

from collections.abc import Collection
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from services.certificates.attendance.service import attendance_of
from services.certificates.confirmations.service import count_valid
from services.certificates.copies.models import Event
from services.certificates.copies.wording import facts_of, language_of
from services.certificates.report.figures import EventFigures, Guest, Report, figures
from shared.errors import FieldError, Invalid
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_

# What one report counts within a request; a funding period is shorter.
LONGEST_PERIOD = 5 * 366


def report_of(
    session: Session, organisations: Collection[UUID], first: date, last: date, *, now: Clock = utc_now
) -> Report:
    """The events of these organisations that began from `first` to `last`, each on its place's calendar.

    Raises Invalid for a period that ends before it begins, or has more than five years.
    """
    if not 0 <= (last - first).days <= LONGEST_PERIOD:
        raise Invalid([FieldError("to", N_("Please choose a period of at most five years."))])
    day = cast(func.timezone(Event.timezone, Event.starts_at), Date)
    held = (
        select(Event)
        .where(Event.organisation_id.in_(organisations), Event.state.in_(("published", "closed")))
        .where(Event.ends_at <= now(), day.between(first, last))
        .order_by(Event.starts_at, Event.event_id)
    )
    return Report([_counted(session, event) for event in session.scalars(held)])


def _counted(session: Session, event: Event) -> EventFigures:
    guests = [
        Guest(
            person.attendee.email,
            person.attendee.organisation,
            person.attendance.checked_in,
            person.attendance.minutes,
        )
        for person in attendance_of(session, event).people
    ]
    return figures(
        event.starts_at.astimezone(ZoneInfo(event.timezone)).date(),
        event.title,
        facts_of(event, language_of(event.default_locale)).place,
        guests,
        count_valid(session, event.event_id),
    )
