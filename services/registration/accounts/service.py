"""Who may work with an organisation's events: accounts, browser sessions, API tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.accounts.models import Account, Membership, Organisation, SignIn
from services.registration.accounts.throttle import Throttle
from services.registration.signup.addresses import clean_address
from services.registration.signup.duplicates import address_key
from services.registration.signup.names import Refused, clean_organisation
from shared.contracts.registration import SessionRevoked
from shared.errors import Conflict, Invalid, NotFound, ProblemError
from shared.kit import access
from shared.kit.access import BROWSER_PASS_LIFE, Principal, Right, Role
from shared.kit.clock import Clock, utc_now
from shared.kit.outbox import publish

# A working day: somebody who opens the list in the morning is still signed in in the evening.
BROWSER_SESSION_LIFE = timedelta(hours=12)
# NIST SP 800-63B asks for eight and recommends fifteen; these accounts see personal data.
SHORTEST_PASSWORD = 12
# Argon2 takes a password of any length, so somebody could have us hash megabytes.
LONGEST_PASSWORD = 500

passwords = PasswordHash.recommended()


class WrongCredentials(ProblemError):
    """This mail address and password do not belong together."""

    status = 401


class AccountExists(Conflict):
    """This organisation has an account with this mail address already."""


class PasswordTooShort(Invalid):
    """A password needs at least {shortest} characters."""


class TokenNotFound(NotFound):
    """There is no such token."""


@dataclass(frozen=True)
class BrowserSession:
    """What a browser gets: `secret` renews, `access_pass` (a few minutes) is shown to the services."""

    secret: str
    access_pass: str


@dataclass(frozen=True)
class AddedAccount:
    """`is_new` is False for an account that was there before, with its own password."""

    account: Account
    is_new: bool


@dataclass(frozen=True)
class IssuedToken:
    """`token` is shown once; only its id is kept."""

    sign_in: SignIn
    token: str


def add_organiser(
    session: Session,
    email: str,
    *,
    organisation: str,
    password: str,
    role: Role = Role.owner,
    now: Clock = utc_now,
) -> AddedAccount:
    """Make an account with a role in an organisation; either may exist already, not both together.

    An existing account keeps its password. Raises Refused for an address that is none.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD)
    address = clean_address(email)
    known = _find(session, address)
    account = known or _new_account(session, address, password, now())
    tenant = _organisation(session, clean_organisation(organisation), now())
    if session.get(Membership, (tenant.id, account.id)) is not None:
        raise AccountExists
    session.add(
        Membership(organisation_id=tenant.id, account_id=account.id, role=role.value, created_at=now())
    )
    session.flush()
    return AddedAccount(account, is_new=known is None)


def _new_account(session: Session, email: str, password: str, now: datetime) -> Account:
    account = Account(
        email=email, address_key=address_key(email), password_hash=passwords.hash(password), created_at=now
    )
    session.add(account)
    session.flush()
    return account


def _organisation(session: Session, name: str, now: datetime) -> Organisation:
    known = session.scalar(select(Organisation).where(Organisation.name == name))
    if known is not None:
        return known
    tenant = Organisation(name=name, created_at=now)
    session.add(tenant)
    session.flush()
    return tenant


def sign_in(session: Session, throttle: Throttle, email: str, password: str, *, machine: str) -> Account:
    """The account. Raises WrongCredentials, and TooManySignIns after too many of them."""
    key = address_key(email.strip())
    throttle.check(key, machine)
    try:
        return authenticate(session, email, password)
    except WrongCredentials:
        throttle.note_failure(key, machine)
        raise


def authenticate(session: Session, email: str, password: str) -> Account:
    """The account behind an address and its password. Raises WrongCredentials, after the same time."""
    account = _find(session, email)
    known_hash = account.password_hash if account else _hash_of_nobody()
    is_right = passwords.verify(password[:LONGEST_PASSWORD], known_hash)
    if account is None or not is_right:
        raise WrongCredentials
    return account


def _find(session: Session, email: str) -> Account | None:
    try:
        key = address_key(clean_address(email))
    except Refused:
        return None
    return session.scalar(select(Account).where(Account.address_key == key))


_NOBODY: list[str] = []


def _hash_of_nobody() -> str:
    """Compared where there is no account: the time of an answer must not tell which addresses have one."""
    if not _NOBODY:
        _NOBODY.append(passwords.hash(secrets.token_urlsafe()))
    return _NOBODY[0]


def open_browser_session(
    session: Session, account: Account, private_key: bytes, *, now: Clock = utc_now
) -> BrowserSession:
    secret = secrets.token_urlsafe(32)
    moment = now()
    sign_in = SignIn(
        account=account,
        kind="browser",
        name="",
        scopes=sorted(Right),
        secret_hash=_hashed(secret),
        created_at=moment,
        expires_at=moment + BROWSER_SESSION_LIFE,
    )
    session.add(sign_in)
    session.flush()
    return BrowserSession(secret, _browser_pass(sign_in, private_key, now))


def renew_browser_session(
    session: Session, secret: str, private_key: bytes, *, now: Clock = utc_now
) -> str | None:
    """A fresh pass with the roles of this moment; None where the session has ended."""
    sign_in = _browser_session(session, secret)
    if sign_in is None or sign_in.expires_at <= now():
        return None
    return _browser_pass(sign_in, private_key, now)


def close_browser_session(session: Session, secret: str, *, now: Clock = utc_now) -> None:
    sign_in = _browser_session(session, secret)
    if sign_in is not None:
        # The last pass was signed at this moment at the latest.
        _revoke(session, sign_in, until=now() + BROWSER_PASS_LIFE, now=now)


def _browser_session(session: Session, secret: str) -> SignIn | None:
    known = select(SignIn).where(SignIn.secret_hash == _hashed(secret), SignIn.revoked_at.is_(None))
    return session.scalar(known)


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _browser_pass(sign_in: SignIn, private_key: bytes, now: Clock) -> str:
    return access.sign(principal_of(sign_in), private_key, life=BROWSER_PASS_LIFE, now=now)


def issue_token(
    session: Session,
    account: Account,
    private_key: bytes,
    *,
    name: str = "",
    scopes: Sequence[Right] = tuple(Right),
    life: timedelta = timedelta(days=30),
    now: Clock = utc_now,
) -> IssuedToken:
    """A token for a program; its scopes limit what the account's role allows."""
    moment = now()
    sign_in = SignIn(
        account=account,
        kind="token",
        name=name,
        scopes=sorted(set(scopes)),
        created_at=moment,
        expires_at=moment + life,
    )
    session.add(sign_in)
    session.flush()
    return IssuedToken(sign_in, access.sign(principal_of(sign_in), private_key, life=life, now=now))


def revoke_token(session: Session, principal: Principal, token_id: UUID, *, now: Clock = utc_now) -> None:
    """End one of the principal's own tokens, for all three services. Raises TokenNotFound."""
    sign_in = session.get(SignIn, token_id)
    if sign_in is None or sign_in.kind != "token" or sign_in.account_id != principal.account_id:
        raise TokenNotFound
    if sign_in.revoked_at is None:
        _revoke(session, sign_in, until=sign_in.expires_at, now=now)


def list_tokens(session: Session, principal: Principal, *, now: Clock = utc_now) -> Sequence[SignIn]:
    """The principal's own tokens that still work."""
    own = select(SignIn).where(
        SignIn.account_id == principal.account_id,
        SignIn.kind == "token",
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now(),
    )
    return session.scalars(own.order_by(SignIn.id)).all()


def _revoke(session: Session, sign_in: SignIn, *, until: datetime, now: Clock) -> None:
    sign_in.revoked_at = now()
    access.revoke(session, sign_in.id, until)
    for membership in sign_in.account.memberships[:1]:
        publish(
            session,
            SessionRevoked(
                organisation_id=membership.organisation_id, session_id=sign_in.id, expires_at=until
            ),
        )


def principal_of(sign_in: SignIn) -> Principal:
    account = sign_in.account
    return Principal(
        account_id=account.id,
        session_id=sign_in.id,
        name=account.email,
        roles={membership.organisation_id: Role(membership.role) for membership in account.memberships},
        scopes=frozenset(Right(scope) for scope in sign_in.scopes),
    )
