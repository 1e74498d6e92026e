"""What the mail about somebody's way says. Pure."""

from services.certificates.ways.lines import Way, day_of, lines_of
from shared.kit.i18n import Locale, Translator, translator
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
    facts = {_("Date"): day_of(way, timezone=timezone, language=language)} if way.stops else {}
    facts |= {_("Room"): way.room} if way.room else {}
    return Letter(
        "way",
        subject.format(session=way.session),
        paragraphs(
            _("Hello {name},", name=name),
            _opening(_, way, is_first=is_first),
            {**facts, **lines_of(way, timezone=timezone, language=language)},
            _("On your page you always find the way that is valid now, also during the event."),
            link=Link(_("My page"), link) if link else None,
            heading=event_title,
            footer=organiser,
            locale=language,
        ),
        language,
    )


def _opening(_: Translator, way: Way, *, is_first: bool) -> str:
    if is_first and way.has_stations:
        return _("these are your stations in “{session}”:", session=way.session)
    if is_first:
        return _("these are your tables in “{session}”:", session=way.session)
    if way.has_stations:
        return _("your stations in “{session}” have changed. This is how it stands now:", session=way.session)
    return _("your tables in “{session}” have changed. This is how it stands now:", session=way.session)
