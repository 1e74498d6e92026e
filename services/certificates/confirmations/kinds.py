"""The kinds of confirmations. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a paper says of its holder."""

    ATTENDANCE = "attendance"
    HOURS = "hours"
    TEACHING_UNITS = "teaching_units"
    SPEAKER = "speaker"
    SESSION = "session"


@dataclass(frozen=True, order=True)
class Paper:
    """One paper that somebody may get: `session` is the key of the session that it is about, or empty."""

    kind: Kind
    session: str = ""

    def __str__(self) -> str:
        """As forms and addresses write it: `attendance`, `session:keynote`."""
        return f"{self.kind.value}:{self.session}" if self.session else self.kind.value


def read_paper(text: str) -> Paper:
    """The paper that `str` wrote. Raises ValueError."""
    kind, _, session = text.partition(":")
    return Paper(Kind(kind), session)
