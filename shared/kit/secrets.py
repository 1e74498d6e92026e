"""Key files: made once, private to their owner, never overwritten."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from shared.kit import signing_keys
from shared.kit.clock import Clock, utc_now


def make_missing(
    folder: Path, *, public_url: str = "http://localhost:8080", now: Clock = utc_now
) -> list[str]:
    """Make the key files that are not there yet; returns their names.

    `public_url` is where people reach the installation: its name stands in the certificates of what it signs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [
        *_make_key_pair(folder, "access_private.pem", "access_public.pem"),
        *_make_key_pair(folder, "ticket_private.pem", "ticket_public.pem"),
        *_make(folder / "link_secret", secrets.token_hex(32).encode()),
        *_make_signing_keys(folder, public_url, now()),
    ]


def _make_key_pair(folder: Path, private_name: str, public_name: str) -> list[str]:
    if (folder / private_name).exists():
        return []
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return [*_make(folder / public_name, public), *_make(folder / private_name, private)]


def _make_signing_keys(folder: Path, public_url: str, now: datetime) -> list[str]:
    """The keys that prove papers; a certificate that will soon end gets a successor."""
    try:
        old = signing_keys.read(folder)
    except FileNotFoundError:
        signing_keys.write(folder, signing_keys.new_ring(public_url, now))
        return [signing_keys.FILE_NAME]
    if old.authority_key and (renewed := signing_keys.renewed_if_due(old, public_url, now)) != old:
        signing_keys.write(folder, renewed)
    return []


def _make(path: Path, content: bytes) -> list[str]:
    if path.exists():
        return []
    # Exclusive and private from its first byte: nobody reads it between creation and chmod.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return [path.name]
