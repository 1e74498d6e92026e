"""Networking sessions of a programme and their rules."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.agenda.attendees import service as attendees
from services.agenda.events import service as events
from services.agenda.events.models import Event
from services.agenda.networking.brief import IN_UNITS, Table
from services.agenda.networking.impossible import NoRounds
from services.agenda.networking.models import NetworkingSession
from services.agenda.networking.rules import OF_KIND, Format, Organisations, Rules
from services.agenda.programme import service as programme
from services.agenda.programme.models import ProgrammeSession
from services.agenda.programme.schemas import Networking
from shared.errors import FieldError, Invalid, NotFound
from shared.kit.i18n import N_


class NoNetworkingSession(NotFound):
    """People do not meet in rounds in this session."""


@dataclass(frozen=True)
class Meeting:
    """A session of the programme in which people meet in rounds. `settings` is new until it is first written."""

    event: Event
    row: ProgrammeSession
    settings: NetworkingSession

    @property
    def networking(self) -> Networking:
        """Raises NoRounds."""
        if self.row.networking is None:
            raise NoRounds
        return Networking.model_validate(self.row.networking)

    @property
    def own_rules(self) -> Rules:
        """What was asked for."""
        return Rules.model_validate(self.settings.rules)

    @property
    def rules(self) -> Rules:
        """What was asked for, and what follows from the programme where nothing was."""
        rules = self.own_rules
        format_ = rules.format or OF_KIND.get(self.row.kind, Format.pairs)
        return rules.model_copy(
            update={"format": format_, "organisations": rules.organisations or self._organisations(format_)}
        )

    def _organisations(self, format_: Format) -> Organisations:
        if (self.row.networking or {}).get("avoid") != "same_organisation":
            return Organisations.ignored
        is_of_two = format_ in (Format.pairs, Format.sides)
        # At larger tables keeping all colleagues apart is seldom possible.
        return Organisations.apart if is_of_two else Organisations.rather_apart

    @property
    def format(self) -> Format:
        return self.rules.format or Format.pairs

    @property
    def can_begin_anew(self) -> bool:
        """Parties that have begun to walk go on as they are."""
        return self.format not in IN_UNITS or not self.settings.round

    @property
    def rounds(self) -> int:
        return self.networking.rounds

    @property
    def tables(self) -> list[Table]:
        tables = self.networking.tables
        return [Table(table.key, table.title, table.capacity) for table in tables]

    @property
    def next_round_at(self) -> datetime | None:
        """When the next round is to begin by the clock of the one that runs, whatever the programme said."""
        if self.settings.round_ends_at is None:
            return None
        return self.settings.round_ends_at + timedelta(minutes=self.networking.change_minutes)

    def times(self) -> list[tuple[datetime, datetime]]:
        """When each round begins and ends by the programme."""
        step = timedelta(minutes=self.networking.minutes_per_round + self.networking.change_minutes)
        length = timedelta(minutes=self.networking.minutes_per_round)
        begins = [self.row.starts_at + number * step for number in range(self.rounds)]
        return [(begin, begin + length) for begin in begins]


def meetings_of(session: Session, event: Event) -> list[Meeting]:
    """The sessions in which people meet in rounds, by their beginning."""
    rows = [row for row in programme.sessions_of(session, event) if _is_networking(row)]
    known = session.scalars(select(NetworkingSession).where(NetworkingSession.event_id == event.id))
    settings = {one.session_id: one for one in known}
    return [Meeting(event, row, settings.get(row.id) or _new_settings(row)) for row in rows]


def find_meeting(session: Session, event: Event, key: str) -> Meeting:
    """Raises NoNetworkingSession."""
    row = programme.find_session(session, event, key)
    if not _is_networking(row):
        raise NoNetworkingSession
    return Meeting(event, row, session.get(NetworkingSession, row.id) or _new_settings(row))


def _is_networking(row: ProgrammeSession) -> bool:
    return row.networking is not None or row.kind in OF_KIND


def _new_settings(row: ProgrammeSession) -> NetworkingSession:
    return NetworkingSession(
        session_id=row.id,
        organisation_id=row.organisation_id,
        event_id=row.event_id,
        rules={},
        edition=0,
        round=0,
        version=0,
    )


def set_rules(session: Session, meeting: Meeting, rules: Rules) -> None:
    """Replace the rules. Raises Invalid with a sentence at each new one that names what is not there.

    What stood there before stays: people give their places back and tables go, and plans do without them.
    """
    events.must_be_open(meeting.event)
    found = list(_faults(session, meeting, rules))
    if found:
        raise Invalid(found)
    meeting.settings.rules = rules.model_dump(mode="json", exclude_defaults=True)
    keep(session, meeting)


def keep(session: Session, meeting: Meeting) -> None:
    """Write the settings down, for the first time or again."""
    meeting.settings.version += 1
    session.add(meeting.settings)
    session.flush()


def _faults(session: Session, meeting: Meeting, rules: Rules) -> Iterator[FieldError]:
    people = {person.registration_id for person in attendees.list_confirmed(session, meeting.event.id)}
    before = meeting.own_rules
    yield from _unknown_people(rules, before, people)
    yield from _unknown_tables(rules, before, {table.key for table in meeting.tables})
    yield from _unknown_rounds(rules, before, meeting.rounds)
    yield from _hosts_twice(rules)


def _added(name: str, rules: Rules, before: Rules) -> Iterator[tuple[int, Any]]:
    """The rules of one kind that did not stand there before, with their places."""
    known = set(getattr(before, name))
    return ((place, rule) for place, rule in enumerate(getattr(rules, name)) if rule not in known)


def _unknown_people(rules: Rules, before: Rules, people: set[UUID]) -> Iterator[FieldError]:
    sentence = N_("This person has no place in the event.")
    for name in ("hosts", "fixed", "pinned", "away"):
        for number, entry in _added(name, rules, before):
            if entry.person not in people:
                yield FieldError(f"{name}.{number}.person", sentence)
    for name in ("apart", "together", "must_meet"):
        for number, pair in _added(name, rules, before):
            for place, person in enumerate(pair):
                if person not in people:
                    yield FieldError(f"{name}.{number}.{place}", sentence)
            if pair[0] == pair[1]:
                yield FieldError(f"{name}.{number}", N_("Please name two people."))


def _unknown_tables(rules: Rules, before: Rules, tables: set[str]) -> Iterator[FieldError]:
    for name in ("hosts", "fixed", "pinned", "closed"):
        for number, entry in _added(name, rules, before):
            if entry.table not in tables:
                yield FieldError(f"{name}.{number}.table", N_("There is no table with this key."))


def _unknown_rounds(rules: Rules, before: Rules, rounds: int) -> Iterator[FieldError]:
    ends = {"pinned": ("round",), "closed": ("round",), "away": ("from_round", "until_round")}
    for name, fields in ends.items():
        for number, entry in _added(name, rules, before):
            for field in fields:
                if (getattr(entry, field) or 0) > rounds:
                    yield FieldError(f"{name}.{number}.{field}", N_("There are not so many rounds."))


def _hosts_twice(rules: Rules) -> Iterator[FieldError]:
    people: set[UUID] = set()
    tables: set[str] = set()
    for number, host in enumerate(rules.hosts):
        if host.person in people:
            yield FieldError(f"hosts.{number}.person", N_("Nobody can be the host of two tables."))
        if host.table in tables:
            yield FieldError(f"hosts.{number}.table", N_("This table has a host already."))
        people.add(host.person)
        tables.add(host.table)


def names_of(
    session: Session, event: Event, *, consent: str | None, among: Collection[UUID] | None = None
) -> dict[UUID, str]:
    """The names that others may see: of those who agreed by the question `consent`; without one, nobody's."""
    if consent is None:
        return {}
    people = attendees.list_confirmed(session, event.id, among=among)
    return {person.registration_id: person.name for person in people if person.wishes.get(consent) == "yes"}
