"""What the mail with a confirmation says. Pure: facts in, text and HTML out."""

from dataclasses import dataclass

from services.certificates.confirmations.kinds import Kind
from services.certificates.documents.event import EventFacts
from shared.kit.i18n import N_, Locale, format_duration, translator
from shared.kit.mail import Body, Link, paragraphs

SUBJECTS = {
    Kind.ATTENDANCE: N_("Your confirmation of attendance: {event}"),
    Kind.HOURS: N_("Your certificate: {event}"),
    Kind.TEACHING_UNITS: N_("Your certificate of teaching units: {event}"),
    Kind.SPEAKER: N_("Thank you for speaking: {event}"),
    Kind.SESSION: N_("Your confirmation of attendance: {event}"),
}
GREETINGS = {
    Kind.ATTENDANCE: N_("thank you for taking part. Your confirmation of attendance is attached."),
    Kind.HOURS: N_("thank you for taking part. Your certificate is attached."),
    Kind.TEACHING_UNITS: N_("thank you for taking part. Your certificate of teaching units is attached."),
    Kind.SPEAKER: N_("thank you for speaking at our event. Our written thanks are attached."),
    Kind.SESSION: N_("thank you for taking part. Your confirmation for one part of the event is attached."),
}
ON_THE_PAGE = {
    Kind.ATTENDANCE: N_("thank you for taking part. Your confirmation of attendance is ready."),
    Kind.HOURS: N_("thank you for taking part. Your certificate is ready."),
    Kind.TEACHING_UNITS: N_("thank you for taking part. Your certificate of teaching units is ready."),
    Kind.SPEAKER: N_("thank you for speaking at our event. Our written thanks are ready."),
    Kind.SESSION: N_("thank you for taking part. Your confirmation for one part of the event is ready."),
}


@dataclass(frozen=True)
class ConfirmationFacts:
    """`address` is the public page that proves the confirmation genuine; `own_page` is the holder's own.

    `parts` are the titles of what the confirmation is about, where that is not the whole event; `replaces` is
    the number of the version before this one. `is_attached` is false where the paper is fetched from the page.
    """

    event: EventFacts
    kind: Kind
    name: str
    number: str
    attended_minutes: int
    address: str
    own_page: str
    parts: str = ""
    replaces: str = ""
    is_attached: bool = True


def subject(facts: ConfirmationFacts, language: Locale) -> str:
    """The mail's subject."""
    _ = translator(language)
    return _(SUBJECTS[facts.kind], event=facts.event.title)


def body(facts: ConfirmationFacts, language: Locale) -> Body:
    """The mail's text and HTML."""
    _ = translator(language)
    sentences = GREETINGS if facts.is_attached else ON_THE_PAGE
    return paragraphs(
        _("Hello {name},", name=facts.name),
        _(sentences[facts.kind]),
        *(
            [_("It replaces number {number}, which is no longer valid.", number=facts.replaces)]
            if facts.replaces
            else []
        ),
        _details(facts, language),
        heading=facts.event.title,
        link=_link(facts, language),
        after=_after(facts, language),
        footer=facts.event.organiser,
        locale=language,
    )


def _details(facts: ConfirmationFacts, language: Locale) -> dict[str, str]:
    _ = translator(language)
    details = {_("Event"): facts.event.title}
    if facts.parts:
        details[_("Part")] = facts.parts
    if facts.kind is not Kind.SPEAKER:
        details[_("Attended")] = format_duration(facts.attended_minutes)
    return {**details, _("Number"): facts.number}


def _link(facts: ConfirmationFacts, language: Locale) -> Link:
    _ = translator(language)
    if facts.is_attached:
        return Link(_("See that it is genuine"), facts.address)
    return Link(_("Fetch it from your own page"), facts.own_page)


def _after(facts: ConfirmationFacts, language: Locale) -> list[str]:
    _ = translator(language)
    if not facts.is_attached:
        return [
            _("Please pass this link on to nobody: it is yours."),
            _("Everybody can see that the confirmation is genuine: {address}", address=facts.address),
            _("If something on it is wrong, please answer this mail."),
        ]
    return [
        _(
            "Whoever has the confirmation can open this address or scan the code on it. "
            "If something on it is wrong, please answer this mail."
        ),
        _(
            "The second file, which ends in .jwt, says the same to programs, for example to collections of "
            "digital certificates (Open Badges). You need not open it."
        ),
    ]
