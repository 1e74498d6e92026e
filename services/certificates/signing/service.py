"""Credentials of confirmations, and the list of those that are revoked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code
from services.certificates.runtime import settings
from services.certificates.signing.credentials import CONTEXTS, CredentialFacts, Status, credential, secured
from services.certificates.signing.keys import key_of, ring
from services.certificates.signing.status_list import PLACES, status_list
from shared.errors import NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import Locale, localised
from shared.kit.signing_keys import SigningKey, Use


class KeyNotFound(NotFound):
    """There is no such key."""


class IssuerNotFound(NotFound):
    """There is no such organiser."""


class StatusListNotFound(NotFound):
    """There is no such list."""


def credential_of(confirmation: Confirmation, language: Locale, *, holder: str | None = None) -> str:
    """The credential as a JWT; without `holder`, the whole name, it shows the initials only.

    It is made of what is kept of the confirmation, so that it can be made when the event is long gone.
    """
    facts = confirmation.facts
    return _sign(
        credential(
            CredentialFacts(
                confirmation_id=confirmation.confirmation_id,
                event_id=confirmation.event_id,
                kind=confirmation.paper.kind,
                issuer=_issuer(confirmation.organisation_id),
                organiser=facts["organiser"],
                title=_title(facts, language),
                number=confirmation.number,
                address=f"{settings.public_url}/certificates/v/{shown_code(confirmation.code)}",
                holder=holder or facts["name"],
                starts_at=datetime.fromisoformat(facts["starts_at"]),
                ends_at=datetime.fromisoformat(facts["ends_at"]),
                attended_minutes=confirmation.attended_minutes,
                programme_minutes=facts["programme_minutes"],
                teaching_units=facts["teaching_units"],
                issued_at=confirmation.issued_at,
                language=language,
                status=_status(confirmation),
            )
        )
    )


def revocations(session: Session, organisation_id: UUID, number: int, *, now: Clock = utc_now) -> str:
    """One of an organisation's lists of revoked credentials, as a JWT. Raises StatusListNotFound."""
    places = (number * PLACES, (number + 1) * PLACES - 1)
    known = (
        Confirmation.organisation_id == organisation_id,
        Confirmation.status_place.between(*places),
    )
    if session.scalar(select(Confirmation.status_place).where(*known).limit(1)) is None:
        raise StatusListNotFound
    revoked = select(Confirmation.status_place).where(*known, Confirmation.state == State.REVOKED.value)
    found = [place - places[0] for place in session.scalars(revoked)]
    issuer = _issuer(organisation_id)
    return _sign(status_list(found, _list_address(organisation_id, number), issuer, now()))


def issuer_profile(session: Session, organisation_id: UUID) -> dict[str, Any]:
    """Who issued, as Open Badges have it, with the name of the last confirmation. Raises IssuerNotFound."""
    own = select(Confirmation.facts).where(Confirmation.organisation_id == organisation_id)
    facts = session.scalar(own.order_by(Confirmation.issued_at.desc()).limit(1))
    if facts is None:
        raise IssuerNotFound
    return {
        "@context": CONTEXTS,
        "id": _issuer(organisation_id),
        "type": ["Profile"],
        "name": facts["organiser"],
    }


def find_key(kid: str) -> SigningKey:
    """A key that signs or has signed. Raises KeyNotFound."""
    found = next((key for key in ring().keys if key.kid == kid), None)
    if found is None:
        raise KeyNotFound
    return found


def _title(facts: dict[str, Any], language: Locale) -> str:
    """The event, and the sessions where the paper is about those alone."""
    return ": ".join([localised(facts["title"], language), *facts.get("sessions", ())])


def _sign(claims: dict[str, Any]) -> str:
    key = key_of(Use.CREDENTIAL)
    return secured(claims, key.private or "", f"{settings.public_url}/certificates/keys/{key.kid}")


def _status(confirmation: Confirmation) -> Status:
    number, place = divmod(confirmation.status_place, PLACES)
    return Status(_list_address(confirmation.organisation_id, number), place)


def _list_address(organisation_id: UUID, number: int) -> str:
    return f"{settings.public_url}/certificates/status/{organisation_id}/{number}"


def _issuer(organisation_id: UUID) -> str:
    return f"{settings.public_url}/certificates/issuers/{organisation_id}"
