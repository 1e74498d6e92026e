"""A registration as the other services hear of it."""

from typing import TypeVar

from sqlalchemy.orm import Session

from services.registration.runtime import settings
from services.registration.signup.links import token_of
from services.registration.signup.models import Registration
from shared.contracts.registration import RegistrationFacts, RegistrationStatus
from shared.kit.outbox import publish

F = TypeVar("F", bound=RegistrationFacts)


def link_of(registration: Registration) -> str:
    """The person's own link: it shows the registration and can cancel it."""
    return settings.public_url + path_of(registration)


def path_of(registration: Registration) -> str:
    """The person's own link within this site."""
    token = token_of(registration.id, registration.link_version, settings.link_secret)
    return f"/registration/r/{token}"


def tell(session: Session, contract: type[F], *registrations: Registration) -> None:
    """Publish the state of registrations that the other services know, or hear of now."""
    publish(session, *[_facts(contract, registration) for registration in registrations])


def _facts(contract: type[F], registration: Registration) -> F:
    return contract(
        organisation_id=registration.organisation_id,
        sequence=registration.version,
        registration_id=registration.id,
        event_id=registration.event_id,
        status=RegistrationStatus(registration.status),
        ref=registration.ref,
        first_name=registration.first_name,
        last_name=registration.last_name,
        email=registration.email,
        organisation=registration.organisation,
        category=registration.category,
        locale=registration.locale,
        registered_at=registration.registered_at,
        promoted=registration.promoted,
        answers=dict(registration.answers),
        link=link_of(registration),
    )
