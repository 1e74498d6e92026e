"""Keeping scans of signed lists: what they are is seen in their content, and nobody runs or shows them here."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.runs.files import NO_ROOM, read, remove, store
from services.certificates.runs.models import Kind
from services.certificates.signed_lists.models import SignedList
from shared.errors import FieldError, Invalid, NotFound, ProblemError, TooLarge
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id
from shared.kit.i18n import N_

# A dozen pages in colour at 300 dpi.
LARGEST_SCAN = 20_000_000
# By how such files begin (ISO 32000-1, 7.5.2; ITU-T T.81, B.1.1.3; ISO/IEC 15948, 5.2): media type and ending.
TYPES = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
}
LISTS = (Kind.SIGN_IN_SHEET, Kind.EVIDENCE_LIST)
LONGEST_NAME = 100


class SignedListNotFound(NotFound):
    """This list was never uploaded."""


class NoRoom(ProblemError):
    """There is no room on the disk. Nothing was kept; please tell whoever looks after the server."""

    status = 507


def keep(
    session: Session,
    event: Event,
    kind: Kind,
    content: bytes,
    *,
    name: str,
    author: str,
    now: Clock = utc_now,
) -> SignedList:
    """Store a scan with its checksum; `name` is the file's, `author` the uploading account's.

    Raises Invalid for what is no PDF, JPEG or PNG, TooLarge, and NoRoom.
    """
    if len(content) > LARGEST_SCAN:
        raise TooLarge(limit="20 MB")
    media_type, ending = _type_of(content)
    list_id = new_id()
    file = f"signed/{event.event_id}/{list_id}.{ending}"
    kept = SignedList(
        list_id=list_id,
        organisation_id=event.organisation_id,
        event_id=event.event_id,
        kind=kind.value,
        name=safe_name(name, kind, ending),
        media_type=media_type,
        size=len(content),
        sha256=_stored(file, content),
        file=file,
        uploaded_at=now(),
        uploaded_by=author,
    )
    session.add(kept)
    session.flush()
    return kept


def _type_of(content: bytes) -> tuple[str, str]:
    for beginning, found in TYPES.items():
        if content.startswith(beginning):
            return found
    raise Invalid([FieldError("file", N_("Please choose a PDF, JPEG or PNG file."))])


def safe_name(name: str, kind: Kind, ending: str) -> str:
    """A name that any system can store and any header carry, with the ending that the content has."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.replace("\\", "/").rpartition("/")[2])
    stem = re.sub(r"\.[A-Za-z]{1,4}$", "", stem).strip(".-")[:LONGEST_NAME]
    return f"{stem or kind.value}.{ending}"


def _stored(file: str, content: bytes) -> str:
    try:
        return store(file, content)
    except OSError as problem:
        if problem.errno in NO_ROOM:
            raise NoRoom from problem
        raise


def list_signed(session: Session, event_id: UUID) -> Sequence[SignedList]:
    """What was uploaded for an event, newest first."""
    kept = select(SignedList).where(SignedList.event_id == event_id)
    return session.scalars(kept.order_by(SignedList.list_id.desc())).all()


def find_signed(session: Session, event: Event, list_id: UUID) -> SignedList:
    """One of them. Raises SignedListNotFound."""
    kept = session.get(SignedList, list_id)
    if kept is None or kept.event_id != event.event_id:
        raise SignedListNotFound
    return kept


def content_of(kept: SignedList) -> bytes:
    """The scan as it was uploaded. Raises PaperNotFound."""
    return read(kept.file)


def throw_away(session: Session, kept: SignedList) -> None:
    """A scan that should not have been uploaded: the row and the file."""
    session.delete(kept)
    session.flush()
    remove(kept.file)
