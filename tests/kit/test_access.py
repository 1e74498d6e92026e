from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from shared.errors import Forbidden, NotFound, Unauthenticated
from shared.kit import access, secrets
from shared.kit.access import Principal, Right, Role
from shared.kit.database import Sessions, new_id

OURS, THEIRS = new_id(), new_id()
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    secrets.make_missing(folder)
    return folder


def somebody(role: Role = Role.organiser, scopes: frozenset[Right] = frozenset(Right)) -> Principal:
    return Principal(new_id(), new_id(), "olga@example.org", {OURS: role}, scopes)


def a_pass(keys: Path, principal: Principal) -> str:
    private = (keys / "access_private.pem").read_bytes()
    return access.sign(principal, private, life=timedelta(minutes=5), now=lambda: NOON)


def verified(keys: Path, token: str, at: datetime = NOON) -> Principal:
    return access.verify(token, (keys / "access_public.pem").read_bytes(), now=lambda: at)


def test_a_pass_says_who_somebody_is_and_what_they_may(keys: Path) -> None:
    principal = somebody(Role.door)
    assert verified(keys, a_pass(keys, principal)) == principal


def test_a_pass_ends_after_its_life(keys: Path) -> None:
    token = a_pass(keys, somebody())
    verified(keys, token, NOON + timedelta(minutes=4, seconds=59))
    with pytest.raises(Unauthenticated):
        verified(keys, token, NOON + timedelta(minutes=5))


def test_a_pass_of_another_key_is_refused(keys: Path, tmp_path: Path) -> None:
    secrets.make_missing(tmp_path)
    with pytest.raises(Unauthenticated):
        verified(keys, a_pass(tmp_path, somebody()))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_pass_is_refused(keys: Path, token: str) -> None:
    with pytest.raises(Unauthenticated):
        verified(keys, token)


def test_an_unsigned_pass_is_refused_whatever_it_claims(keys: Path) -> None:
    _, claims, _ = a_pass(keys, somebody(Role.owner)).split(".")
    with pytest.raises(Unauthenticated):
        verified(keys, f"eyJhbGciOiJub25lIn0.{claims}.")


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.owner, {"read", "write", "scan", "manage"}),
        (Role.organiser, {"read", "write", "scan"}),
        (Role.door, {"scan"}),
        (Role.viewer, {"read"}),
    ],
)
def test_each_role_has_its_rights_and_no_others(role: Role, rights: set[str]) -> None:
    assert {right for right in Right if somebody(role).may(right, OURS)} == rights


def test_another_tenants_object_does_not_exist() -> None:
    with pytest.raises(NotFound):
        somebody(Role.owner).must(Right.read, THEIRS)


def test_a_role_too_low_is_told_so() -> None:
    with pytest.raises(Forbidden):
        somebody(Role.viewer).must(Right.write, OURS)


def test_a_token_may_do_no_more_than_its_scopes() -> None:
    with pytest.raises(Forbidden):
        somebody(Role.owner, frozenset({Right.scan})).must(Right.read, OURS)


def test_a_revoked_session_is_known_until_its_passes_have_expired(sessions: Sessions) -> None:
    session_id: UUID = new_id()
    with sessions.begin() as session:
        access.revoke(session, session_id, NOON)
        access.revoke(session, session_id, NOON)
        access.purge_revoked(session, now=lambda: NOON - timedelta(seconds=1))
        assert access.is_revoked(session, session_id)
        session.expire_all()
        access.purge_revoked(session, now=lambda: NOON + timedelta(seconds=1))
        assert not access.is_revoked(session, session_id)


def test_key_files_are_private_and_never_overwritten(tmp_path: Path) -> None:
    made = secrets.make_missing(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in made}
    assert secrets.make_missing(tmp_path) == []
    assert {name: (tmp_path / name).read_bytes() for name in made} == before
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in made} == {0o600}
