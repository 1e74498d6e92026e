"""A confirmation as a Verifiable Credential: Open Badges 3.0 (1EdTech), secured as a JWT (8.2 there; EdDSA, RFC 8037).

Pure: facts in, JSON out. The data model is W3C's VC 2.0; the payload of the JWT is the credential itself with the
claims `iss`, `jti`, `nbf` and `sub`.
"""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from services.certificates.confirmations.kinds import Kind
from shared.kit.i18n import N_, Locale, format_duration, translator

# What verifiers of Open Badges know Ed25519 as; RFC 9864's own name for it, of which joserfc warns, is too new for them.
ALGORITHM = "EdDSA"
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
MEDIA_TYPE = "application/vc+jwt"
VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
CONTEXTS = [VC_CONTEXT, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
# The same sentences as on the pages.
NAMES = {
    Kind.ATTENDANCE: N_("Confirmation of attendance"),
    Kind.HOURS: N_("Certificate with hours"),
    Kind.TEACHING_UNITS: N_("Certificate of teaching units"),
    Kind.SPEAKER: N_("Thanks to speakers"),
    Kind.SESSION: N_("Confirmation for one session"),
}


@dataclass(frozen=True, slots=True)
class Status:
    """Where it stands whether a credential is revoked: the address of the list, and the place in it."""

    address: str
    index: int


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """What a confirmation says. `address` is its public page, `issuer` the organiser's id as an address.

    `holder` is the name as far as the reader may see it: whole in the holder's mail, initials in public.
    """

    confirmation_id: UUID
    event_id: UUID
    kind: Kind
    issuer: str
    organiser: str
    title: str
    number: str
    address: str
    holder: str
    starts_at: datetime
    ends_at: datetime
    attended_minutes: int
    programme_minutes: int
    teaching_units: int
    issued_at: datetime
    language: Locale
    status: Status


def credential(facts: CredentialFacts) -> dict[str, Any]:
    """The credential with the claims of its JWT (Open Badges 3.0, 8.2.4)."""
    _ = translator(facts.language)
    subject = f"urn:uuid:{facts.confirmation_id}"
    return {
        "@context": CONTEXTS,
        "id": facts.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{_(NAMES[facts.kind])}: {facts.title}",
        "issuer": {"id": facts.issuer, "type": ["Profile"], "name": facts.organiser},
        "validFrom": instant(facts.issued_at),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [_identity(facts.holder)],
            "activityStartDate": instant(facts.starts_at),
            "activityEndDate": instant(facts.ends_at),
            **_credits(facts),
            "licenseNumber": facts.number,
            "achievement": _achievement(facts),
        },
        "credentialStatus": _status(facts.status),
        "iss": facts.issuer,
        "jti": facts.address,
        "nbf": int(facts.issued_at.timestamp()),
        "sub": subject,
    }


def _identity(holder: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": holder}


def _credits(facts: CredentialFacts) -> dict[str, Any]:
    """Teaching units of 45 minutes; who spoke is thanked and gets none."""
    return {} if facts.kind is Kind.SPEAKER else {"creditsEarned": facts.teaching_units}


def _achievement(facts: CredentialFacts) -> dict[str, Any]:
    _ = translator(facts.language)
    attended, programme = map(format_duration, (facts.attended_minutes, facts.programme_minutes))
    if facts.kind is Kind.SPEAKER:
        description, proof = _("Spoke at the event."), _("Stands in the programme as a speaker.")
    else:
        description = _(
            "Attended {attended} of {programme}, without breaks.", attended=attended, programme=programme
        )
        proof = _("Was there in person: attendance is proven by times at the door.")
    return {
        "id": f"urn:uuid:{facts.event_id}",
        "type": ["Achievement"],
        "achievementType": "ext:Speaking" if facts.kind is Kind.SPEAKER else "ext:Attendance",
        "name": facts.title,
        "description": description,
        "criteria": {"narrative": proof},
        "inLanguage": facts.language,
    }


def _status(status: Status) -> dict[str, Any]:
    """An entry of a Bitstring Status List (W3C, 2.1)."""
    return {
        "id": f"{status.address}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(status.index),
        "statusListCredential": status.address,
    }


def secured(claims: dict[str, Any], private: str, key_address: str) -> str:
    """The compact JWT; `key_address` is where the public key can be had as a JWK, `private` a PEM."""
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_address}
    return jwt.encode(header, claims, _key(private), algorithms=[ALGORITHM])


def instant(moment: datetime) -> str:
    """Whole seconds in UTC, as `nbf` counts them."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=4)
def _key(private: str) -> OKPKey:
    return OKPKey.import_key(private)
