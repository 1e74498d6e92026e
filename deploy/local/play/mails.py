"""What people find in their mailboxes, read from the SMTP spool."""

import email
import re
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from functools import cache
from pathlib import Path

import pypdfium2
import zxingcpp

from shared.contracts.ticket_code import SHORT_CODE_LETTERS

LETTERS = f"[{SHORT_CODE_LETTERS}]{{4}}"
SHORT_CODE = re.compile(rf"\b{LETTERS}-{LETTERS}\b")
LINK = re.compile(r"https?://\S+/registration/r/[\w-]+")
PLACE = re.compile(r"(?:Liste|list): (\d+)")
# Pixels a point: enough for most codes on A4, and finer for the small ones on badges, where a
# module is half a millimetre wide.
COARSE, FINE = 2.5, 5.0
# A reader of all kinds takes lines of print for a barcode at times.
QR_CODE = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class Received:
    """A mail in the spool; `to` is the envelope's recipient."""

    to: str
    kind: str
    message: EmailMessage


class Spool:
    """All mails that the sink has accepted, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Received]:
        return [_read(path) for path in sorted(self.folder.glob("*.eml"))]

    def of_kind(self, kind: str) -> list[Received]:
        return [mail for mail in self.all() if mail.kind == kind]

    def to(self, address: str, *, kind: str) -> list[EmailMessage]:
        """Mails of one kind to one address."""
        return [mail.message for mail in self.of_kind(kind) if mail.to == address]

    def by_kind(self) -> dict[str, int]:
        return dict(sorted(Counter(mail.kind for mail in self.all()).items()))


@cache
def _read(path: Path) -> Received:
    # The sink renames a file to its name when it is complete, so reading it once is enough.
    mail = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTPUTF8)
    return Received(str(mail["X-Envelope-To"]), str(mail["X-Treffpunkt-Kind"]), mail)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def link_in(mail: EmailMessage) -> str | None:
    """The address of the person's own page."""
    found = LINK.search(text_of(mail))
    return found.group() if found else None


def short_code_in(mail: EmailMessage) -> str | None:
    found = SHORT_CODE.search(text_of(mail))
    return found.group() if found else None


def place_in_list(mail: EmailMessage) -> int | None:
    """The place in the waiting list that a mail tells."""
    found = PLACE.search(text_of(mail))
    return int(found.group(1)) if found else None


def pdfs_in(mail: EmailMessage) -> list[bytes]:
    return [
        part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "application/pdf"
    ]


@cache
def qr_codes_in(pdf: bytes) -> list[str]:
    """The text of each QR code on the rendered pages, in the order of the pages."""
    return [code for page in pypdfium2.PdfDocument(pdf) for code in _codes_on(page)]


def _codes_on(page: pypdfium2.PdfPage) -> list[str]:
    for scale in (COARSE, FINE):
        picture = page.render(scale=scale).to_pil()
        codes = zxingcpp.read_barcodes(picture, formats=QR_CODE)
        if codes:
            return [code.text for code in codes]
    return []
