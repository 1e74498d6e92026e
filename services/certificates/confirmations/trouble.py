"""What keeps due confirmations from being issued, as organisers are told; all of it is tried again by itself. Pure."""

from enum import StrEnum

from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from services.certificates.runs.files import NO_ROOM
from services.certificates.signing.keys import NoKey
from services.certificates.signing.pades import SealExpired
from shared.kit.i18n import N_


class Trouble(StrEnum):
    """Kinds of what went wrong with a paper that is due."""

    TIMESTAMP = "timestamp"
    SEAL_EXPIRED = "seal_expired"
    NO_KEY = "no_key"
    NO_ROOM = "no_room"
    OTHER = "other"


SENTENCES = {
    Trouble.TIMESTAMP: N_(
        "The timestamp authority does not answer, and nothing is signed without the timestamp that is wanted."
    ),
    Trouble.SEAL_EXPIRED: N_(
        "The certificate with which papers are signed has ended. A new one has to be made."
    ),
    Trouble.NO_KEY: N_("The keys with which papers are signed are missing."),
    Trouble.NO_ROOM: N_("There is no room on the disk."),
    Trouble.OTHER: N_("The cause stands in the system's log."),
}


def trouble_of(problem: Exception) -> Trouble:
    """Which kind this is."""
    # What timestamp authorities do is an OSError too, without a number.
    if isinstance(problem, TimestampRequestError):
        return Trouble.TIMESTAMP
    if isinstance(problem, SealExpired):
        return Trouble.SEAL_EXPIRED
    if isinstance(problem, NoKey):
        return Trouble.NO_KEY
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        return Trouble.NO_ROOM
    return Trouble.OTHER
