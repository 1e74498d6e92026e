"""Seals that organisations bring along, and keys for tests."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.certificates.signing.pades import Seal, make_seal
from shared.kit import signing_keys
from shared.kit.signing_keys import KeyRing, Use

PASSPHRASE = "geheim"
FIRST_DAY = datetime(2022, 1, 1, tzinfo=UTC)


def a_pkcs12(
    name: str,
    *,
    passphrase: str = PASSPHRASE,
    lasts: timedelta = timedelta(days=9999),
    usage: bool = False,
) -> tuple[bytes, x509.Certificate]:
    """A seal with RSA, as trust service providers sell them, and its certificate; with `usage` for timestamps."""
    key = generate_private_key(65537, 2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Siegel {name}"),
        ]
    )
    builder = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(FIRST_DAY)
        .not_valid_after(FIRST_DAY + lasts)
    )
    if usage:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    certificate = builder.sign(key, SHA256())
    locked = BestAvailableEncryption(passphrase.encode())
    return serialize_key_and_certificates(b"seal", key, certificate, None, locked), certificate


def a_seal(ring: KeyRing, **options: str) -> Seal:
    """What signs with the ring's document key."""
    key = ring.active(Use.DOCUMENT)
    assert key is not None
    assert key.private is not None
    return make_seal(key.kid, key.private, key.public, **options)


def a_ring(now: datetime = FIRST_DAY) -> KeyRing:
    """An installation's keys, made long before any paper that they sign."""
    return signing_keys.new_ring("https://events.example.org", now)
