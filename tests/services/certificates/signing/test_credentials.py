"""Credentials, judged by openbadgeslib: its own JOSE (PyJWT), its own model of Open Badges 3.0 and of status lists."""

from collections.abc import Callable
from email.message import EmailMessage

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import shown_code
from services.certificates.runtime import Sessions, settings
from shared.kit import signing_keys
from shared.kit.clock import utc_now
from tests.services.certificates.api import public
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, mails, rule, work

OURS = "http://localhost:8080"


@pytest.fixture
def mail(few: ModelEvent) -> EmailMessage:
    """The mail with Lotti Geisel's confirmation."""
    hear(*few.messages())
    rule()
    work()
    return next(mail for mail in mails("confirmation") if "lotti.geisel" in mail["To"])


def hers() -> Confirmation:
    return next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))


def credential_in(mail: EmailMessage) -> str:
    [file] = [part for part in mail.iter_attachments() if part.get_content_type() == "application/vc+jwt"]
    assert file.get_filename() == f"{hers().number}.jwt"
    content: bytes = file.get_content()
    return content.decode()


def verifier_of(token: str) -> OB3Verifier:
    """With the key at the address in the token's header, as a stranger would fetch it."""
    address = jwt.get_unverified_header(token)["kid"]
    assert address.startswith(f"{OURS}/certificates/keys/")
    key = jwt.PyJWK(public().get(address.removeprefix(OURS)).json()).key
    assert isinstance(key, Ed25519PublicKey)
    return OB3Verifier(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def fetch(address: str) -> bytes:
    return public().get(address.removeprefix(OURS)).content


def check(token: str, download: Callable[[str], bytes] = fetch) -> None:
    verifier_of(token).verify(token, check_status=True, download=download)


def test_the_mail_carries_a_credential_that_a_foreign_verifier_believes(mail: EmailMessage) -> None:
    found = verifier_of(credential_in(mail)).verify(credential_in(mail), check_status=True, download=fetch)
    assert found.issuer.name == "Mittelstand-Digital Zentrum Chemnitz"
    assert found.achievement.name.startswith("Vernetzungstreffen")
    claims = jwt.decode(credential_in(mail), options={"verify_signature": False})
    subject = claims["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Lotti Geisel"
    assert subject["creditsEarned"] == 7
    assert subject["licenseNumber"] == hers().number
    assert claims["id"] == f"{OURS}/certificates/v/{shown_code(hers().code)}"


def test_the_public_credential_shows_initials_only(mail: EmailMessage) -> None:
    answer = public().get(f"/certificates/v/{hers().code}/credential.jwt")
    assert answer.headers["content-type"] == "application/vc+jwt"
    check(answer.text)
    claims = jwt.decode(answer.text, options={"verify_signature": False})
    assert claims["credentialSubject"]["identifier"][0]["identityHash"] == "L. G."
    assert "Geisel" not in str(claims)


def test_a_foreign_verifier_sees_a_changed_credential(mail: EmailMessage) -> None:
    header, payload, signature = credential_in(mail).split(".")
    with pytest.raises(OB3VerificationError, match="signature"):
        check(f"{header}.{payload[:-6]}{payload[-5:]}A.{signature}")


def test_a_foreign_verifier_sees_that_a_confirmation_was_withdrawn(mail: EmailMessage) -> None:
    token, other = credential_in(mail), next(each for each in every(Confirmation) if each != hers())
    with Sessions.begin() as session:
        session.get_one(Confirmation, hers().confirmation_id).state = State.REVOKED.value
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        check(token)
    check(public().get(f"/certificates/v/{other.code}/credential.jwt").text)


def test_an_old_credential_is_believed_after_a_rotation(mail: EmailMessage) -> None:
    before = signing_keys.read(settings.secrets_dir)
    try:
        signing_keys.write(settings.secrets_dir, signing_keys.rotated(before, OURS, utc_now()))
        verifier_of(credential_in(mail)).verify(credential_in(mail))
        fresh = public().get(f"/certificates/v/{hers().code}/credential.jwt").text
        assert (
            jwt.get_unverified_header(fresh)["kid"] != jwt.get_unverified_header(credential_in(mail))["kid"]
        )
        check(fresh)
    finally:
        signing_keys.write(settings.secrets_dir, before)


def test_an_issuer_has_a_profile(mail: EmailMessage) -> None:
    issuer = jwt.decode(credential_in(mail), options={"verify_signature": False})["iss"]
    assert public().get(issuer.removeprefix(OURS)).json()["name"] == "Mittelstand-Digital Zentrum Chemnitz"


@pytest.mark.parametrize(
    "path", ["keys/nobody", f"issuers/{id_of('x')}", f"status/{id_of('x')}/0", "v/2222/credential.jwt"]
)
def test_what_was_never_issued_is_not_there(path: str) -> None:
    assert public().get(f"/certificates/{path}").status_code == 404
