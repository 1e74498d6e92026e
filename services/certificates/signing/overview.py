"""Which keys prove an organiser's papers, and how long they still can. Pure: a key ring in, lines of a page out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cryptography.x509 import Certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

from shared.kit.signing_keys import KeyRing, KeyState, SigningKey, Use

# A new seal is bought from a trust service provider, which takes some weeks.
WARN_BEFORE = timedelta(days=60)


class Validity(StrEnum):
    """How long a key's certificate lasts; `open` where it has none."""

    OPEN = "open"
    LASTS = "lasts"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ShownKey:
    """`signer` is the name in the certificate, `starts_at` and `ends_at` its dates; credentials' keys have none.

    `validity` warns of an active key only: what a retired one has signed stays valid.
    """

    key: SigningKey
    signer: str
    starts_at: datetime
    ends_at: datetime | None
    validity: Validity

    @property
    def is_seal(self) -> bool:
        """Whether it is an organisation's own."""
        return self.key.organisation_id is not None


def shown_keys(ring: KeyRing, organisations: Collection[UUID], now: datetime) -> Sequence[ShownKey]:
    """The installation's keys and these organisations' seals, the newest first."""
    whose = {None, *organisations}
    return [_shown(key, now) for key in ring.keys if key.organisation_id in whose]


def to_warn_of(ring: KeyRing, organisation_id: UUID, now: datetime) -> ShownKey | None:
    """The key that signs this organisation's papers, where its certificate has ended or soon will."""
    key = ring.active(Use.DOCUMENT, organisation_id)
    shown = _shown(key, now) if key else None
    return shown if shown and shown.validity in (Validity.ENDS_SOON, Validity.ENDED) else None


def _shown(key: SigningKey, now: datetime) -> ShownKey:
    if key.use is Use.CREDENTIAL:
        return ShownKey(key, "", key.made_at, None, Validity.OPEN)
    own = load_pem_x509_certificates(key.public.encode("ascii"))[0]
    ends_at = own.not_valid_after_utc
    return ShownKey(key, _signer(own), own.not_valid_before_utc, ends_at, _validity(key, ends_at, now))


def _validity(key: SigningKey, ends_at: datetime, now: datetime) -> Validity:
    if key.state is not KeyState.ACTIVE:
        return Validity.OPEN
    if ends_at <= now:
        return Validity.ENDED
    return Validity.ENDS_SOON if ends_at <= now + WARN_BEFORE else Validity.LASTS


def _signer(certificate: Certificate) -> str:
    names = [
        attribute.value
        for name in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for attribute in certificate.subject.get_attributes_for_oid(name)
    ]
    return str(names[0]) if names else ""
