"""What of the published plans others may see: the screen in the room, a person's own way, sheets, the report."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.attendees.models import Attendee
from services.agenda.events.models import Event
from services.agenda.networking.models import Plan
from services.agenda.networking.plans import absences_of, published_plan, published_plans, rows_of, tables_of
from services.agenda.networking.report import Report, Table, report_on
from services.agenda.networking.service import Meeting, meetings_of, names_of
from services.agenda.networking.solving.instances import AWAY
from services.agenda.networking.views import Guest, RoundView, Stop, TableView, rounds_of
from shared.errors import NotFound


@dataclass(frozen=True)
class Shown:
    """A published plan with the names that others may see."""

    meeting: Meeting
    plan: Plan
    rounds: list[RoundView]

    @property
    def current(self) -> RoundView | None:
        """The round that runs, is held or was the last one to run."""
        return self._round(self.meeting.settings.round)

    @property
    def following(self) -> RoundView | None:
        return self._round(self.meeting.settings.round + 1)

    @property
    def names(self) -> dict[UUID, str]:
        """Who has a seat in any round and may be named."""
        seated = (guest for one in self.rounds for table in one.tables for guest in table.guests)
        return {guest.id: guest.name for guest in seated if guest.name}

    def _round(self, number: int) -> RoundView | None:
        return next((one for one in self.rounds if one.number == number), None)


@dataclass(frozen=True)
class OwnWay:
    """One session of one person, by the plan's `edition`."""

    person: UUID
    meeting: Meeting
    edition: int
    stops: list[Stop]
    has_stations: bool

    @property
    def misses_rounds(self) -> bool:
        """The plan does without them in a round to come."""
        return any(stop.is_away and stop.number > self.meeting.settings.round for stop in self.stops)


def show(session: Session, meeting: Meeting) -> Shown | None:
    """The published plan as everybody in the room may see it; None before the first publication."""
    plan = published_plan(session, meeting.row.id)
    if plan is None:
        return None
    names = names_of(session, meeting.event, consent=meeting.rules.consent)
    guests = {UUID(person): Guest(UUID(person), names.get(UUID(person), "")) for person in plan.people}
    return Shown(meeting, plan, rounds_of(meeting, plan, guests))


def own_ways(session: Session, registration_id: UUID) -> tuple[Event, list[OwnWay]]:
    """A person's ways through the published plans of their event. Raises NotFound without a place in it."""
    attendee = session.get(Attendee, registration_id)
    event = session.get(Event, attendee.event_id) if attendee and attendee.is_confirmed else None
    if event is None:
        raise NotFound
    return event, list(_ways(session, event, registration_id))


def _ways(session: Session, event: Event, person: UUID) -> Iterator[OwnWay]:
    published = published_plans(session, event.id)
    for meeting in meetings_of(session, event) if published else ():
        plan = published.get(meeting.row.id)
        if plan is None or str(person) not in plan.people:
            continue
        stops = _stops(session, meeting, plan, plan.people.index(str(person)))
        if any(stop.table for stop in stops):
            yield OwnWay(person, meeting, plan.edition or 0, stops, plan.has_stations)


def _stops(session: Session, meeting: Meeting, plan: Plan, number: int) -> list[Stop]:
    """One person's stops. Every phone asks for them again and again, so nobody else is looked up than who is met."""
    company = [
        [UUID(plan.people[p]) for p, table in enumerate(row) if table == row[number] != AWAY]
        for row in rows_of(plan)
    ]
    met = {person for group in company for person in group}
    names = names_of(session, meeting.event, consent=meeting.rules.consent, among=met)
    tables, away = tables_of(plan), absences_of(plan)
    stops = []
    for index, ((begin, end), group) in enumerate(zip(meeting.times(), company, strict=False)):
        place = rows_of(plan)[index][number]
        guests = tuple(Guest(person, names.get(person, "")) for person in group)
        at = tables[place]
        table = TableView(place + 1, at.key, at.title, guests, plan.has_stations) if group else None
        stops.append(Stop(index + 1, begin, end, table, is_away=(number, index) in away))
    return stops


def report(session: Session, event: Event) -> tuple[Report, dict[UUID, str]]:
    """Who met whom by the published plans, as far as the door knows that they were inside; and the names to show."""
    people = attendees.list_confirmed(session, event.id)
    organisations = {one.registration_id: one.organisation for one in people}
    stays = _stays(session, event.id)
    tables: list[Table] = []
    names: dict[UUID, str] = {}
    for meeting in meetings_of(session, event):
        shown = show(session, meeting)
        if shown is not None:
            names |= shown.names
            tables += _tables(shown, stays)
    return report_on(tables, organisations), names


def _tables(shown: Shown, stays: dict[UUID, list[tuple[datetime, bool]]]) -> Iterator[Table]:
    for one in shown.rounds:
        middle = one.starts_at + (one.ends_at - one.starts_at) / 2
        for table in one.tables:
            there = frozenset(
                guest.id for guest in table.guests if not stays or _is_inside(stays.get(guest.id, []), middle)
            )
            if there:
                yield there


def _stays(session: Session, event_id: UUID) -> dict[UUID, list[tuple[datetime, bool]]]:
    found: dict[UUID, list[tuple[datetime, bool]]] = {}
    for when, person, is_inwards in attendees.passages(session, event_id):
        found.setdefault(person, []).append((when, is_inwards))
    return found


def _is_inside(passages: list[tuple[datetime, bool]], moment: datetime) -> bool:
    """Whether the last passage before the moment led inwards."""
    before = [is_inwards for when, is_inwards in passages if when <= moment]
    return bool(before) and before[-1]
