"""Who takes part in a networking session, with their wishes, and in which rounds they are away."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.attendees.models import Attendee
from services.agenda.networking.problem import Participant
from services.agenda.networking.rules import Format, Rules
from services.agenda.networking.schemas import People
from services.agenda.networking.service import Meeting


def participants(
    session: Session,
    meeting: Meeting,
    people: People,
    *,
    as_of: datetime,
    known: Sequence[UUID] = (),
    frozen: int = 0,
) -> list[Participant]:
    """Whom a plan is for, by name. Who is `known` from an earlier plan stays, and is away where not there now.

    The first `frozen` rounds have passed: nobody is away in them by being away now.
    """
    rules, rounds = meeting.rules, meeting.rounds
    there = present(session, meeting.event.id, people, as_of=as_of)
    by_id = {one.registration_id: one for one in attendees.list_confirmed(session, meeting.event.id)}
    wanted = {key for key, one in by_id.items() if _takes_part(one, rules)}
    planned = set(known)
    found = []
    for key in [*known, *(key for key in wanted if key not in planned)]:
        is_missing = key not in wanted or (there is not None and key not in there)
        away = _away(rules, key, rounds) | (set(range(frozen, rounds)) if is_missing else set())
        if key in planned or len(away) < rounds - frozen:
            found.append(_participant(by_id.get(key), key, rules, frozenset(away)))
    return found


def taking_part(session: Session, meeting: Meeting) -> list[Attendee]:
    """Everybody who has a place and is of those for whom the session is, by name."""
    rules = meeting.rules
    return [one for one in attendees.list_confirmed(session, meeting.event.id) if _takes_part(one, rules)]


def is_away(meeting: Meeting, person: UUID, rounds: Collection[int]) -> bool:
    """Whether it was noted that somebody is away in all these rounds (counted from 0)."""
    return _away(meeting.rules, person, meeting.rounds).issuperset(rounds)


def present(session: Session, event_id: UUID, people: People, *, as_of: datetime) -> set[UUID] | None:
    """Who has come by then, or is inside then; None where everybody counts."""
    if people is People.confirmed:
        return None
    inside: set[UUID] = set()
    arrived: set[UUID] = set()
    for when, person, is_inwards in attendees.passages(session, event_id):
        if when > as_of:
            break
        if is_inwards:
            inside.add(person)
            arrived.add(person)
        else:
            inside.discard(person)
    return arrived if people is People.arrived else inside


def _takes_part(attendee: Attendee, rules: Rules) -> bool:
    sides = (*rules.sides.first, *rules.sides.second) if rules.sides and rules.format is Format.sides else ()
    return all(not allowed or attendee.category in allowed for allowed in (rules.categories, sides))


def _away(rules: Rules, person: UUID, rounds: int) -> set[int]:
    """Rounds, counted from 0."""
    away: set[int] = set()
    for absence in rules.away:
        if absence.person == person:
            away.update(range(absence.from_round - 1, min(absence.until_round or rounds, rounds)))
    return away


def _participant(attendee: Attendee | None, key: UUID, rules: Rules, away: frozenset[int]) -> Participant:
    """Of somebody who gave the place back nothing is known any more."""
    if attendee is None:
        return Participant(key, "", away=away)
    wishes = (attendee.wishes.get(question, "") for question in rules.wishes)
    return Participant(
        key,
        attendee.name,
        attendee.organisation,
        attendee.category,
        tuple(dict.fromkeys(filter(None, wishes))),
        away,
    )
