import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from shared.kit import secrets, signing_keys
from shared.kit.signing_keys import KeyRing, KeyState, SealError, UnknownKey, Use
from tests.support.seals import a_pkcs12

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = "https://events.example.org"
ORGANISATION = UUID(int=4)


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return signing_keys.new_ring(ADDRESS, NOW)


def certificates(pem: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode())


def test_an_installation_begins_with_a_key_for_each_use(ring: KeyRing) -> None:
    assert {key.use for key in ring.keys} == set(Use)
    assert {key.state for key in ring.keys} == {KeyState.ACTIVE}


def test_a_document_key_has_a_certificate_of_the_authority_that_names_the_installation(ring: KeyRing) -> None:
    key = ring.active(Use.DOCUMENT)
    assert key is not None
    own, authority = certificates(key.public)
    own.verify_directly_issued_by(authority)
    assert own.subject.rfc4514_string() == "CN=Treffpunkt events.example.org"
    assert own.not_valid_after_utc - NOW == signing_keys.CERTIFICATE_LASTS


def test_rotating_retires_what_signed_and_destroys_its_private_part(ring: KeyRing) -> None:
    before = ring.active(Use.CREDENTIAL)
    later = signing_keys.rotated(ring, ADDRESS, NOW + timedelta(days=1), use=Use.CREDENTIAL)
    assert before is not None
    old = next(key for key in later.keys if key.kid == before.kid)
    assert (old.state, old.private, old.ended_at) == (KeyState.RETIRED, None, NOW + timedelta(days=1))
    assert old.public == before.public
    assert later.active(Use.CREDENTIAL) != before
    assert later.active(Use.DOCUMENT) == ring.active(Use.DOCUMENT)


def test_a_revoked_key_signs_no_more_and_stands_on_the_authoritys_list(ring: KeyRing) -> None:
    lost = ring.active(Use.DOCUMENT)
    assert lost is not None
    later = signing_keys.revoked(ring, lost.kid, "stolen", ADDRESS, NOW + timedelta(days=1))
    revocations = x509.load_pem_x509_crl(later.revocation_list.encode())
    assert revocations.is_signature_valid(certificates(ring.authority)[0].public_key())  # type: ignore[arg-type]
    assert [each.serial_number for each in revocations] == [certificates(lost.public)[0].serial_number]
    fresh = later.active(Use.DOCUMENT)
    assert fresh is not None
    assert fresh.kid != lost.kid
    assert [key.reason for key in later.keys if key.state is KeyState.REVOKED] == ["stolen"]


def test_an_unknown_key_cannot_be_revoked(ring: KeyRing) -> None:
    with pytest.raises(UnknownKey):
        signing_keys.revoked(ring, "nobody", "lost", ADDRESS, NOW)


def test_an_organisations_own_seal_signs_for_it_alone(ring: KeyRing) -> None:
    file, certificate = a_pkcs12("Handwerkskammer Chemnitz", passphrase="geheim")
    sealed = signing_keys.with_seal(ring, ORGANISATION, file, "geheim", NOW)
    own = sealed.active(Use.DOCUMENT, ORGANISATION)
    assert own is not None
    assert certificates(own.public)[0].public_bytes(Encoding.DER) == certificate.public_bytes(Encoding.DER)
    assert sealed.active(Use.DOCUMENT, UUID(int=5)) == ring.active(Use.DOCUMENT)
    assert sealed.active(Use.CREDENTIAL, ORGANISATION) == ring.active(Use.CREDENTIAL)


@pytest.mark.parametrize(("file", "passphrase"), [(b"no seal", "geheim"), (a_pkcs12("HWK")[0], "falsch")])
def test_what_is_no_seal_is_refused(ring: KeyRing, file: bytes, passphrase: str) -> None:
    with pytest.raises(SealError, match="no PKCS#12"):
        signing_keys.with_seal(ring, ORGANISATION, file, passphrase, NOW)


def test_whoever_only_signs_can_make_no_keys(ring: KeyRing) -> None:
    with pytest.raises(PermissionError):
        signing_keys.rotated(ring.without_authority(), ADDRESS, NOW)


def test_a_certificate_that_will_soon_end_gets_a_successor_at_the_next_start(tmp_path: Path) -> None:
    secrets.make_missing(tmp_path, now=lambda: NOW)
    first = signing_keys.read(tmp_path).active(Use.DOCUMENT)
    secrets.make_missing(tmp_path, now=lambda: NOW + timedelta(days=365))
    assert signing_keys.read(tmp_path).active(Use.DOCUMENT) == first
    secrets.make_missing(tmp_path, now=lambda: NOW + timedelta(days=4.8 * 365))
    assert signing_keys.read(tmp_path).active(Use.DOCUMENT) != first


def test_the_key_ring_is_private_and_leaves_nothing_behind(tmp_path: Path, ring: KeyRing) -> None:
    signing_keys.write(tmp_path, ring)
    signing_keys.change(tmp_path, lambda ring: signing_keys.rotated(ring, ADDRESS, NOW))
    assert [path.name for path in tmp_path.iterdir()] == [signing_keys.FILE_NAME]
    assert (tmp_path / signing_keys.FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / signing_keys.FILE_NAME).read_text())["authority"] == ring.authority
