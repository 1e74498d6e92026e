"""What the mail about somebody's way says. Pure."""

from services.certificates.ways.lines import Way, day_of, lines_of
from shared.kit.i18n import Locale, translator
from shared.kit.mail import Letter, Link, paragraphs


def way_letter(
    way: Way,
    *,
    name: str,
    event_title: str,
    organiser: str,
    timezone: str,
    link: str,
    is_first: bool,
    language: Locale,
) -> Letter:
    """Where somebody goes in each round, for the first time or as it is now."""
    _ = translator(language)
    subject = _("Your way: {session}") if is_first else _("Your way has changed: {session}")
    opening = (
        _("these are your tables in “{session}”:", session=way.session)
        if is_first
        else _("your tables in “{session}” have changed. This is how it stands now:", session=way.session)
    )
    facts = {_("Date"): day_of(way, timezone=timezone, language=language)} if way.stops else {}
    facts |= {_("Room"): way.room} if way.room else {}
    return Letter(
        "way",
        subject.format(session=way.session),
        paragraphs(
            _("Hello {name},", name=name),
            opening,
            {**facts, **lines_of(way, timezone=timezone, language=language)},
            _("On your page you always find the way that is valid now, also during the event."),
            link=Link(_("My page"), link) if link else None,
            heading=event_title,
            footer=organiser,
            locale=language,
        ),
        language,
    )
