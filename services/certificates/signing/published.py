"""The public side of the keys, for whoever checks papers without asking us: JWKs (RFC 7517), certificates, the revocation list.

Pure: a key ring in, JSON out.
"""

from base64 import b64encode
from datetime import datetime
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_pem_x509_certificates
from joserfc.jwk import import_key

from services.certificates.signing.credentials import ALGORITHM
from shared.kit.signing_keys import KeyRing, SigningKey, Use

KeyType = Literal["OKP", "EC", "RSA"]


def key_set(ring: KeyRing) -> dict[str, Any]:
    """All keys that ever signed, as a JWK Set; `x5c` and `authority` are certificates in base64 (RFC 7517, 4.7)."""
    return {"keys": [jwk(key) for key in ring.keys], "authority": _der(ring.authority)[0]}


def jwk(key: SigningKey) -> dict[str, Any]:
    """A key with its state and dates; other programs pass over members that they do not know."""
    facts: dict[str, Any] = {"kid": key.kid, "use": "sig", "state": key.state, "made_at": _date(key.made_at)}
    if key.ended_at:
        facts |= {f"{key.state}_at": _date(key.ended_at)}
    if key.reason:
        facts |= {"reason": key.reason}
    if key.organisation_id:
        facts |= {"organisation_id": str(key.organisation_id)}
    if key.use is Use.CREDENTIAL:
        return {**_public(key.public, "OKP"), **facts, "alg": ALGORITHM}
    own = load_pem_x509_certificates(key.public.encode("ascii"))[0]
    kind: KeyType = "RSA" if isinstance(own.public_key(), RSAPublicKey) else "EC"
    return {**_public(_public_pem(own), kind), **facts, "x5c": _der(key.public)}


def _public(pem: str, kind: KeyType) -> dict[str, Any]:
    return dict(import_key(pem, kind).as_dict(private=False))


def _public_pem(certificate: Certificate) -> str:
    public = certificate.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def _der(pem: str) -> list[str]:
    certificates = load_pem_x509_certificates(pem.encode("ascii"))
    return [b64encode(each.public_bytes(Encoding.DER)).decode("ascii") for each in certificates]


def _date(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
