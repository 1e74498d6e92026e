"""Whether a file is a confirmation of ours, as it was issued."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.confirmations.models import Confirmation, State
from services.certificates.confirmations.numbers import CODE_ALPHABET, CODE_GROUP, CODE_LENGTH, typed_code
from services.certificates.confirmations.service import paper_of
from services.certificates.runs.files import PaperNotFound
from services.certificates.signing.keys import ring
from services.certificates.verification.examination import (
    Examination,
    SignatureSeen,
    Unreadable,
    examine_apart,
    lines_of,
    signatures_of,
)
from shared.kit.signing_keys import SigningKey

GROUP = rf"[{CODE_ALPHABET}]{{{CODE_GROUP}}}"
CODE = re.compile(rf"/v/({'-?'.join([GROUP] * (CODE_LENGTH // CODE_GROUP))})(?![0-9A-Za-z])")
SIGNATURE = re.compile(rb"/Contents<([0-9A-F]+?)(?:00)*>")
END = re.compile(rb"%%EOF\r?\n?")
# Whoever looks for the signed part of a file hashes it up to here; ours has one end.
MOST_ENDS = 8
# What stands on the page of a forged file: enough to see what was done to it.
MOST_LINES_SHOWN = 12
LONGEST_LINE = 200


class Outcome(StrEnum):
    GENUINE = "genuine"
    REVOKED = "revoked"
    ALTERED = "altered"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """What does not match."""

    APPENDED = "appended"
    """Something was added behind what was signed, and that is as it was issued."""
    TEXT = "text"
    """It says something else than what was issued."""
    BYTES = "bytes"
    """It says the same, in another file."""
    LOST = "lost"
    """It bears our signature or a code of ours, and cannot be compared."""
    BROKEN = "broken"
    """What was signed has been changed."""
    UNSIGNED = "unsigned"
    """Its signature is missing, or somebody else's."""


@dataclass(frozen=True)
class Judgement:
    """`lines` stand in the file and not on the confirmation that was issued."""

    outcome: Outcome
    confirmation: Confirmation | None = None
    reasons: Sequence[Reason] = ()
    lines: Sequence[str] = ()
    signature: SignatureSeen | None = None
    key: SigningKey | None = None


def judge(session: Session, pdf: bytes) -> Judgement:
    """What this file is. Nothing of it is kept. Raises Busy."""
    if issued := _with_hash(session, [hashlib.sha256(pdf).hexdigest()]):
        return _as_issued(issued, pdf)
    if issued := _with_hash(session, list(_hashes_of_beginnings(pdf))):
        return Judgement(Outcome.ALTERED, issued, [Reason.APPENDED])
    try:
        seen = examine_apart(pdf)
    except Unreadable:
        return Judgement(Outcome.UNREADABLE)
    signature, key = _ours_among(seen.signatures)
    issued = _with_code(session, [pdf.decode("latin-1"), *seen.lines])
    if issued is None:
        # It may be of ours and have no code any more.
        outcome = Outcome.ALTERED if key else Outcome.FOREIGN
        return Judgement(outcome, None, [Reason.LOST] if key else [], signature=signature, key=key)
    return _compared(issued, pdf, seen, signature, key)


def _as_issued(issued: Confirmation, pdf: bytes) -> Judgement:
    """Byte by byte as it was stored, so that it needs no certificate that still lasts."""
    outcome = Outcome.REVOKED if issued.state == State.REVOKED.value else Outcome.GENUINE
    signature, key = _ours_among(signatures_of(pdf))
    return Judgement(outcome, issued, signature=signature, key=key)


def _compared(
    issued: Confirmation,
    pdf: bytes,
    seen: Examination,
    signature: SignatureSeen | None,
    key: SigningKey | None,
) -> Judgement:
    """What it says is compared only for somebody who holds the paper.

    Who knows a code alone could otherwise send one name after the other, until one is on the paper.
    """
    reasons, lines = [_reason_of(signature)], []
    try:
        paper = paper_of(issued)
        if _stems_from(pdf, paper):
            lines = _other_lines(seen.lines, lines_of(paper))
            reasons.append(Reason.TEXT if lines else Reason.BYTES)
    except PaperNotFound:
        reasons.append(Reason.LOST)
    return Judgement(Outcome.ALTERED, issued, reasons, lines, signature, key)


def _stems_from(pdf: bytes, paper: bytes) -> bool:
    """Whether the signature of this very paper is in the file, which nobody can know who never had it."""
    signature = SIGNATURE.search(paper)
    return signature is not None and signature.group(1) in pdf


def _reason_of(signature: SignatureSeen | None) -> Reason:
    if signature is None:
        return Reason.UNSIGNED
    return Reason.APPENDED if signature.is_intact else Reason.BROKEN


def _other_lines(seen: Sequence[str], issued: Sequence[str]) -> list[str]:
    known = set(issued)
    return [line[:LONGEST_LINE] for line in seen if line not in known][:MOST_LINES_SHOWN]


def _with_hash(session: Session, hashes: Sequence[str]) -> Confirmation | None:
    return session.scalar(select(Confirmation).where(Confirmation.sha256.in_(hashes)).limit(1))


def _hashes_of_beginnings(pdf: bytes) -> Iterator[str]:
    """Of all that ends where a PDF may end: what was there before somebody added to it."""
    for _, end in zip(range(MOST_ENDS), END.finditer(pdf), strict=False):
        yield hashlib.sha256(pdf[: end.end()]).hexdigest()


def _with_code(session: Session, texts: Sequence[str]) -> Confirmation | None:
    codes = {typed_code(code) for text in texts for code in CODE.findall(text)}
    return session.scalar(select(Confirmation).where(Confirmation.code.in_(codes)).limit(1))


def _ours_among(signatures: Sequence[SignatureSeen]) -> tuple[SignatureSeen | None, SigningKey | None]:
    keys = {key.kid: key for key in ring().keys}
    ours = next((signature for signature in signatures if signature.kid in keys), None)
    return ours, keys[ours.kid] if ours else None
