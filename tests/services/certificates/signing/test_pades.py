"""Signed papers, judged by poppler, pyHanko's validator, Preflight, pdfua and qpdf."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import UUID

import pytest
from asn1crypto import pem, tsp, x509
from asn1crypto.keys import PrivateKeyInfo
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from services.certificates.confirmations import document
from services.certificates.confirmations.kinds import Kind
from services.certificates.signing.pades import Seal, SealExpired, make_seal, sign
from shared.kit import signing_keys
from shared.kit.signing_keys import KeyRing, Use
from tests.support.paper_facts import DRAWN_AT, HARD_NAMES, a_confirmation
from tests.support.paper_judges import barriers, damages, preflight, signatures
from tests.support.seals import FIRST_DAY, PASSPHRASE, a_pkcs12, a_ring, a_seal

RING = a_ring()
SEAL = a_seal(RING)


def a_paper(seal: Seal = SEAL, name: tuple[str, str] = HARD_NAMES[0]) -> bytes:
    return document.draw(a_confirmation(*name, room=seal.room))


def verdict(pdf: bytes, *roots: x509.Certificate) -> PdfSignatureStatus:
    """pyHanko's, with trust in these certificates alone."""
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=list(roots), allow_fetching=False)
    return validate_pdf_signature(signature, context)


def authority(ring: KeyRing = RING) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(ring.authority.encode())[2])


def test_a_signed_confirmation_is_trusted_by_who_trusts_the_installation() -> None:
    status = verdict(sign(a_paper(), SEAL), authority())
    assert status.bottom_line
    assert status.summary() == "INTACT:TRUSTED,UNTOUCHED"
    assert status.signer_reported_dt == DRAWN_AT


def test_a_foreign_installation_does_not_make_it_trusted() -> None:
    assert not verdict(sign(a_paper(), SEAL), authority(a_ring())).bottom_line


def test_poppler_finds_the_signature_valid_and_the_whole_document_signed() -> None:
    found = signatures(sign(a_paper(), SEAL))
    assert "Signature Type: ETSI.CAdES.detached" in found
    assert "Signature is Valid." in found
    assert "Total document signed" in found


def test_poppler_sees_one_changed_byte() -> None:
    signed = sign(a_paper(), SEAL)
    place = signed.index(b"/Title")
    assert "Signature is Valid." not in signatures(
        signed[: place + 7] + bytes([signed[place + 7] ^ 1]) + signed[place + 8 :]
    )


def test_signed_papers_are_for_the_archive_and_for_everybody() -> None:
    signed = {
        **{kind.value: sign(document.draw(a_confirmation(kind=kind, room=SEAL.room)), SEAL) for kind in Kind},
        "english": sign(document.draw(a_confirmation(*HARD_NAMES[4], language="en", room=SEAL.room)), SEAL),
        "long": sign(
            document.draw(a_confirmation(sessions=a_confirmation().sessions * 20, room=SEAL.room)), SEAL
        ),
    }
    assert preflight(signed) == {name: [] for name in signed}
    assert {name: barriers(pdf) for name, pdf in signed.items()} == {name: [] for name in signed}
    assert {name: damages(pdf) for name, pdf in signed.items()} == dict.fromkeys(signed, "")


def test_a_paper_to_be_signed_is_drawn_with_the_same_bytes_each_time() -> None:
    assert a_paper() == a_paper()


def test_signing_changes_nothing_but_the_gap() -> None:
    paper, signed = a_paper(), sign(a_paper(), SEAL)
    assert len(paper) == len(signed)
    first = next(place for place, pair in enumerate(zip(paper, signed, strict=True)) if pair[0] != pair[1])
    assert paper[:first].endswith(b"/ByteRange[")


def test_a_signature_holds_the_signers_certificate_once_and_no_root() -> None:
    signed = sign(a_paper(), SEAL)
    [signature] = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert [each.chosen.dump() for each in signature.signed_data["certificates"]] == [SEAL.certificate.dump()]


@pytest.mark.parametrize("name", [*HARD_NAMES[:6], *HARD_NAMES[7:], ("Õie", "Ţepeş-Ůžová")])
def test_a_signed_confirmation_has_at_most_35_kb_whatever_the_name(name: tuple[str, str]) -> None:
    assert len(sign(a_paper(name=name), SEAL)) <= 35_000


def test_a_paper_without_room_is_not_signed() -> None:
    with pytest.raises(ValueError, match="no room"):
        sign(document.draw(a_confirmation()), SEAL)


def test_an_ended_certificate_signs_nothing() -> None:
    with pytest.raises(SealExpired):
        sign(a_paper(), SEAL, now=lambda: FIRST_DAY + timedelta(days=6 * 365))


def test_an_organisations_seal_with_rsa_signs_too() -> None:
    file, _ = a_pkcs12("Handwerkskammer Chemnitz")
    ring = signing_keys.with_seal(RING, UUID(int=4), file, PASSPHRASE, FIRST_DAY)
    key = ring.active(Use.DOCUMENT, UUID(int=4))
    assert key is not None
    seal = make_seal(key.kid, str(key.private), key.public)
    status = verdict(sign(a_paper(seal), seal), seal.certificate)
    assert status.bottom_line
    assert seal.room.signer == "Siegel Handwerkskammer Chemnitz"


class TimestampAuthority(BaseHTTPRequestHandler):
    """RFC 3161 over HTTP, with pyHanko's own answers."""

    answers: DummyTimeStamper | None
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        if self.answers is None:
            self.send_error(503)
            return
        request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.answers.request_tsa_response(request).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def timestamp_url() -> Iterator[str]:
    file, _ = a_pkcs12("Zeitstempel", usage=True)
    key = signing_keys.with_seal(RING, UUID(int=9), file, PASSPHRASE, FIRST_DAY).keys[0]
    TimestampAuthority.answers = DummyTimeStamper(
        tsa_cert=x509.Certificate.load(pem.unarmor(key.public.encode())[2]),
        tsa_key=PrivateKeyInfo.load(pem.unarmor(str(key.private).encode())[2]),
    )
    server = HTTPServer(("127.0.0.1", 0), TimestampAuthority)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_a_timestamp_authority_says_when_it_was_signed(timestamp_url: str) -> None:
    seal = a_seal(RING, timestamp_url=timestamp_url)
    signed = sign(a_paper(seal), seal)
    assert TimestampAuthority.answers is not None
    status = verdict(signed, authority(), TimestampAuthority.answers.tsa_cert)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert abs(status.timestamp_validity.timestamp - datetime.now(UTC)) < timedelta(minutes=1)
    assert preflight({"stamped": signed}) == {"stamped": []}


def test_an_authority_that_is_down_is_not_asked_for_each_paper_of_a_batch(timestamp_url: str) -> None:
    TimestampAuthority.answers, TimestampAuthority.asked = None, 0
    seal = a_seal(RING, timestamp_url=timestamp_url)
    for _ in range(15):
        with pytest.raises(TimestampRequestError):
            sign(a_paper(seal), seal)
    assert TimestampAuthority.asked == 1


def test_nothing_is_signed_without_the_timestamp_that_is_wanted() -> None:
    seal = a_seal(RING, timestamp_url="http://127.0.0.1:9/")
    with pytest.raises(TimestampRequestError):
        sign(a_paper(seal), seal)
