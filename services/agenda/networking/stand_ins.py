"""A newcomer takes the printed way of somebody who did not come, and nobody else's way changes."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
from services.agenda.networking.solving.instances import AWAY, Instance, parse
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.suiting import ANY_SIDE, Suiting
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
    absent = _whose_way(session, meeting, shown, wanted, now)
    taking = _taking(meeting, shown, wanted.person, organisations)
    known = set(measure(_unpublished(shown.problem), rows_of(shown)).broken)
    for person in taking.suitable(absent):
        draft = _with_stand_in(session, meeting, shown, taking, person, known, now)
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
class _Taking:
    """The published plan with the newcomer (the number `place` of `people`) in it, before the newcomer has a way.

    The newcomer counts as there in every round to come; on which side a new one stands is open.
    """

    people: list[str]
    rows: list[list[int]]
    problem: dict[str, Any]
    place: int
    passed: int

    def suitable(self, absent: Sequence[UUID]) -> Iterator[UUID]:
        """Whose ways the newcomer may take by the rules about the two of them."""
        suiting = Suiting(_unpublished(self.problem), self.rows, self.place, self.passed)
        numbers = {person: number for number, person in enumerate(self.people)}
        return (person for person in absent if suiting.is_suitable(numbers[str(person)]))


def _taking(meeting: Meeting, shown: Plan, newcomer: UUID, organisations: Mapping[str, str]) -> _Taking:
    people, passed = list(shown.people), meeting.settings.round
    problem = dict(shown.problem)
    if str(newcomer) not in people:
        label = _label(str(newcomer), people, problem["org"], organisations)
        people.append(str(newcomer))
        problem = _with_newcomer(problem, label)
    place = people.index(str(newcomer))
    rows = [[*row, *[AWAY] * (len(people) - len(row))] for row in rows_of(shown)]
    problem["absent"] = [away for away in problem["absent"] if away[0] != place] + _passed_away(
        rows, place, passed
    )
    return _Taking(people, rows, problem, place, passed)


def _label(
    newcomer: str, people: Sequence[str], labels: Sequence[int], organisations: Mapping[str, str]
) -> int:
    """The number of the newcomer's organisation among those of the plan's people."""
    own = organisations[newcomer]
    same = (
        label
        for person, label in zip(people, labels, strict=False)
        if own and organisations.get(person) == own
    )
    return next(same, max(labels, default=-1) + 1)


def _with_newcomer(problem: dict[str, Any], label: int) -> dict[str, Any]:
    """The problem with a person more, whose wishes nobody could ask for."""
    problem |= {"n": problem["n"] + 1, "max_sitouts": problem["rounds"], "org": [*problem["org"], label]}
    if problem.get("side") is not None:
        problem["side"] = [*problem["side"], ANY_SIDE]
    if problem.get("prefs") is not None:
        problem["prefs"] = [*problem["prefs"], None]
    if problem.get("published") is not None:
        problem["published"] = [[*row, AWAY] for row in problem["published"]]
    return problem


def _passed_away(rows: Sequence[Sequence[int]], person: int, passed: int) -> list[list[int]]:
    """In a round that has passed, whoever had no seat was away."""
    return [[person, number, number + 1] for number in range(passed) if rows[number][person] == AWAY]


def _unpublished(problem: dict[str, Any]) -> Instance:
    """The rules alone, without the plan that people have."""
    return parse({**problem, "frozen_rounds": 0, "published": None})


def _with_stand_in(
    session: Session,
    meeting: Meeting,
    shown: Plan,
    taking: _Taking,
    absent: UUID,
    known: AbstractSet[str],
    now: Clock,
) -> Plan | None:
    """The published plan with the newcomer on the other's seats; None where that breaks more than is `known`."""
    rows, place = [list(row) for row in taking.rows], taking.place
    number = taking.people.index(str(absent))
    for row in rows[taking.passed :]:
        row[place], row[number] = row[number], AWAY
    problem = dict(taking.problem)
    if problem.get("side") is not None and problem["side"][place] == ANY_SIDE:
        problem["side"] = [*problem["side"][:place], problem["side"][number], *problem["side"][place + 1 :]]
    problem["absent"] = [away for away in problem["absent"] if away[0] != number]
    problem["absent"] += _passed_away(rows, number, taking.passed)
    problem["absent"].append([number, taking.passed, meeting.rounds])
    if not known >= set(measure(_unpublished(problem), rows).broken):
        return None
    draft = copy_of(session, meeting, shown, now=now)
    draft.people, draft.rows, draft.problem = taking.people, rows, problem
    draft.figures = figures_of(parse(problem), rows)
    return draft


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
