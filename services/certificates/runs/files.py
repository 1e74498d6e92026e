"""Drawn papers as files: whole or not there, and with a checksum in the database."""

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path

from services.certificates.runtime import settings
from shared.errors import NotFound

UNFINISHED = ".part"
# Nobody writes one file for so long: who began it is dead.
ABANDONED = timedelta(hours=1)
# No room on the disk, for this user, or for a file of this size.
NO_ROOM = (ENOSPC, EDQUOT, EFBIG)


class PaperNotFound(NotFound):
    """This paper is not there."""


def store(name: str, content: bytes) -> str:
    """Write a file under its relative name and return its SHA-256; a crash leaves none that is half written."""
    path = settings.documents_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return hashlib.sha256(content).hexdigest()


def drop_abandoned(now: datetime) -> None:
    """What a killed process had begun to write: it may hold names, and no row will ever speak of it."""
    for path in settings.documents_dir.rglob(f".*{UNFINISHED}"):
        # Its writer may be about to give it its name.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - ABANDONED).timestamp():
                path.unlink()


def _sync_folder(folder: Path) -> None:
    """The new name itself is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(name: str | None) -> bytes:
    """The content of a stored file. Raises PaperNotFound."""
    try:
        if name is not None:
            return (settings.documents_dir / name).read_bytes()
    except FileNotFoundError:
        pass
    raise PaperNotFound


def remove(name: str) -> None:
    """A stored file is no longer needed; one that is gone is gone."""
    (settings.documents_dir / name).unlink(missing_ok=True)
