"""Whose way is another one in a draft than in the plan that people have: whom the organiser has to tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.networking.models import Plan, State
from services.agenda.networking.plans import published_plan, rows_of, tables_of
from services.agenda.networking.solving.instances import AWAY
from services.agenda.networking.views import Guest, TableView

Way = list[TableView | None]


@dataclass(frozen=True)
class ChangedStop:
    """One round, counted from 1, in which somebody goes to another table; None is without a seat."""

    number: int
    before: TableView | None
    after: TableView | None


@dataclass(frozen=True)
class ChangedWay:
    """Somebody whose way changes; who `leaves` has no seat any more from the first change on."""

    guest: Guest
    stops: tuple[ChangedStop, ...]
    leaves: bool


def changes_by(session: Session, plan: Plan, guests: Mapping[UUID, Guest]) -> list[ChangedWay] | None:
    """Whose way a draft changes; None of another plan, and where people have none yet."""
    shown = published_plan(session, plan.session_id)
    if shown is None or plan.state != State.draft or not rows_of(plan):
        return None
    return changed_ways(shown, plan, guests)


def changed_ways(shown: Plan, plan: Plan, guests: Mapping[UUID, Guest]) -> list[ChangedWay]:
    """Everybody in the order of `guests` who has a place and goes to another table in any round."""
    before, after = _ways(shown), _ways(plan)
    nowhere: Way = [None] * len(rows_of(plan))
    found = []
    for person, guest in guests.items():
        way = after.get(person, nowhere)
        stops = _stops(before.get(person, nowhere), way)
        if stops:
            found.append(ChangedWay(guest, stops, not any(way[stops[0].number - 1 :])))
    return found


def _ways(plan: Plan) -> dict[UUID, Way]:
    tables = [
        TableView(place, table.key, table.title, (), plan.has_stations)
        for place, table in enumerate(tables_of(plan), start=1)
    ]
    return {
        UUID(person): [None if row[index] == AWAY else tables[row[index]] for row in rows_of(plan)]
        for index, person in enumerate(plan.people)
    }


def _stops(before: Way, after: Way) -> tuple[ChangedStop, ...]:
    both = enumerate(zip(before, after, strict=False), start=1)
    return tuple(ChangedStop(number, old, new) for number, (old, new) in both if _key(old) != _key(new))


def _key(table: TableView | None) -> str | None:
    return table.key if table else None
