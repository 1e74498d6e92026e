"""What the mail with a confirmation says. Pure: facts in, text and HTML out."""

from dataclasses import dataclass

from services.certificates.documents.event import EventFacts
from shared.kit.i18n import Locale, format_duration, translator
from shared.kit.mail import Body, Link, paragraphs


@dataclass(frozen=True)
class ConfirmationFacts:
    """`address` is the public page that proves the confirmation genuine."""

    event: EventFacts
    name: str
    number: str
    attended_minutes: int
    address: str


def subject(event: EventFacts, language: Locale) -> str:
    """The mail's subject."""
    _ = translator(language)
    return _("Your confirmation of attendance: {event}", event=event.title)


def body(facts: ConfirmationFacts, language: Locale) -> Body:
    """The mail's text and HTML."""
    _ = translator(language)
    return paragraphs(
        _("Hello {name},", name=facts.name),
        _("thank you for taking part. Your confirmation of attendance is attached."),
        {
            _("Event"): facts.event.title,
            _("Attended"): format_duration(facts.attended_minutes),
            _("Number"): facts.number,
        },
        heading=facts.event.title,
        link=Link(_("See that it is genuine"), facts.address),
        after=[
            _(
                "Whoever has the confirmation can open this address or scan the code on it. "
                "If something on it is wrong, please answer this mail."
            )
        ],
        footer=facts.event.organiser,
        locale=language,
    )
