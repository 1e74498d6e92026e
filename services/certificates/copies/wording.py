"""An event's copy in the words of one language, as papers and mails want it."""

from services.certificates.copies.models import Event
from services.certificates.documents.event import EventFacts
from shared.kit.i18n import Locale, localised, negotiate


def language_of(wish: str) -> Locale:
    """The language in which we write to somebody: one that we have."""
    return negotiate(query=wish)


def facts_of(event: Event, language: Locale) -> EventFacts:
    """What every paper says about the event."""
    return EventFacts(
        title=localised(event.title, language),
        organiser=event.organiser,
        venue=event.venue["name"],
        city=event.venue["city"],
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
    )
