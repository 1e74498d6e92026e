"""What people read whose registration changes. Pure."""

from services.registration.mailing.service import locale_of
from services.registration.signup.letters import facts_of_event, greeting
from services.registration.signup.models import Event, Registration
from shared.kit.i18n import localised, translator
from shared.kit.mail import Letter, Link, paragraphs


def cancelled(event: Event, registration: Registration, *, sign_up_url: str) -> Letter:
    """Your registration is cancelled."""
    _ = translator(locale_of(registration))
    title = localised(event.title, _.locale)
    return Letter(
        "cancelled",
        _("Your registration is cancelled: {event}", event=title),
        paragraphs(
            greeting(_, registration),
            _("your registration for this event is cancelled. You are not on the waiting list any more."),
            facts_of_event(_, event),
            _("If you would like to come after all, please sign up again."),
            link=Link(_("To the event's page"), sign_up_url),
            heading=title,
            footer=event.organiser,
            locale=_.locale,
        ),
        _.locale,
    )


def change_link(event: Event, registration: Registration, *, link: str) -> Letter:
    """The one-time link that changes a registration."""
    _ = translator(locale_of(registration))
    title = localised(event.title, _.locale)
    return Letter(
        "change-link",
        _("Change your registration: {event}", event=title),
        paragraphs(
            greeting(_, registration),
            _("with this link you can change your registration. It works once and for ten minutes."),
            link=Link(_("Change my registration"), link),
            after=[_("If you did not ask for it, you need do nothing: nothing has changed.")],
            heading=title,
            footer=event.organiser,
            locale=_.locale,
        ),
        _.locale,
    )
