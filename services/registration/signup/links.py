"""The link in a person's mails: it shows the registration and can cancel it. Pure.

It is derived, not stored: whoever reads the database alone cannot make one.
"""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

MAC_BYTES = 16
ID_BYTES = 16


def token_of(registration_id: UUID, version: int, secret: bytes) -> str:
    """43 characters: id and HMAC-SHA-256 (RFC 2104, cut to 128 bits) in unpadded base64url."""
    raw = registration_id.bytes + _mac(registration_id, version, secret)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def id_in(token: str) -> UUID | None:
    """The registration that a token names, not yet believed."""
    raw = _decoded(token)
    return UUID(bytes=raw[:ID_BYTES]) if len(raw) == ID_BYTES + MAC_BYTES else None


def is_genuine(token: str, registration_id: UUID, version: int, secret: bytes) -> bool:
    return hmac.compare_digest(token.encode(), token_of(registration_id, version, secret).encode())


def _decoded(token: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(token.encode("ascii", "replace") + b"=" * (-len(token) % 4))
    except binascii.Error:
        return b""


def _mac(registration_id: UUID, version: int, secret: bytes) -> bytes:
    content = registration_id.bytes + b"|" + str(version).encode()
    return hmac.new(secret, content, hashlib.sha256).digest()[:MAC_BYTES]
