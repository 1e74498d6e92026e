"""Who takes part in a networking session, with their wishes, and in which rounds they are away."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.attendees.models import Attendee
from services.agenda.networking.brief import Participant
from services.agenda.networking.impossible import NobodyIsThere
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
    """Whom a plan is for: who is `known` from an earlier plan, being away where not there now, then others by name.

    The first `frozen` rounds have passed: nobody is away in them by being away now. Raises NobodyIsThere.
    """
    rules, to_come = meeting.rules, set(range(frozen, meeting.rounds))
    there = present(session, meeting.event.id, people, as_of=as_of)
    by_id = {one.registration_id: one for one in attendees.list_confirmed(session, meeting.event.id)}
    wanted = {key for key, one in by_id.items() if takes_part(one, rules)}
    if wanted and there is not None and not there & wanted:
        # A plan in which everybody is away breaks no rule, and would empty the room.
        raise NobodyIsThere
    noted = rounds_away(rules, meeting.rounds)
    planned = set(known)
    found = []
    for key in (*known, *(key for key in by_id if key not in planned)):
        is_there = key in wanted and (there is None or key in there)
        away = noted.get(key, set()) | (set() if is_there else to_come)
        if key in planned or not away >= to_come:
            found.append(_participant(by_id.get(key), key, rules, frozenset(away)))
    return found


def takes_part(attendee: Attendee, rules: Rules) -> bool:
    """Whether somebody is of those for whom the session is."""
    sides = (*rules.sides.first, *rules.sides.second) if rules.sides and rules.format is Format.sides else ()
    return all(not allowed or attendee.category in allowed for allowed in (rules.categories, sides))


def rounds_away(rules: Rules, rounds: int) -> dict[UUID, set[int]]:
    """In which rounds (counted from 0) people are noted to be away; who misses none is left out."""
    away: dict[UUID, set[int]] = {}
    for absence in rules.away:
        missed = range(absence.from_round - 1, min(absence.until_round or rounds, rounds))
        away.setdefault(absence.person, set()).update(missed)
    return away


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
