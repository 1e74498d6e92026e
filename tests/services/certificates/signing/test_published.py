"""The public side of the keys."""

from base64 import b64decode
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from services.certificates.runtime import settings
from services.certificates.signing import published
from shared.kit import signing_keys
from shared.kit.signing_keys import Use
from tests.services.certificates.api import public
from tests.support.seals import FIRST_DAY, PASSPHRASE, a_pkcs12, a_ring

ADDRESS = "https://events.example.org"


def test_each_key_says_what_it_is_for_and_since_when() -> None:
    ring = signing_keys.rotated(a_ring(), ADDRESS, FIRST_DAY, use=Use.CREDENTIAL)
    keys = published.key_set(ring)["keys"]
    assert [(key["kty"], key["state"]) for key in keys] == [
        ("OKP", "active"),
        ("OKP", "retired"),
        ("EC", "active"),
    ]
    assert keys[1]["retired_at"] == "2022-01-01T00:00:00+00:00"


def test_a_document_key_brings_its_certificates() -> None:
    ring = a_ring()
    key = next(key for key in published.key_set(ring)["keys"] if key["kty"] == "EC")
    own, authority = (x509.load_der_x509_certificate(b64decode(each)) for each in key["x5c"])
    own.verify_directly_issued_by(authority)
    assert authority.public_bytes(Encoding.DER) == b64decode(published.key_set(ring)["authority"])


def test_an_organisations_seal_is_published_with_whose_it_is() -> None:
    file, _ = a_pkcs12("Handwerkskammer Chemnitz")
    ring = signing_keys.with_seal(a_ring(), UUID(int=4), file, PASSPHRASE, FIRST_DAY)
    seal = published.key_set(ring)["keys"][0]
    assert (seal["kty"], seal["organisation_id"]) == ("RSA", str(UUID(int=4)))
    assert not {"d", "p", "q"} & set(seal)


def test_the_authority_vouches_for_the_revocation_list() -> None:
    revoked = x509.load_der_x509_crl(public().get("/certificates/keys/revoked.crl").content)
    authority = x509.load_pem_x509_certificate(public().get("/certificates/keys/authority.pem").content)
    key = authority.public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    assert revoked.is_signature_valid(key)
    assert list(revoked) == []


def test_the_certificates_of_papers_are_those_of_the_key_ring() -> None:
    pem = public().get("/certificates/keys/documents.pem").text
    assert pem == "".join(
        key.public for key in signing_keys.read(settings.secrets_dir).keys if key.use is Use.DOCUMENT
    )


def test_a_key_is_found_by_its_name() -> None:
    for key in public().get("/certificates/keys").json()["keys"]:
        assert public().get(f"/certificates/keys/{key['kid']}").json() == key
