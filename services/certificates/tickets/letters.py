"""What the mails about a ticket say. Pure: facts in, text and HTML out."""

from dataclasses import dataclass
from enum import StrEnum

from services.certificates.documents.event import EventFacts
from shared.kit.i18n import N_, Locale, Translator, format_interval, translator
from shared.kit.mail import Body, Link, paragraphs


class Occasion(StrEnum):
    """Why somebody gets a mail about a ticket; the value is the kind of the mail."""

    ISSUED = "ticket"
    NAME_CHANGED = "ticket_changed"
    EVENT_CHANGED = "event_changed"
    CANCELLED = "cancelled"
    CALLED_OFF = "called_off"


# After these nobody comes, and the appointment leaves the calendar.
FAREWELLS = frozenset({Occasion.CANCELLED, Occasion.CALLED_OFF})

SUBJECTS = {
    Occasion.ISSUED: N_("Your ticket: {event}"),
    Occasion.NAME_CHANGED: N_("Your new ticket: {event}"),
    Occasion.EVENT_CHANGED: N_("Changed: {event}"),
    Occasion.CANCELLED: N_("Your registration is cancelled: {event}"),
    Occasion.CALLED_OFF: N_("Called off: {event}"),
}

OPENINGS = {
    Occasion.ISSUED: N_("you are registered. We look forward to meeting you."),
    Occasion.NAME_CHANGED: N_("your details have been changed. Please use this ticket from now on."),
    Occasion.EVENT_CHANGED: N_("something about this event has changed. This is how it stands now:"),
    Occasion.CANCELLED: N_(
        "your place at this event is cancelled, and your ticket is no longer valid. "
        "If you would like to come after all, please sign up again."
    ),
    Occasion.CALLED_OFF: N_("this event will not take place. Your ticket is no longer valid."),
}


@dataclass(frozen=True)
class TicketFacts:
    """`short_code` as it is printed; `link` views and cancels the registration, and may be empty."""

    event: EventFacts
    name: str
    short_code: str
    link: str
    is_promoted: bool


def subject(occasion: Occasion, event: EventFacts, language: Locale) -> str:
    """The mail's subject."""
    return translator(language)(SUBJECTS[occasion], event=event.title)


def body(occasion: Occasion, facts: TicketFacts, language: Locale) -> Body:
    """The mail's text and HTML."""
    _ = translator(language)
    is_cancelled = occasion in FAREWELLS
    parts = () if is_cancelled else (_how_to_use(facts, _),)
    return paragraphs(
        _("Hello {name},", name=facts.name),
        _opening(occasion, facts, _),
        _when_and_where(facts.event, language, _),
        *parts,
        heading=facts.event.title,
        link=None
        if is_cancelled or not facts.link
        else Link(_("View or cancel your registration"), facts.link),
        after=[_after(is_cancelled, _)],
        footer=facts.event.organiser,
        locale=language,
    )


def _opening(occasion: Occasion, facts: TicketFacts, _: Translator) -> str:
    if occasion is Occasion.ISSUED and facts.is_promoted:
        return _("a place has come free, and it is yours: you are registered now.")
    return _(OPENINGS[occasion])


def _when_and_where(event: EventFacts, language: Locale, _: Translator) -> dict[str, str]:
    when = format_interval(event.starts_at, event.ends_at, event.timezone, language)
    return {_("Event"): event.title, _("When"): when, _("Where"): event.place}


def _how_to_use(facts: TicketFacts, _: Translator) -> str:
    return _(
        "Your ticket is attached. Please show its QR code when you arrive and when you leave: "
        "your confirmation of attendance is based on both. If the code cannot be read, say {short_code}.",
        short_code=facts.short_code,
    )


def _after(is_cancelled: bool, _: Translator) -> str:
    if is_cancelled:
        return _("The attached calendar file removes the appointment from your calendar.")
    return _("If you cannot come, please cancel, so that somebody else gets the place.")
