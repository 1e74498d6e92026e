"""A newcomer takes the printed way of somebody who did not come, and nobody else's way changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.events import service as events
from services.agenda.networking.day import mark_away
from services.agenda.networking.edits import copy_of
from services.agenda.networking.models import Plan
from services.agenda.networking.people import present, rounds_away
from services.agenda.networking.plans import find_published, rows_of
from services.agenda.networking.publishing import publish
from services.agenda.networking.rules import Absence
from services.agenda.networking.schemas import People, StandInOrder
from services.agenda.networking.seating import figures_of
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.instances import AWAY, parse
from services.agenda.networking.solving.measure import measure
from shared.errors import Conflict, FieldError, Invalid
from shared.kit.clock import Clock, utc_now
from shared.kit.i18n import N_


class NobodyIsMissing(Conflict):
    """Nobody is missing whose way this person could take."""


class AlreadySeated(Conflict):
    """This person has a way of their own already."""


class NotMissing(Conflict):
    """This person has come, so nobody else can take that way."""


def stand_in(session: Session, meeting: Meeting, wanted: StandInOrder, *, now: Clock = utc_now) -> Plan:
    """A newcomer takes the whole way of somebody who did not come; nobody else's way changes.

    The plan is published at once, with mails where the one before was. Where the door has scanned nobody, the organiser's word is what counts, and whoever
    was named is noted as away. Raises Invalid, AlreadySeated, NotMissing and NobodyIsMissing.
    """
    events.must_be_open(meeting.event)
    shown = find_published(session, meeting)
    organisations = {
        str(one.registration_id): one.organisation.casefold()
        for one in attendees.list_confirmed(session, meeting.event.id)
    }
    if str(wanted.person) not in organisations:
        raise Invalid([FieldError("person", N_("This person has no place in the event."))])
    if wanted.person in seated_to_come(meeting, shown):
        raise AlreadySeated
    for absent in _whose_way(session, meeting, shown, wanted, now):
        draft = _with_stand_in(session, meeting, shown, _Change(wanted.person, absent, organisations), now)
        if draft is not None:
            return publish(session, meeting, draft, mails=shown.is_told_by_mail, now=now)
    raise NobodyIsMissing


def _whose_way(
    session: Session, meeting: Meeting, shown: Plan, wanted: StandInOrder, now: Clock
) -> list[UUID]:
    absent = missing(session, meeting, shown, now=now)
    if wanted.instead_of is None:
        return absent
    if wanted.instead_of in absent:
        return [wanted.instead_of]
    if has_scans(session, meeting, now=now) or wanted.instead_of not in seated_to_come(meeting, shown):
        raise NotMissing
    mark_away(session, meeting, Absence(person=wanted.instead_of, from_round=meeting.settings.round + 1))
    return [wanted.instead_of]


@dataclass(frozen=True)
class _Change:
    """Who takes whose way, and everybody's organisation by registration."""

    newcomer: UUID
    absent: UUID
    organisations: Mapping[str, str]

    def label(self, people: Sequence[str], labels: Sequence[int]) -> int:
        """The number of the newcomer's organisation among those of the plan's people."""
        own = self.organisations[str(self.newcomer)]
        same = (
            label
            for person, label in zip(people, labels, strict=False)
            if own and self.organisations.get(person) == own
        )
        return next(same, max(labels, default=-1) + 1)


def _with_stand_in(
    session: Session, meeting: Meeting, shown: Plan, change: _Change, now: Clock
) -> Plan | None:
    """The published plan with the newcomer on the other's seats to come; None where a hard rule forbids it."""
    people = list(shown.people)
    number = people.index(str(change.absent))
    passed = meeting.settings.round
    if str(change.newcomer) not in people:
        people.append(str(change.newcomer))
    place = people.index(str(change.newcomer))
    rows = [[*row, *[AWAY] * (len(people) - len(row))] for row in rows_of(shown)]
    for row in rows[passed:]:
        row[place], row[number] = row[number], AWAY
    problem = _with_newcomer(dict(shown.problem), change, people)
    problem["absent"] = [away for away in problem["absent"] if away[0] not in (place, number)]
    # In a round that has passed, whoever had no seat was away.
    problem["absent"] += [[p, r, r + 1] for p in (place, number) for r in range(passed) if rows[r][p] == AWAY]
    problem["absent"].append([number, passed, meeting.rounds])
    if measure(parse({**problem, "frozen_rounds": 0, "published": None}), rows).broken:
        return None
    draft = copy_of(session, meeting, shown, now=now)
    draft.people, draft.rows, draft.problem = people, rows, problem
    draft.figures = figures_of(parse(problem), rows)
    return draft


def _with_newcomer(problem: dict[str, Any], change: _Change, people: Sequence[str]) -> dict[str, Any]:
    """The problem with a person more, whose wishes nobody could ask for; on a side it is that of the absent one."""
    if problem["n"] == len(people):
        return problem
    absent = people.index(str(change.absent))
    problem |= {"n": len(people), "max_sitouts": problem["rounds"]}
    problem["org"] = [*problem["org"], change.label(people, problem["org"])]
    if problem.get("side") is not None:
        problem["side"] = [*problem["side"], problem["side"][absent]]
    if problem.get("prefs") is not None:
        problem["prefs"] = [*problem["prefs"], None]
    if problem.get("published") is not None:
        problem["published"] = [[*row, AWAY] for row in problem["published"]]
    return problem


def ways_to_take(session: Session, meeting: Meeting, plan: Plan, *, now: Clock = utc_now) -> list[UUID]:
    """Whose ways the organiser may give away: where the door scans, only of those who are missing."""
    if has_scans(session, meeting, now=now):
        return missing(session, meeting, plan, now=now)
    return seated_to_come(meeting, plan)


def seated_to_come(meeting: Meeting, plan: Plan) -> list[UUID]:
    """Who has a seat in any round that has not begun, in the plan's order."""
    rows = rows_of(plan)[meeting.settings.round :]
    return [UUID(p) for number, p in enumerate(plan.people) if any(row[number] != AWAY for row in rows)]


def has_scans(session: Session, meeting: Meeting, *, now: Clock = utc_now) -> bool:
    """Whether the door says who has come."""
    return bool(present(session, meeting.event.id, People.arrived, as_of=now()))


def missing(session: Session, meeting: Meeting, plan: Plan, *, now: Clock = utc_now) -> list[UUID]:
    """Who has seats to come, and gave the place back, is noted as away to the end or was never scanned.

    Before the first scan nobody is missing for want of one.
    """
    arrived = present(session, meeting.event.id, People.arrived, as_of=now())
    confirmed = {one.registration_id for one in attendees.list_confirmed(session, meeting.event.id)}
    to_come = range(meeting.settings.round, meeting.rounds)
    noted = rounds_away(meeting.rules, meeting.rounds)
    return [
        person
        for person in seated_to_come(meeting, plan)
        if person not in confirmed
        or noted.get(person, set()).issuperset(to_come)
        or (arrived and person not in arrived)
    ]
