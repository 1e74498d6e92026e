"""What the published plan no longer fits: who has no way, whose seats stay empty, a session that has moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.attendees.models import Attendee
from services.agenda.events.models import Event
from services.agenda.networking.models import Plan
from services.agenda.networking.people import present, rounds_away, takes_part
from services.agenda.networking.plans import absences_of, published_plans, rows_of
from services.agenda.networking.publishing import has_moved
from services.agenda.networking.schemas import People
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.instances import AWAY
from shared.kit.clock import Clock, utc_now


@dataclass(frozen=True)
class Gaps:
    """Of the rounds to come: who is to be planned for, who of them has no way, and how many people gave their place back.

    `people` says who counts: everybody who has a place until the door scans, then whoever is inside. Where the session
    `has_moved`, people were told another room or other times with the plan of that `number`.
    """

    number: int
    people: People
    without_way: tuple[Attendee, ...]
    gone: int
    has_moved: bool
    has_other_rounds: bool

    @property
    def misses_people(self) -> bool:
        return bool(self.without_way or self.gone)

    def __bool__(self) -> bool:
        return self.misses_people or self.has_moved or self.has_other_rounds


def gaps_of(session: Session, meeting: Meeting, *, now: Clock = utc_now) -> Gaps | None:
    """None before the first publication, and when no round is to come."""
    return gaps_of_each(session, meeting.event, [meeting], now=now)[0]


def gaps_of_each(
    session: Session, event: Event, meetings: Sequence[Meeting], *, now: Clock = utc_now
) -> list[Gaps | None]:
    """Likewise of some sessions of an event: people and the door's scans are read once."""
    shown = published_plans(session, event.id)
    if event.is_over or not any(meeting.row.id in shown for meeting in meetings):
        return [None] * len(meetings)
    confirmed = attendees.list_confirmed(session, event.id)
    inside = present(session, event.id, People.inside, as_of=now()) or set()
    return [_gaps(meeting, shown.get(meeting.row.id), confirmed, inside) for meeting in meetings]


def _gaps(
    meeting: Meeting, shown: Plan | None, confirmed: Sequence[Attendee], inside: set[UUID]
) -> Gaps | None:
    to_come = range(meeting.settings.round, meeting.rounds if meeting.row.networking else 0)
    if shown is None or not to_come:
        return None
    there = {one.registration_id for one in confirmed if takes_part(one, meeting.rules)}
    has_other_rounds = len(rows_of(shown)) != meeting.rounds
    return Gaps(
        shown.number,
        People.inside if inside else People.confirmed,
        without_way=tuple(_without_way(meeting, shown, confirmed, inside, to_come)),
        gone=len(set(_seated(shown, to_come)) - there),
        has_moved=has_moved(meeting, shown) and not has_other_rounds,
        has_other_rounds=has_other_rounds,
    )


def _without_way(
    meeting: Meeting, shown: Plan, confirmed: Sequence[Attendee], inside: set[UUID], to_come: range
) -> Iterator[Attendee]:
    rules, planned = meeting.rules, set(_planned(shown, to_come))
    noted = rounds_away(rules, meeting.rounds)
    for one in confirmed:
        person = one.registration_id
        is_wanted = takes_part(one, rules) and (not inside or person in inside)
        if is_wanted and person not in planned and not noted.get(person, set()).issuperset(to_come):
            yield one


def _planned(plan: Plan, to_come: range) -> Iterator[UUID]:
    """For whom a seat was sought in any of these rounds; who sits out in turn is one of them."""
    away = absences_of(plan)
    for index, person in enumerate(plan.people):
        if any((index, number) not in away for number in to_come):
            yield UUID(person)


def _seated(plan: Plan, to_come: range) -> Iterator[UUID]:
    rows = rows_of(plan)
    for index, person in enumerate(plan.people):
        if any(rows[number][index] != AWAY for number in to_come if number < len(rows)):
            yield UUID(person)
