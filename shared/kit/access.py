"""Who is asking and what may they do: signed passes that every service can check by itself.

Registration signs (Ed25519, JWT by RFC 7519 and RFC 8037) a browser cookie of a few minutes and
API tokens; the others need only the public key and the list of revoked sessions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.errors import Forbidden, NotFound, Unauthenticated
from shared.kit.clock import Clock, utc_now
from shared.kit.database import KitBase

ALGORITHM = "Ed25519"
# Short enough that a role taken away is gone soon, long enough to renew rarely.
BROWSER_PASS_LIFE = timedelta(minutes=5)


class Role(StrEnum):
    """What somebody is in an organisation; RIGHTS says what that allows."""

    owner = "owner"
    organiser = "organiser"
    door = "door"
    viewer = "viewer"


class Right(StrEnum):
    """What somebody may do with the events of an organisation."""

    read = "read"
    """See registrations, programme and papers."""
    write = "write"
    """Change events, registrations, attendance; start runs."""
    scan = "scan"
    """Send scans of tickets."""
    manage = "manage"
    """Manage the team."""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.owner: frozenset(Right),
    Role.organiser: frozenset({Right.read, Right.write, Right.scan}),
    Role.door: frozenset({Right.scan}),
    Role.viewer: frozenset({Right.read}),
}


@dataclass(frozen=True)
class Principal:
    """Somebody who signed in, in a browser or by an API token."""

    account_id: UUID
    session_id: UUID
    name: str
    """The account's mail address: author of corrections, never logged."""
    roles: Mapping[UUID, Role] = field(default_factory=dict)
    """Role by organisation."""
    scopes: frozenset[Right] = frozenset(Right)
    """What a token may do at most; a browser may do all that the role allows."""

    @property
    def asker(self) -> str:
        """Whose stored answers this is: a token that may do less does not get what a fuller one was told."""
        return " ".join([str(self.account_id), *sorted(self.scopes)])

    def may(self, right: Right, organisation_id: UUID) -> bool:
        """Whether both the role in that organisation and the scopes hold the right."""
        role = self.roles.get(organisation_id)
        return role is not None and right in RIGHTS[role] and right in self.scopes

    def must(self, right: Right, organisation_id: UUID) -> None:
        """Raises NotFound for another tenant's object, since its existence is nobody's business,
        and Forbidden for a right that the role does not have."""
        if organisation_id not in self.roles:
            raise NotFound
        if not self.may(right, organisation_id):
            raise Forbidden

    def organisations(self, right: Right) -> tuple[UUID, ...]:
        """Organisations in which this right is held, in a stable order."""
        return tuple(sorted(o for o in self.roles if self.may(right, o)))


class RevokedSession(KitBase):
    """A session whose passes are worthless though their signature is good; each service keeps a copy."""

    __tablename__ = "revoked_sessions"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


def sign(principal: Principal, private_key: bytes, *, life: timedelta, now: Clock = utc_now) -> str:
    """A pass for this person, valid for `life` from `now`."""
    issued = now()
    claims = {
        "sub": str(principal.account_id),
        "sid": str(principal.session_id),
        "name": principal.name,
        "roles": {str(organisation): role.value for organisation, role in principal.roles.items()},
        "scopes": sorted(principal.scopes),
        "iat": int(issued.timestamp()),
        "exp": int((issued + life).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, OKPKey.import_key(private_key), algorithms=[ALGORITHM])


def verify(token: str, public_key: bytes, *, now: Clock = utc_now) -> Principal:
    """The person behind a pass. Raises Unauthenticated for a forged, malformed or expired one."""
    try:
        claims = jwt.decode(token, OKPKey.import_key(public_key), algorithms=[ALGORITHM]).claims
        if claims["exp"] <= now().timestamp():
            raise Unauthenticated
        return Principal(
            account_id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            name=claims["name"],
            roles={UUID(organisation): Role(role) for organisation, role in claims["roles"].items()},
            scopes=frozenset(Right(scope) for scope in claims["scopes"]),
        )
    except (JoseError, KeyError, ValueError, TypeError) as problem:
        raise Unauthenticated from problem


def revoke(session: Session, session_id: UUID, expires_at: datetime) -> None:
    """Make the passes of a session worthless from now on; saying it twice changes nothing."""
    row = insert(RevokedSession).values(session_id=session_id, expires_at=expires_at)
    session.execute(row.on_conflict_do_nothing())


def is_revoked(session: Session, session_id: UUID) -> bool:
    """Whether the passes of this session are worthless."""
    return session.get(RevokedSession, session_id) is not None


def purge_revoked(session: Session, *, now: Clock = utc_now) -> None:
    """Forget sessions whose passes have expired by themselves."""
    session.execute(delete(RevokedSession).where(RevokedSession.expires_at < now()))
