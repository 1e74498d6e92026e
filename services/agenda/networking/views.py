"""Plans as people look at them: who sits where, round by round, and what a plan is worth in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.events.models import Event
from services.agenda.networking.models import Plan
from services.agenda.networking.plans import absences_of, rows_of, tables_of
from services.agenda.networking.service import Meeting
from services.agenda.networking.solving.instances import AWAY
from shared.kit.i18n import N_

STATE_LABELS = {
    "queued": N_("asked for"),
    "solving": N_("being searched"),
    "draft": N_("draft"),
    "failed": N_("no plan"),
    "published": N_("published"),
    "replaced": N_("replaced"),
}
STATE_KINDS = {"draft": "info", "failed": "danger", "published": "success", "replaced": "info"}

# What the solvers say about a bound, so that it can be translated.
REASONS = (
    N_("more people than seats"),
    N_("one side has more people than the other"),
    N_("more meetings than pairs that may meet"),
    N_("somebody has more meetings than people to meet"),
    N_("people who stay together meet in each round"),
    N_("a table of one round has more people than tables to go on to in the next"),
    N_("organisations with more people than there are tables"),
    N_("everybody whose company is missing or new has to change"),
)
BROKEN_LABELS = {
    "absent": N_("who is away"),
    "apart": N_("who must not meet"),
    "distinct_tables": N_("nobody twice at a table"),
    "frozen_rounds": N_("rounds that have passed"),
    "hosts": N_("hosts"),
    "max_sitouts": N_("sitting out in turn"),
    "pins": N_("fixed seats"),
    "seats": N_("seats at the tables"),
    "side": N_("one of each side"),
    "together": N_("who stays together"),
    "visit_all_tables": N_("everybody sees each station"),
}


@dataclass(frozen=True)
class Guest:
    """Somebody at a table; `name` is empty where others may not see it."""

    id: UUID
    name: str
    organisation: str = ""


@dataclass(frozen=True)
class TableView:
    """A table in one round; `title` is empty for one that has only its number."""

    number: int
    key: str
    title: str
    guests: tuple[Guest, ...]
    is_station: bool = False


@dataclass(frozen=True)
class RoundView:
    """One round with its tables, and who has no seat in it."""

    number: int
    starts_at: datetime
    ends_at: datetime
    tables: tuple[TableView, ...]
    free: tuple[Guest, ...]


@dataclass(frozen=True)
class Colleagues:
    """Who of one organisation sits together at a table in a round; `groups` are of one organisation each."""

    number: int
    table: TableView
    groups: tuple[tuple[Guest, ...], ...]


@dataclass(frozen=True)
class Stop:
    """Where one person goes in one round, and with whom; `table` is None for who sits out, or is away by the plan."""

    number: int
    starts_at: datetime
    ends_at: datetime
    table: TableView | None
    is_away: bool


def guests_of(session: Session, event: Event) -> dict[UUID, Guest]:
    """Everybody who has a place, by name; organisers see all names."""
    return {
        one.registration_id: Guest(one.registration_id, one.name, one.organisation)
        for one in attendees.list_confirmed(session, event.id)
    }


def rounds_of(meeting: Meeting, plan: Plan, guests: Mapping[UUID, Guest]) -> list[RoundView]:
    """The whole seating; people whom nobody knows any more are left out."""
    tables = tables_of(plan)
    away = absences_of(plan)
    people = [guests.get(UUID(person)) for person in plan.people]
    rounds = []
    for number, (row, (begin, end)) in enumerate(zip(rows_of(plan), meeting.times(), strict=False)):
        seated: list[list[Guest]] = [[] for _ in tables]
        free = []
        for index, (guest, table) in enumerate(zip(people, row, strict=True)):
            if guest is None:
                continue
            if table != AWAY:
                seated[table].append(guest)
            elif (index, number) not in away:
                free.append(guest)
        views = tuple(
            TableView(place + 1, table.key, table.title, tuple(group), plan.has_stations)
            for place, (table, group) in enumerate(zip(tables, seated, strict=True))
        )
        rounds.append(RoundView(number + 1, begin, end, views, tuple(free)))
    return rounds


def colleagues_of(plan: Plan, rounds: Sequence[RoundView]) -> list[Colleagues]:
    """Who shares a table with people of the own organisation, as the plan's problem tells organisations apart."""
    labels = dict(zip(plan.people, plan.problem.get("org") or (), strict=False))
    found = []
    for one in rounds:
        for table in one.tables:
            together: dict[int, list[Guest]] = {}
            for guest in table.guests:
                if str(guest.id) in labels:
                    together.setdefault(labels[str(guest.id)], []).append(guest)
            groups = tuple(tuple(group) for group in together.values() if len(group) > 1)
            if groups:
                found.append(Colleagues(one.number, table, groups))
    return found


def broken_rules(plan: Plan) -> list[str]:
    """The labels of the rules that no plan was found to keep."""
    return [BROKEN_LABELS[name] for name in (plan.reason or "").split(",") if name in BROKEN_LABELS]
