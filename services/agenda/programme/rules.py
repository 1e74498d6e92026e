"""What a programme must keep before it is released."""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations

from services.agenda.programme.released import Session


def clashes(sessions: Sequence[Session]) -> list[tuple[Session, Session]]:
    """Pairs that share a room at one time, the earlier first. Sessions without a room never clash."""
    by_start = sorted(sessions, key=lambda session: (session.starts_at, session.number))
    return [
        (one, other)
        for one, other in combinations(by_start, 2)
        if one.room is not None and one.room == other.room and other.starts_at < one.ends_at
    ]


def outside(sessions: Sequence[Session], starts_at: datetime, ends_at: datetime) -> list[Session]:
    """Sessions that begin before the event or end after it."""
    return [s for s in sessions if s.starts_at < starts_at or s.ends_at > ends_at]


def too_small(sessions: Sequence[Session], people: int) -> list[Session]:
    """Sessions whose room has fewer seats than `people`; rooms without a capacity hold everyone."""
    return [s for s in sessions if s.room and s.room.capacity is not None and s.room.capacity < people]
