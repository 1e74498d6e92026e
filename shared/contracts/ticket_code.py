"""The ticket code: what the QR code on a ticket says, checked at the door without a network.

`EVT1:` and Base45 (RFC 9285, so that QR codes use their dense alphanumeric mode) of 89 bytes:

| bytes | what |
| --- | --- |
| 1 | format version, 1 |
| 4 | first bytes of SHA-256 of the event's id: a foreign event's ticket is seen at once |
| 4 | first bytes of SHA-256 of the public key: which key signed |
| 16 | the registration's id |
| 64 | Ed25519 signature (RFC 8032) of the 25 bytes before, with the prefix `EVT1:` |

`ticket_code_vectors.json` holds examples for other implementations.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import base45
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "EVT1:"
VERSION = 1
HEAD_BYTES = 25
SIGNATURE_BYTES = 64
# Consonants that are not mistaken for another when read aloud or by bad light; no vowels, so
# that no code spells a word.
SHORT_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
SHORT_CODE_LENGTH = 8


class TicketCodeError(ValueError):
    """This is no ticket of this event."""


@dataclass(frozen=True)
class TicketCode:
    """What a ticket code says, before its signature is believed."""

    event_tag: bytes
    key_tag: bytes
    registration_id: UUID
    signature: bytes

    @property
    def head(self) -> bytes:
        """The 25 bytes that are signed."""
        return bytes([VERSION]) + self.event_tag + self.key_tag + self.registration_id.bytes


def event_tag(event_id: UUID) -> bytes:
    """The first 4 bytes of SHA-256 of the event's id."""
    return hashlib.sha256(event_id.bytes).digest()[:4]


def key_tag(public_key: bytes) -> bytes:
    """Tag of a raw 32-byte Ed25519 public key."""
    return hashlib.sha256(public_key).digest()[:4]


def sign(event_id: UUID, registration_id: UUID, key: Ed25519PrivateKey) -> str:
    """The code of a ticket: 139 characters for a QR code of version 6. Deterministic."""
    tag = key_tag(key.public_key().public_bytes_raw())
    head = TicketCode(event_tag(event_id), tag, registration_id, b"").head
    code: bytes = base45.b45encode(head + key.sign(PREFIX.encode() + head))
    return PREFIX + code.decode()


def parse(code: str) -> TicketCode:
    """Take a code apart. Raises TicketCodeError for anything that is none."""
    try:
        data = base45.b45decode(code.strip().removeprefix(PREFIX))
    except ValueError as problem:
        raise TicketCodeError from problem
    is_well_formed = code.strip().startswith(PREFIX) and len(data) == HEAD_BYTES + SIGNATURE_BYTES
    if not is_well_formed or data[0] != VERSION:
        raise TicketCodeError
    return TicketCode(data[1:5], data[5:9], UUID(bytes=data[9:25]), data[25:])


def verify(code: str, event_id: UUID, public_keys: list[bytes]) -> UUID:
    """The registration of a genuine ticket of this event. Raises TicketCodeError for any other."""
    ticket = parse(code)
    if ticket.event_tag != event_tag(event_id):
        raise TicketCodeError
    for public_key in public_keys:
        if key_tag(public_key) == ticket.key_tag and _is_signed_by(ticket, public_key):
            return ticket.registration_id
    raise TicketCodeError


def _is_signed_by(ticket: TicketCode, public_key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(ticket.signature, PREFIX.encode() + ticket.head)
    except InvalidSignature:
        return False
    return True


def clean_short_code(text: str) -> str | None:
    """A short code as it is stored, from what somebody typed (`bcdf-ghjk`), or None."""
    letters = "".join(text.split()).replace("-", "").upper()
    is_one = len(letters) == SHORT_CODE_LENGTH and all(letter in SHORT_CODE_LETTERS for letter in letters)
    return letters if is_one else None


def show_short_code(code: str) -> str:
    """`BCDF-GHJK`, in two groups that can be remembered while typing."""
    return f"{code[:4]}-{code[4:]}"
