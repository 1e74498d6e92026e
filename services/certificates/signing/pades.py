"""Signing PDFs by pyHanko: PAdES B-B (ETSI EN 319 142-1), and B-T where a timestamp authority is named.

pyHanko makes the signature; the place for it is drawn with the paper, because what pyHanko appends to a file by itself
(a later version, other metadata) is not PDF/A-1.
"""

import asyncio
import hashlib
import io
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from asn1crypto import tsp
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.pem import unarmor
from asn1crypto.x509 import Certificate
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.certificates.documents.signature import Room, open_gap
from shared.kit.clock import Clock, utc_now

DIGEST = "sha256"
# What lengths vary by: an ECDSA signature in DER, a serial number.
SPARE = 16
# The token of a timestamp authority with its certificates; those of the large ones have 4 to 7 kB.
TIMESTAMP_ROOM = 9000
# A timestamp authority that answers later is down.
PATIENCE = timedelta(seconds=5)
# Shorter than the pause after which issuing tries again.
PAUSE = timedelta(seconds=20)


class SealExpired(Exception):
    """The certificate with which papers are signed has ended: make a new one by `treffpunkt keys rotate`."""


class Timestamps(HTTPTimeStamper):
    """A timestamp authority that is not asked again at once when it is down.

    Papers are signed in batches, and each would wait for it: together longer than a task may take.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout=PATIENCE.seconds)
        self._asked_again_at = 0.0

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        if time.monotonic() < self._asked_again_at:
            raise TimestampRequestError(f"{self.url} did not answer a moment ago.")
        try:
            return await super().async_request_tsa_response(req)
        except OSError:
            self._asked_again_at = time.monotonic() + PAUSE.seconds
            raise


class KeptLoop(threading.local):
    """An event loop for each thread that signs: making one anew takes 1 ms, nearly half of what signing takes."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()


KEPT = KeptLoop()


class KeptCertificateId(CMSAttributeProvider, SignedAttributeProviderSpec):
    """The signed attribute that names the certificate, the same for all papers.

    Built anew for each, it takes 14 of the 15 ms that a signature costs, nearly all of them encoding one name again
    and again.
    """

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: Certificate) -> None:
        named = as_signing_certificate_v2(certificate)
        # The hash names the certificate; its issuer and number stand beside the signature (RFC 5035, 4: optional).
        for each in named["certs"]:
            del each["issuer_serial"]
        self._encoded = named.dump(force=True)

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:
        return tsp.SigningCertificateV2.load(self._encoded)

    def signed_attr_providers(
        self, data_digest: bytes, digest_algorithm: str
    ) -> Iterable[CMSAttributeProvider]:
        return (self,)


@dataclass(frozen=True)
class Seal:
    """A key that is ready to sign: keep it, making one is dear. `kid` is the key's name in the key ring."""

    kid: str
    room: Room
    certificate: Certificate
    signer: SimpleSigner
    timestamps: TimeStamper | None = None


def make_seal(kid: str, private: str, public: str, *, timestamp_url: str = "") -> Seal:
    """From PEM texts: the private key (PKCS#8), and the certificates, the key's own first."""
    chain = [Certificate.load(der) for _, _, der in unarmor(public.encode("ascii"), multiple=True)]
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call] # its constructor alone has no types
    # pyHanko adds the signer's own by itself: given here too, it would stand in each signature twice.
    store.register_multiple(chain[1:])
    signer = SimpleSigner(
        signing_cert=chain[0],
        signing_key=PrivateKeyInfo.load(unarmor(private.encode("ascii"))[2]),
        cert_registry=store,
        # Who trusts an authority has its certificate: only those between go along.
        embed_roots=False,
    )
    signer.signed_attr_prov_spec = KeptCertificateId(chain[0])
    timestamps = Timestamps(timestamp_url) if timestamp_url else None
    size = len(_signature(signer, bytes(hashlib.sha256().digest_size))) + SPARE
    room = Room(signer=_name_of(chain[0]), size=size + (TIMESTAMP_ROOM if timestamps else 0))
    return Seal(kid, room, chain[0], signer, timestamps)


def sign(pdf: bytes, seal: Seal, *, now: Clock = utc_now) -> bytes:
    """The paper with its signature; it must have been drawn with `seal.room`.

    Raises SealExpired, ValueError for a paper without room, and TimestampRequestError (an IOError).
    """
    validity = seal.certificate["tbs_certificate"]["validity"]
    if now() > validity["not_after"].native:
        raise SealExpired
    opened, gap = open_gap(pdf)
    before, after = gap.around(opened)
    digest = hashlib.sha256(before)
    digest.update(after)
    signature = _signature(seal.signer, digest.digest(), seal.timestamps)
    output = io.BytesIO(opened)
    prepared = PreparedByteRangeDigest(digest.digest(), gap.start, gap.end)
    prepared.fill_with_cms(output, signature)
    return output.getvalue()


def _signature(signer: SimpleSigner, digest: bytes, timestamps: TimeStamper | None = None) -> bytes:
    signing = signer.async_sign(digest, DIGEST, use_pades=True, timestamper=timestamps)
    encoded: bytes = KEPT.loop.run_until_complete(signing).dump()
    return encoded


def _name_of(certificate: Certificate) -> str:
    """The common name, or where there is none, the organisation's."""
    subject = certificate.subject.native
    return str(subject.get("common_name") or subject.get("organization_name") or "")
