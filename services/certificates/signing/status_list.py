"""Which credentials are revoked, as a list that tells nobody which one was asked about (W3C Bitstring Status List 1.0).

Pure: places in, a credential out.
"""

import gzip
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from services.certificates.signing.credentials import VC_CONTEXT, instant

# The least that the standard allows (3.1): somebody who asks for a list is one of 131,072.
PLACES = 131_072
# A withdrawn confirmation is found out within this time by those who keep the list.
LASTS = timedelta(hours=1)


def status_list(revoked: Iterable[int], address: str, issuer: str, now: datetime) -> dict[str, Any]:
    """The list credential with the claims of its JWT; `revoked` are places from 0 on below `PLACES`."""
    return {
        "@context": [VC_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(now),
        "validUntil": instant(now + LASTS),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(revoked),
            # Milliseconds (2.2).
            "ttl": int(LASTS.total_seconds() * 1000),
        },
        "iss": issuer,
        "jti": address,
        "nbf": int(now.timestamp()),
        "exp": int((now + LASTS).timestamp()),
        "sub": f"{address}#list",
    }


def encoded(revoked: Iterable[int]) -> str:
    """The bits, the first one the leftmost, packed by gzip, as multibase base64url (3.2)."""
    bits = bytearray(PLACES // 8)
    for place in revoked:
        bits[place // 8] |= 0x80 >> place % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")
