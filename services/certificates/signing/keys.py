"""The keys of this installation as the service uses them: read from their file, and read again when it has changed."""

from functools import lru_cache
from uuid import UUID

from services.certificates.runtime import settings
from services.certificates.signing.pades import Seal, make_seal
from shared.errors import NotReady
from shared.kit import signing_keys
from shared.kit.signing_keys import KeyRing, SigningKey, Use


class NoKey(NotReady):
    """The keys with which papers are signed are missing: the command `treffpunkt secrets make` makes them."""


def ring() -> KeyRing:
    """All keys. A rotation shows at once, in running processes too."""
    try:
        file = (settings.secrets_dir / signing_keys.FILE_NAME).stat()
    except FileNotFoundError as problem:
        raise NoKey from problem
    return _ring(file.st_ino, file.st_mtime_ns)


def key_of(use: Use, organisation_id: UUID | None = None) -> SigningKey:
    """The key that signs for this organisation now. Raises NoKey."""
    key = ring().active(use, organisation_id)
    if key is None or key.private is None:
        raise NoKey
    return key


def seal_of(organisation_id: UUID) -> Seal:
    """What signs this organisation's papers: its own seal, or the installation's. Raises NoKey."""
    return _seal(key_of(Use.DOCUMENT, organisation_id))


@lru_cache(maxsize=1)
def _ring(_inode: int, _changed: int) -> KeyRing:
    return signing_keys.read(settings.secrets_dir)


# As many organisations with a seal of their own as one installation may have at work at the same time.
@lru_cache(maxsize=64)
def _seal(key: SigningKey) -> Seal:
    return make_seal(key.kid, key.private or "", key.public, timestamp_url=settings.timestamp_url)
