"""An event as fields of a form, and back: fields are named as in the API, times are wall times."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.agenda.events.models import Event
from services.agenda.events.schemas import NewEvent, zones
from services.agenda.refusals import checked, filled
from shared.errors import FieldError, Invalid
from shared.kit.i18n import LOCALES, N_

# Aliases and offsets ("Etc/GMT+3", "EST") are valid in the API and no choice for people.
_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zone_names() -> list[str]:
    """The time zones that a form offers: places, in alphabetical order."""
    return sorted(name for name in zones() if name.startswith(_REGIONS))


def event_values(event: Event) -> dict[str, str]:
    """The fields as they stand, with the version that the form was made from."""
    return {
        "version": str(event.version),
        "slug": event.slug,
        **{f"title.{locale}": event.title.get(locale, "") for locale in LOCALES},
        "starts_at": event.starts_wall.isoformat(timespec="minutes"),
        "ends_at": event.ends_wall.isoformat(timespec="minutes"),
        "timezone": event.timezone,
        "venue.name": event.venue_name,
        "venue.city": event.venue_city,
        "venue.country": event.venue_country,
        "organiser": event.organiser,
        "contact_email": event.contact_email or "",
        "default_locale": event.default_locale,
    }


def read_event(form: Mapping[str, str]) -> NewEvent:
    """Raises Invalid with a sentence at each field that does not fit."""
    form = filled(form)
    timezone = form.get("timezone", "")
    zone = timezone if timezone in zones() else "UTC"
    values: dict[str, object] = {
        "slug": form.get("slug", "").lower(),
        "title": {locale: form[f"title.{locale}"] for locale in LOCALES if f"title.{locale}" in form},
        "starts_at": wall_time_in(form, "starts_at", zone),
        "ends_at": wall_time_in(form, "ends_at", zone),
        "timezone": timezone,
        "venue": {
            "name": form.get("venue.name"),
            "city": form.get("venue.city"),
            "country": form.get("venue.country", "").upper(),
        },
        "organiser": form.get("organiser"),
        "contact_email": form.get("contact_email"),
        "default_locale": form.get("default_locale"),
        "organisation_id": form.get("organisation_id"),
    }
    return _at_the_first_title(values)


def _at_the_first_title(values: Mapping[str, object]) -> NewEvent:
    """No title at all is said at the first of its fields, since the form has none for all of them."""
    try:
        return checked(NewEvent, values)
    except Invalid as problem:
        needed = FieldError(f"title.{LOCALES[0]}", N_("One of the two titles is needed."))
        raise Invalid([needed if e.field == "title" else e for e in problem.errors]) from problem


def wall_time_in(form: Mapping[str, str], name: str, zone: str) -> datetime | str | None:
    """What a field `datetime-local` sends, as a time in that zone; what is no time stays as it is."""
    text = form.get(name)
    try:
        return text and datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return text
