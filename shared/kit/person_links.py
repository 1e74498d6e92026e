"""A link to what concerns one person, which proves itself: registration signs it, and every service can check it.

It is made anew each time the person's own page is shown, names only the registration, and opens nothing else.
"""

from datetime import timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.errors import NotFound
from shared.kit.access import ALGORITHM
from shared.kit.clock import Clock, utc_now

# A day at an event, with a phone that is never reloaded.
LIFE = timedelta(hours=24)
# No pass of an organiser has it, and no such link has what a pass has.
USE = "person"


def sign_person(registration_id: UUID, private_key: bytes, *, now: Clock = utc_now) -> str:
    """A token for a link (JWT by RFC 7519, Ed25519 by RFC 8037), good for `LIFE`."""
    issued = int(now().timestamp())
    claims = {"sub": str(registration_id), "use": USE, "exp": issued + int(LIFE.total_seconds())}
    return jwt.encode({"alg": ALGORITHM}, claims, OKPKey.import_key(private_key), algorithms=[ALGORITHM])


def person_of(token: str, public_key: bytes, *, now: Clock = utc_now) -> UUID:
    """The registration that a token names. Raises NotFound for a forged, malformed or expired one."""
    try:
        claims = jwt.decode(token, OKPKey.import_key(public_key), algorithms=[ALGORITHM]).claims
        if claims["use"] == USE and claims["exp"] > now().timestamp():
            return UUID(claims["sub"])
    except (JoseError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise NotFound from problem
    raise NotFound
