"""What people read who sign up and have no ticket yet. Pure."""

from datetime import datetime

from services.registration.mailing.service import event_locale, locale_of
from services.registration.signup.models import Event, Registration
from shared.kit.i18n import Translator, format_instant, format_interval, localised, translator
from shared.kit.mail import Letter, Link, paragraphs


def waiting(event: Event, registration: Registration, *, place: int, link: str) -> Letter:
    """You are on the waiting list, and where."""
    _ = translator(locale_of(registration))
    title = localised(event.title, _.locale)
    return Letter(
        "waiting",
        _("Waiting list: {event}", event=title),
        paragraphs(
            greeting(_, registration),
            _("all places are taken at the moment, so you are on the waiting list."),
            {_("Your place in the list"): str(place), **facts_of_event(_, event)},
            _(
                "When somebody gives a place back, the first in the list gets it and a mail. You need do nothing."
            ),
            link=Link(_("See or cancel my registration"), link),
            heading=title,
            footer=event.organiser,
            locale=_.locale,
        ),
        _.locale,
    )


def repeated(event: Event, registration: Registration, *, place: int | None, link: str) -> Letter:
    """Somebody signed up with the name and address of a person who is registered already."""
    _ = translator(locale_of(registration))
    title = localised(event.title, _.locale)
    state = (
        _("You are on the waiting list, at place {place}.", place=place)
        if place
        else _("You have a place already.")
    )
    return Letter(
        "repeated",
        _("You are registered already: {event}", event=title),
        paragraphs(
            greeting(_, registration),
            _("somebody just signed up for this event with your name and this mail address."),
            state,
            _(
                "If that was you, there is nothing to do. If it was not, there is nothing to do either: nothing changed."
            ),
            facts_of_event(_, event),
            link=Link(_("See or cancel my registration"), link),
            heading=title,
            footer=event.organiser,
            locale=_.locale,
        ),
        _.locale,
    )


def address_full(event: Event, *, attempts: int, since: datetime, limit: int) -> Letter:
    """So many people more than the event allows were to be registered with this address. It names nobody:
    the address may be several people's, and what was typed is nobody's here.
    """
    _ = translator(event_locale(event))
    title = localised(event.title, _.locale)
    moment = format_instant(since, event.timezone, _.locale)
    return Letter(
        "address-full",
        _("A registration was not possible: {event}", event=title),
        paragraphs(
            _("Good day,"),
            _.plural(
                "with this mail address {n} person is registered for this event already, and no more are possible.",
                "with this mail address {n} people are registered for this event already, and no more are possible.",
                limit,
            ),
            _.plural(
                "Since {moment}, {n} more registration was sent with it. It was not taken, and nothing of it is stored.",
                "Since {moment}, {n} more registrations were sent with it. None was taken, and nothing of them is stored.",
                attempts,
                moment=moment,
            ),
            _(
                "If they were yours: please use another address for each of these people, give a place back by the "
                "link in the mail about it, or answer this mail to ask the organiser. If they were not, you need do "
                "nothing."
            ),
            facts_of_event(_, event),
            _("However many more are sent, you get such a mail at most once in an hour."),
            heading=title,
            footer=event.organiser,
            locale=_.locale,
        ),
        _.locale,
    )


def greeting(_: Translator, registration: Registration) -> str:
    """The first line of a letter to one person."""
    return _("Hello {name},", name=f"{registration.first_name} {registration.last_name}")


def facts_of_event(_: Translator, event: Event) -> dict[str, str]:
    """When and where, under their labels."""
    return {
        _("When"): format_interval(event.starts_at, event.ends_at, event.timezone, _.locale),
        _("Where"): ", ".join(part for part in (event.venue.get("name"), event.venue.get("city")) if part),
    }
