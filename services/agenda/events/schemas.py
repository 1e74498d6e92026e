"""Events as they travel through the API. Field names are those of the model event's `programme.json`."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from services.agenda.events.models import Event
from services.agenda.refusals import checked
from services.agenda.text import Line, Slug
from shared.contracts.agenda import EventState
from shared.kit.i18n import N_, Locale
from shared.kit.instants import Instant
from shared.kit.mail.addresses import Mailbox


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in zones():
        raise ValueError(N_("Please choose a time zone such as Europe/Berlin."))
    return name


def _whole_minute(moment: datetime) -> datetime:
    if moment.second or moment.microsecond:
        raise ValueError(N_("Please give the time in whole minutes."))
    return moment


def _mail_address(address: str | None) -> str | None:
    """As mails take it, and in a public domain; whether the address exists, only a mail can tell."""
    if not address:
        return None
    mailbox = Mailbox(address)
    if "." not in mailbox.domain:
        raise ValueError(N_("This is not a mail address."))
    return mailbox.address


def elsewhere(address: str) -> BeforeValidator:
    """Refuses a field that another service owns, and says where it belongs."""

    def refuse(_: object) -> None:
        raise ValueError(f"This belongs to {address}.")

    return BeforeValidator(refuse)


Timezone = Annotated[str, Field(examples=["Europe/Berlin"]), AfterValidator(_known_zone)]
Minute = Annotated[Instant, AfterValidator(_whole_minute)]
MailAddress = Annotated[str | None, Field(max_length=254), AfterValidator(_mail_address)]

EXAMPLE: dict[str, Any] = {
    "slug": "ki-hub-2022",
    "title": {
        "de": "Vernetzungstreffen des KI-Hubs Sachsen-Thüringen",
        "en": "Networking meeting of the AI Hub Saxony-Thuringia",
    },
    "starts_at": "2022-11-24T09:30:00+01:00",
    "ends_at": "2022-11-24T16:15:00+01:00",
    "timezone": "Europe/Berlin",
    "venue": {
        "name": "TU Chemnitz, Professur Fabrikplanung und Intralogistik",
        "city": "Chemnitz",
        "country": "DE",
    },
    "organiser": "Mittelstand-Digital Zentrum Chemnitz",
}


class VenueFacts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line
    city: Line
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]


class EventFacts(BaseModel):
    """What an organiser says about an event."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    slug: Slug
    title: Annotated[dict[Locale, Line], Field(min_length=1)]
    starts_at: Minute
    ends_at: Minute
    timezone: Timezone
    venue: VenueFacts
    organiser: Line
    contact_email: MailAddress = None
    default_locale: Locale | None = None
    """Language of mails and exports where nobody chose one; the title's first language if left out."""

    capacity: SkipJsonSchema[
        Annotated[None, elsewhere("PUT /registration/api/v1/events/{event}/settings")]
    ] = Field(None, exclude=True)
    attendance_rule: SkipJsonSchema[
        Annotated[None, elsewhere("PUT /certificates/api/v1/events/{event}/rules")]
    ] = Field(None, exclude=True)

    @property
    def locale(self) -> Locale:
        if self.default_locale is not None:
            return self.default_locale
        return "de" if "de" in self.title else next(iter(self.title))

    @classmethod
    def of(cls, event: Event) -> Self:
        """The facts as they stand."""
        zone = ZoneInfo(event.timezone)
        return cls.model_validate(
            {
                "slug": event.slug,
                "title": event.title,
                "starts_at": event.starts_at.astimezone(zone),
                "ends_at": event.ends_at.astimezone(zone),
                "timezone": event.timezone,
                "venue": event.venue.model_dump(),
                "organiser": event.organiser,
                "contact_email": event.contact_email,
                "default_locale": event.default_locale,
            }
        )


class NewEvent(EventFacts):
    organisation_id: UUID | None = None
    """Needed only by members of several organisations."""


class EventChanges(BaseModel):
    """Some of an event's facts; what is left out stays. A new `timezone` alone keeps the clock times."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"organiser": "Mittelstand-Digital Zentrum Chemnitz"}]},
    )

    slug: Slug | None = None
    title: Annotated[dict[Locale, Line], Field(min_length=1)] | None = None
    starts_at: Minute | None = None
    ends_at: Minute | None = None
    timezone: Timezone | None = None
    venue: VenueFacts | None = None
    organiser: Line | None = None
    contact_email: MailAddress = None
    default_locale: Locale | None = None


def merged(event: Event, changes: EventChanges) -> EventFacts:
    """The event's facts with the changes in them."""
    given = changes.model_dump(exclude_unset=True)
    facts = EventFacts.of(event).model_dump()
    if changes.timezone not in {None, event.timezone}:
        zone = ZoneInfo(given["timezone"])
        facts["starts_at"] = event.starts_wall.replace(tzinfo=zone)
        facts["ends_at"] = event.ends_wall.replace(tzinfo=zone)
    return checked(EventFacts, facts | given)


class CloseOptions(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"early": False}]})

    early: bool = False
    """Close although the event's end has not come yet."""


class EventAnswer(BaseModel):
    """An event as it stands; times carry the offset of the event's zone."""

    id: UUID
    organisation_id: UUID
    slug: str
    title: dict[str, str]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: str
    venue: VenueFacts
    organiser: str
    contact_email: str | None
    default_locale: str
    state: EventState
    release: int
    """Number of the latest release of the programme; 0 before the first."""
    version: int

    @classmethod
    def of(cls, event: Event) -> Self:
        zone = ZoneInfo(event.timezone)
        return cls(
            id=event.id,
            organisation_id=event.organisation_id,
            slug=event.slug,
            title=event.title,
            starts_at=event.starts_at.astimezone(zone),
            ends_at=event.ends_at.astimezone(zone),
            timezone=event.timezone,
            venue=VenueFacts.model_validate(event.venue.model_dump()),
            organiser=event.organiser,
            contact_email=event.contact_email,
            default_locale=event.default_locale,
            state=event.state,
            release=event.release,
            version=event.version,
        )
