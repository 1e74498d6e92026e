"""Which session a minute counts for: nobody sits in two parallel sessions at once.

Each instant of the programme belongs to one of the sessions that run at it. A session that the person has
chosen (by a sign-up or by a scan at its room) comes before the others, then the longer one, then the one that
began earlier, then the key's alphabet.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from services.certificates.attendance.minutes import Span, overlap, union


@dataclass(frozen=True)
class Session:
    """A session of the programme that is no break."""

    key: str
    span: Span

    @property
    def length(self) -> timedelta:
        return self.span.end - self.span.start


Credit = Mapping[str, timedelta]


def shares(sessions: Iterable[Session], chosen: Collection[str] = ()) -> dict[str, list[Span]]:
    """The programme cut into stretches that belong to one session each: key → spans, disjoint over all keys."""
    sessions = list(sessions)
    cuts = sorted({instant for each in sessions for instant in (each.span.start, each.span.end)})
    owned: dict[str, list[Span]] = defaultdict(list)
    for start, end in pairwise(cuts):
        running = [each for each in sessions if each.span.start <= start and end <= each.span.end]
        if running:
            owned[min(running, key=lambda each: _rank(each, chosen)).key].append(Span(start, end))
    return {key: union(spans) for key, spans in owned.items()}


def _rank(session: Session, chosen: Collection[str]) -> tuple[object, ...]:
    return session.key not in chosen, -session.length, session.span.start, session.key


def credited(owned: Mapping[str, Sequence[Span]], counted: Sequence[Span]) -> dict[str, timedelta]:
    """How long somebody attended each session: `owned` from `shares`, `counted` disjoint spans of presence."""
    return {
        key: sum((span.end - span.start for span in overlap(spans, counted)), timedelta())
        for key, spans in owned.items()
    }
