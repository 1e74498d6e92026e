"""The report across events, counted from the copies at the moment it is asked for."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from services.certificates.attendance.service import attendance_of, rules_of
from services.certificates.confirmations.service import count_valid
from services.certificates.copies.models import Event
from services.certificates.copies.wording import facts_of, language_of, printable_texts
from services.certificates.report.document import FunderReport
from services.certificates.report.figures import (
    EventFigures,
    Guest,
    HeldEvent,
    Period,
    Report,
    figures,
    plain,
)
from shared.errors import FieldError, Invalid
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_, Locale, localised

# What one report counts within a request; a funding period is shorter.
LONGEST_PERIOD = 5 * 366


def report_of(
    session: Session,
    organisations: Collection[UUID],
    period: Period,
    *,
    reference: str = "",
    now: Clock = utc_now,
) -> Report:
    """The events of these organisations that began in a period, each on its place's calendar.

    With `reference`, only those with this funding reference. Raises Invalid for a period that ends before it
    begins, or has more than five years.
    """
    if not 0 <= (period.last - period.first).days <= LONGEST_PERIOD:
        raise Invalid([FieldError("to", N_("Please choose a period of at most five years."))])
    day = cast(func.timezone(Event.timezone, Event.starts_at), Date)
    held = (
        select(Event)
        .where(Event.organisation_id.in_(organisations), Event.state.in_(("published", "closed")))
        .where(Event.ends_at <= now(), day.between(period.first, period.last))
        .order_by(Event.starts_at, Event.event_id)
    )
    events = ((event, rules_of(session, event).funding_reference) for event in session.scalars(held).all())
    wanted = plain(reference)
    return Report([_counted(session, event, of) for event, of in events if wanted in ("", plain(of))])


def paper_of(report: Report, period: Period, language: Locale, *, now: Clock = utc_now) -> FunderReport:
    """The report as it is printed, without the characters that no font has."""
    events = [replace(each, event=_printable(each.event, language)) for each in report.events]
    return FunderReport(Report(events), period, language, now())


def _printable(event: HeldEvent, language: Locale) -> HeldEvent:
    texts = {"place": event.place, "organiser": event.organiser, "reference": event.reference}
    printable, _ = printable_texts({**texts, "title": localised(event.title, language)})
    return replace(
        event,
        title={language: printable["title"]},
        place=printable["place"],
        organiser=printable["organiser"],
        reference=printable["reference"],
    )


def _counted(session: Session, event: Event, reference: str) -> EventFigures:
    guests = [
        Guest(
            person.attendee.email,
            person.attendee.organisation,
            person.attendance.checked_in,
            person.attendance.minutes,
        )
        for person in attendance_of(session, event).people
    ]
    held = HeldEvent(
        day=event.starts_at.astimezone(ZoneInfo(event.timezone)).date(),
        title=event.title,
        place=facts_of(event, language_of(event.default_locale)).place,
        organiser=event.organiser,
        reference=reference,
        timezone=event.timezone,
    )
    return figures(held, guests, count_valid(session, event.event_id))
