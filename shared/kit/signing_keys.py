"""The keys that prove papers: made here, replaced here, kept in one private file.

Pure but for `read` and `write`: a key ring goes in, another one comes out. Documents are signed with ECDSA on P-256
(FIPS 186-5), because readers of PDFs know no Ed25519; the certificates come from an authority of this installation
(RFC 5280), so that who trusts that one needs no list when keys change. Credentials are signed with Ed25519 (RFC 8032).
"""

import hashlib
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import NameOID
from pydantic import BaseModel, ConfigDict

FILE_NAME = "signing_keys.json"
# An authority outlives the certificates that it gives; whoever checks papers stores it once.
AUTHORITY_LASTS = timedelta(days=20 * 365)
# Longer than most installations, short enough that its algorithm is still sound at the end.
CERTIFICATE_LASTS = timedelta(days=5 * 365)
# A new certificate is made at a start within the last half year: who starts more rarely has to do it by hand.
RENEW_BEFORE = timedelta(days=182)
# Clocks of readers may be a little slow.
SLACK = timedelta(hours=1)
# Signing documents (RFC 9336).
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class Use(StrEnum):
    DOCUMENT = "document"
    CREDENTIAL = "credential"


class KeyState(StrEnum):
    """Only an active key signs; what a retired one has signed stays valid, what a revoked one has signed is doubtful."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class SigningKey(BaseModel):
    """A key with its history. `public` is a PEM: of a credential key itself, of a document key its certificates, its own first.

    `kid` is the SHA-256 of the own certificate or of the raw public key, as base64url. `organisation_id` names whose
    seal it is; without it, it is this installation's. The private part is gone as soon as the key signs no more.
    """

    model_config = ConfigDict(frozen=True)

    kid: str
    use: Use
    state: KeyState
    public: str
    private: str | None
    made_at: datetime
    organisation_id: UUID | None = None
    ended_at: datetime | None = None
    reason: str | None = None


class KeyRing(BaseModel):
    """All keys, the newest first. `authority_key` is missing where keys are only used and not made."""

    model_config = ConfigDict(frozen=True)

    authority: str
    authority_key: str | None
    revocation_list: str
    keys: tuple[SigningKey, ...]

    def active(self, use: Use, organisation_id: UUID | None = None) -> SigningKey | None:
        """The key that signs now: the organisation's own seal, or the installation's where it has none."""
        signing = [key for key in self.keys if key.use is use and key.state is KeyState.ACTIVE]
        own = [key for key in signing if key.organisation_id == organisation_id]
        return next(iter(own or [key for key in signing if key.organisation_id is None]), None)

    def without_authority(self) -> "KeyRing":
        """For whoever only signs."""
        return self.model_copy(update={"authority_key": None})


class SealError(ValueError):
    """This file is no PKCS#12 with a private key and its certificate, or its passphrase is another."""


class UnknownKey(LookupError):
    """There is no such key."""


def read(folder: Path) -> KeyRing:
    """The key ring of this folder. Raises FileNotFoundError."""
    try:
        text = (folder / FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError as problem:
        sentence = "There are no keys yet: `treffpunkt secrets make` makes them."
        raise FileNotFoundError(sentence) from problem
    return KeyRing.model_validate_json(text)


def write(folder: Path, ring: KeyRing) -> None:
    """Whole or not at all, private from its first byte."""
    temporary = folder / f".{FILE_NAME}.{uuid4().hex}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(ring.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE_NAME)


def new_ring(public_url: str, now: datetime) -> KeyRing:
    """An authority, a document key and a credential key for the installation at this address."""
    key = generate_ec_key(SECP256R1())
    authority = _authority(key, public_url, now)
    ring = KeyRing(authority=_pem(authority), authority_key=_private_pem(key), revocation_list="", keys=())
    return rotated(_with_revocation_list(ring, now), public_url, now)


def rotated(ring: KeyRing, public_url: str, now: datetime, *, use: Use | None = None) -> KeyRing:
    """New keys of the installation, of one use or of both; those that signed until now are retired."""
    for each in Use if use is None else (use,):
        fresh = _document_key(ring, public_url, now) if each is Use.DOCUMENT else _credential_key(now)
        ring = _with_key(ring, fresh, now)
    return ring


def renewed_if_due(ring: KeyRing, public_url: str, now: datetime) -> KeyRing:
    """With a new document key where the old one's certificate will soon end."""
    signing = ring.active(Use.DOCUMENT)
    if signing and _certificates(signing.public)[0].not_valid_after_utc > now + RENEW_BEFORE:
        return ring
    return rotated(ring, public_url, now, use=Use.DOCUMENT)


def revoked(ring: KeyRing, kid: str, reason: str, public_url: str, now: datetime) -> KeyRing:
    """Without trust in this key from now on, and with a new one if it was signing. Raises UnknownKey."""
    lost = next((key for key in ring.keys if key.kid == kid), None)
    if lost is None:
        raise UnknownKey(kid)
    if lost.state is KeyState.ACTIVE and lost.organisation_id is None:
        ring = rotated(ring, public_url, now, use=lost.use)
    keys = [_ended(key, KeyState.REVOKED, now, reason) if key.kid == kid else key for key in ring.keys]
    return _with_revocation_list(ring.model_copy(update={"keys": tuple(keys)}), now)


def with_seal(ring: KeyRing, organisation_id: UUID, file: bytes, passphrase: str, now: datetime) -> KeyRing:
    """With this organisation's own seal from a PKCS#12 file (RFC 7292). Raises SealError."""
    try:
        seal = load_pkcs12(file, passphrase.encode() or None)
    except ValueError as problem:
        raise SealError(SealError.__doc__) from problem
    if seal.key is None or seal.cert is None:
        raise SealError(SealError.__doc__)
    chain = [seal.cert.certificate, *(each.certificate for each in seal.additional_certs)]
    private = seal.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = SigningKey(
        kid=_kid(chain[0].public_bytes(Encoding.DER)),
        use=Use.DOCUMENT,
        state=KeyState.ACTIVE,
        public="".join(map(_pem, chain)),
        private=private.decode("ascii"),
        made_at=now,
        organisation_id=organisation_id,
    )
    others = tuple(key for key in ring.keys if key.kid != fresh.kid)
    return _with_key(ring.model_copy(update={"keys": others}), fresh, now)


def change(folder: Path, step: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Read, change and write the key ring of a folder; returns the new one."""
    ring = step(read(folder))
    write(folder, ring)
    return ring


def _with_key(ring: KeyRing, fresh: SigningKey, now: datetime) -> KeyRing:
    """The key that had the same task until now is retired."""
    task = (fresh.use, fresh.organisation_id, KeyState.ACTIVE)
    others = [
        _ended(key, KeyState.RETIRED, now) if (key.use, key.organisation_id, key.state) == task else key
        for key in ring.keys
    ]
    return ring.model_copy(update={"keys": (fresh, *others)})


def _ended(key: SigningKey, state: KeyState, now: datetime, reason: str | None = None) -> SigningKey:
    return key.model_copy(update={"state": state, "private": None, "ended_at": now, "reason": reason})


def _credential_key(now: datetime) -> SigningKey:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(
        kid=_kid(key.public_key().public_bytes_raw()),
        use=Use.CREDENTIAL,
        state=KeyState.ACTIVE,
        public=public.decode("ascii"),
        private=_private_pem(key),
        made_at=now,
    )


def _document_key(ring: KeyRing, public_url: str, now: datetime) -> SigningKey:
    key = generate_ec_key(SECP256R1())
    certificate = _document_certificate(key, ring, public_url, now)
    return SigningKey(
        kid=_kid(certificate.public_bytes(Encoding.DER)),
        use=Use.DOCUMENT,
        state=KeyState.ACTIVE,
        public=_pem(certificate) + ring.authority,
        private=_private_pem(key),
        made_at=now,
    )


def _authority(key: EllipticCurvePrivateKey, public_url: str, now: datetime) -> x509.Certificate:
    name = _name(f"Treffpunkt {_host(public_url)} authority")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(_whole(now - SLACK))
        .not_valid_after(_whole(now + AUTHORITY_LASTS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, SHA256())
    )


def _document_certificate(
    key: EllipticCurvePrivateKey, ring: KeyRing, public_url: str, now: datetime
) -> x509.Certificate:
    authority = _certificates(ring.authority)[0]
    address = x509.UniformResourceIdentifier(f"{public_url}/certificates/keys/revoked.crl")
    point = x509.DistributionPoint([address], None, None, None)
    above = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    name = _name(f"Treffpunkt {_host(public_url)}")
    return (
        x509.CertificateBuilder(authority.subject, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(_whole(now - SLACK))
        .not_valid_after(min(_whole(now + CERTIFICATE_LASTS), authority.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), critical=False)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(_authority_key(ring), SHA256())
    )


def _with_revocation_list(ring: KeyRing, now: datetime) -> KeyRing:
    """A list is good until the authority's end: a new one is made whenever a key is revoked, and no sooner."""
    authority = _certificates(ring.authority)[0]
    builder = (
        x509.CertificateRevocationListBuilder(authority.subject, _whole(now), authority.not_valid_after_utc)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),  # type: ignore[arg-type] # it is ours, on P-256
            critical=False,
        )
    )
    for key in ring.keys:
        if key.use is Use.DOCUMENT and key.state is KeyState.REVOKED and key.organisation_id is None:
            serial = _certificates(key.public)[0].serial_number
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder(serial, _whole(key.ended_at or now)).build()
            )
    signed = builder.sign(_authority_key(ring), SHA256())
    return ring.model_copy(update={"revocation_list": signed.public_bytes(Encoding.PEM).decode("ascii")})


def _authority_key(ring: KeyRing) -> CertificateIssuerPrivateKeyTypes:
    if ring.authority_key is None:
        raise PermissionError("The authority's key is not here: keys are made where the secrets are kept.")
    key = load_pem_private_key(ring.authority_key.encode("ascii"), password=None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError("The authority's key is none on P-256.")
    return key


def _certificates(pem: str) -> Sequence[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode("ascii"))


def _kid(public: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(public).digest()).rstrip(b"=").decode("ascii")


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def _private_pem(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _name(common: str) -> x509.Name:
    # A common name has at most 64 letters (RFC 5280, appendix A).
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _host(public_url: str) -> str:
    return urlsplit(public_url).hostname or public_url


def _whole(instant: datetime) -> datetime:
    """Certificates know whole seconds."""
    return instant.astimezone(UTC).replace(microsecond=0)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
