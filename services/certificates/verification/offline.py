"""Checking papers and credentials with the published keys alone, without asking anybody.

Pure: files in, a sentence out. What was withdrawn since stands in the issuer's list, which changes.
"""

import json
from base64 import urlsafe_b64decode
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.certificates.signing.credentials import ALGORITHM
from services.certificates.verification.examination import Unreadable, signatures_of
from shared.kit.signing_keys import KeyState


class NotProven(Exception):
    """This file is not what the keys vouch for."""


def check(file: bytes, keys: dict[str, Any]) -> str:
    """Who vouches for a PDF or a credential, as a sentence; `keys` is the published JWK Set. Raises NotProven."""
    return _check_pdf(file, keys) if b"%PDF-" in file[:1024] else _check_credential(file, keys)


def _check_pdf(pdf: bytes, keys: dict[str, Any]) -> str:
    try:
        signatures = signatures_of(pdf)
    except Unreadable as problem:
        raise NotProven("The file cannot be read.") from problem
    ours = next((each for each in signatures if _find(each.kid, keys)), None)
    if ours is None:
        raise NotProven("No signature in the file is by one of these keys.")
    if not ours.is_intact:
        raise NotProven("What was signed has been changed.")
    if not ours.is_whole:
        raise NotProven("Something was added after it had been signed.")
    _must_be_trusted(ours.kid, keys)
    return f"Signed by {ours.signer}, on {ours.signed_at:%Y-%m-%d %H:%M} UTC, and unchanged since."


def _check_credential(file: bytes, keys: dict[str, Any]) -> str:
    """A compact JWT, whose header names its key by an address that ends with the key's name."""
    token = file.decode("ascii", errors="replace").strip()
    try:
        kid = str(json.loads(_header(token)).get("kid", "")).rpartition("/")[2]
        key = _must_be_trusted(kid, keys)
        claims = jwt.decode(token, OKPKey.import_key(key), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, AttributeError) as problem:
        raise NotProven("This is no credential, or it has been changed.") from problem
    subject = claims["credentialSubject"]
    holder = subject["identifier"][0]["identityHash"]
    return f"{claims['issuer']['name']} confirms {subject['licenseNumber']} for {holder}: {claims['name']}."


def _header(token: str) -> bytes:
    head = token.partition(".")[0]
    return urlsafe_b64decode(head + "=" * (-len(head) % 4))


def _find(kid: str, keys: dict[str, Any]) -> dict[str, Any] | None:
    return next((key for key in keys["keys"] if key["kid"] == kid), None)


def _must_be_trusted(kid: str, keys: dict[str, Any]) -> dict[str, Any]:
    key = _find(kid, keys)
    if key is None:
        raise NotProven("It is signed by none of these keys.")
    if key.get("state") == KeyState.REVOKED:
        raise NotProven(f"Its key has been revoked: {key.get('reason', '')}")
    return key
