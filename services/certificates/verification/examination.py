"""What a PDF says and who signed it. Files that strangers send are read in a process of their own, with limits.

    python -m services.certificates.verification.examination < FILE     prints what was seen, as JSON

Pure but for that process: bytes in, findings out. It imports nothing that knows a database or a key.
"""

import hashlib
import io
import json
import logging
import resource
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from shared.errors import NotReady

# A confirmation with two pages needs a fifth of a second; whatever needs longer is none.
PROCESSOR_SECONDS = 5
PATIENCE = timedelta(seconds=10)
# Address space, of which Python with pyHanko takes about half; our own papers need 2 MB more.
MEMORY = 600_000_000
# Each needs a processor and some memory: the other requests keep theirs.
AT_ONCE = BoundedSemaphore(2)
# Our papers have one signature, and a programme of several days fills a handful of pages.
MOST_SIGNATURES = 4
MOST_PAGES = 20
MOST_LINES = 2000


class Unreadable(ValueError):
    """This file is no PDF, is damaged, or takes too long to read."""


class Busy(NotReady):
    """Other files are being checked just now. Please try again in a moment."""


@dataclass(frozen=True, slots=True)
class SignatureSeen:
    """A signature in a PDF. `kid` is the SHA-256 of its certificate, as our key ring names keys.

    `is_intact`: what it covers is as it was signed. `is_whole`: it covers all there is. Whose key it is, and whether
    that is to be trusted, is for the reader to say: a certificate that ended in the meantime changes nothing here.
    """

    kid: str
    signer: str
    signed_at: datetime | None
    certificate_ends_at: datetime
    is_intact: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Examination:
    signatures: Sequence[SignatureSeen]
    lines: Sequence[str]


def examine(pdf: bytes) -> Examination:
    """Signatures and lines of text of a file that is ours. Raises Unreadable."""
    return Examination(signatures_of(pdf), lines_of(pdf))


def examine_apart(pdf: bytes) -> Examination:
    """The same of a file that may be anybody's. Raises Unreadable and Busy."""
    if not AT_ONCE.acquire(timeout=PATIENCE.total_seconds()):
        raise Busy
    try:
        # The environment holds addresses and passwords that are none of this process's business.
        done = subprocess.run(  # noqa: S603 - our own program without arguments of others
            [sys.executable, "-m", __name__],
            input=pdf,
            capture_output=True,
            timeout=PATIENCE.total_seconds(),
            env={},
            check=True,
        )
        seen = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as problem:
        raise Unreadable(Unreadable.__doc__) from problem
    finally:
        AT_ONCE.release()
    return Examination([_signature_from(each) for each in seen["signatures"]], seen["lines"])


def signatures_of(pdf: bytes) -> list[SignatureSeen]:
    """The electronic signatures of a PDF, the first ones if there are many. Raises Unreadable."""
    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
        return [_seen(signature) for signature in found[:MOST_SIGNATURES]]
    # pyHanko meets nonsense with any of these, and some of its parsers with errors of Python's own.
    except (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError) as problem:
        raise Unreadable(Unreadable.__doc__) from problem


def _seen(signature: EmbeddedPdfSignature) -> SignatureSeen:
    certificate = signature.signer_cert
    # Whom to trust is not asked here: each certificate vouches for itself, and nothing is fetched.
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    subject = certificate.subject.native
    return SignatureSeen(
        kid=urlsafe_b64encode(hashlib.sha256(certificate.dump()).digest()).rstrip(b"=").decode("ascii"),
        signer=str(subject.get("common_name") or subject.get("organization_name") or ""),
        signed_at=signature.self_reported_timestamp,
        certificate_ends_at=certificate.not_valid_after,
        is_intact=bool(status.intact and status.valid),
        is_whole=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
    )


def lines_of(pdf: bytes) -> list[str]:
    """The lines of text as people read them, without spaces at their ends. Raises Unreadable."""
    try:
        pages = PdfReader(io.BytesIO(pdf)).pages
        texts = [page.extract_text() for page in pages[:MOST_PAGES]]
    except Exception as problem:  # A parser of foreign files finds ever new ways to fail.
        raise Unreadable(Unreadable.__doc__) from problem
    lines = [" ".join(line.split()) for text in texts for line in text.splitlines()]
    return [line for line in lines if line][:MOST_LINES]


def _signature_from(seen: dict[str, Any]) -> SignatureSeen:
    moments = {
        name: datetime.fromisoformat(seen[name]) if seen[name] else None
        for name in ("signed_at", "certificate_ends_at")
    }
    return SignatureSeen(**{**seen, **moments})


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(type(value))


def main() -> None:
    _limit()
    logging.disable()
    pdf = sys.stdin.buffer.read()
    try:
        signatures = signatures_of(pdf)
    except Unreadable:
        # A file may be text for people though its signature is nonsense.
        signatures = []
    seen = Examination(signatures, lines_of(pdf))
    print(json.dumps(asdict(seen), default=_as_text))


if __name__ == "__main__":
    main()
