"""A running stack with an organiser, and events of any size."""

import itertools
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, LiteralString

import psutil
import psycopg

from bench.load import post
from deploy.local.bootstrap import DATABASE
from deploy.local.play.http import wait_for
from deploy.local.play.organiser import Organiser
from deploy.local.postgres import SUPERUSER
from deploy.local.stack import Stack

QUESTIONS = [
    {"key": "diet", "labels": {"de": "Ernährung", "en": "Diet"}, "type": "text"},
    {"key": "photo_consent", "labels": {"de": "Ich darf fotografiert werden."}, "type": "checkbox"},
]
ROOM = {"key": "hall", "name": "Saal"}
# What brings or takes work in the background; it stands still while something else is measured.
BACKGROUND = ("relay", "beat")


@dataclass(frozen=True)
class Event:
    id: str
    slug: str


class World:
    """What all measurements share."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.organiser = Organiser(stack, secrets.token_urlsafe(12))
        self.token = self.organiser.token(stack)
        self.api = self.organiser.api
        self._numbers = itertools.count(1)

    def event(self, *, capacity: int, sessions: Sequence[dict[str, Any]] = ()) -> Event:
        """A published event that takes sign-ups, with a released programme if it has sessions."""
        slug = f"bench-{next(self._numbers)}"
        agenda = f"/agenda/api/v1/events/{slug}"
        made = self.api.post("/agenda/api/v1/events", status=201, json=_event(slug)).json()
        settings = {"capacity": capacity, "categories": [_category()], "questions": QUESTIONS}
        self.api.put(f"/registration/api/v1/events/{slug}/settings", json=settings)
        if sessions:
            self.api.post(f"{agenda}/rooms", status=201, json=ROOM)
        for session in sessions:
            self.api.post(f"{agenda}/sessions", status=201, json=session)
        self.api.post(f"{agenda}/publish")
        if sessions:
            self.api.post(f"{agenda}/releases", status=201)
        event = Event(made["id"], slug)
        wait_for("the event to be open", lambda: self._is_published(event))
        return event

    def _is_published(self, event: Event) -> bool:
        known = "SELECT state FROM registration.events WHERE id = %s"
        return bool(self.rows(known, event.id) == [("published",)])

    def sign_ups(self, event: Event) -> Iterator[bytes]:
        """Requests of the public, a new person in each."""
        while True:
            yield self.sign_up(event, self.person())

    def sign_up(self, event: Event, person: dict[str, Any]) -> bytes:
        address = f"/registration/api/v1/events/{event.id}/registrations"
        return post(address, person, key=person["email"])

    def person(self) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "first_name": "Jürgen",
            "last_name": f"Großkreutz-Müller {letters(number)}",
            "email": f"person-{number}@example.org",
            "organisation": "Thüringer Glas & Optik GmbH",
            "locale": "de",
            "diet": "vegetarisch",
        }

    def fill(self, event: Event, people: int) -> list[str]:
        """Give places to `people` copies of one person who signed up; the references of all of them."""
        person = {**self.person(), "ref": f"{event.slug}-0", "category": "partner"}
        address = f"/registration/api/v1/events/{event.slug}/registrations"
        self.api.post(address, status=201, json=person)
        self.run(COPIES, {"event": event.id, "slug": event.slug, "copies": people - 1})
        self.run(COUNT, {"event": event.id, "copies": people - 1})
        self.run("ANALYZE")
        return [f"{event.slug}-{number}" for number in range(people)]

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    def run(self, statement: LiteralString, values: dict[str, object] | None = None) -> None:
        with self.connect() as connection:
            connection.execute(statement, values)

    def connect(self) -> psycopg.Connection:
        server = self.stack.postgres
        address = server.superuser_url.rpartition("/")[0]
        return psycopg.connect(f"{address}/{DATABASE}", user=SUPERUSER, autocommit=True)

    def queries(self, act: Callable[[], object]) -> int:
        """How many statements PostgreSQL gets while `act` runs, without BEGIN and COMMIT; others must be quiet."""
        log = self.stack.var / "log" / "postgres.log"
        self._log_statements("all")
        before = log.stat().st_size
        act()
        self._log_statements("none")
        with log.open("rb") as file:
            file.seek(before)
            said = file.read().decode(errors="replace")
        return len(
            re.findall(r"LOG:  (?:statement|execute [^:]*): (?!BEGIN|COMMIT|ROLLBACK|ALTER|SELECT pg_)", said)
        )

    def _log_statements(self, which: Literal["all", "none"]) -> None:
        self.run(
            "ALTER SYSTEM SET log_statement = 'all'" if which == "all" else "ALTER SYSTEM RESET log_statement"
        )
        self.run("SELECT pg_reload_conf()")
        time.sleep(0.3)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nothing works in the background meanwhile; what was to be done is forgotten."""
        programs = [psutil.Process(self.stack.pids[name]) for name in BACKGROUND]
        for program in programs:
            program.suspend()
        try:
            yield
            self.run("DELETE FROM registration.outbox")
        finally:
            for program in programs:
                program.resume()

    def settled(self) -> None:
        """Wait until no message is on its way."""
        wait_for("an empty outbox", lambda: self.unacknowledged() == 0, seconds=120)

    def unacknowledged(self) -> int:
        waiting = "SELECT count(*) FROM registration.outbox WHERE acknowledged_at IS NULL"
        return int(self.rows(waiting)[0][0])

    def cpu_seconds(self, *programs: str) -> float:
        """What the named programs have used of the processors so far, with all their processes."""
        pids = self.stack.pids
        return sum(cpu_of_tree(psutil.Process(pids[name])) for name in programs)


def cpu_of_tree(program: psutil.Process) -> float:
    total = 0.0
    for process in (program, *program.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        # A child that ended is counted at its parent, one that lives is counted itself.
        total += times.user + times.system + times.children_user + times.children_system
    return total


def letters(number: int) -> str:
    """A number as letters, as names have no digits: a, b … z, ba, bb …"""
    last = chr(ord("a") + number % 26)
    return letters(number // 26) + last if number >= 26 else last


def _event(slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "title": {"de": "Vernetzungstreffen", "en": "Networking meeting"},
        "starts_at": "2030-05-06T09:00:00+02:00",
        "ends_at": "2030-05-08T18:00:00+02:00",
        "timezone": "Europe/Berlin",
        "venue": {"name": "TU Chemnitz", "city": "Chemnitz", "country": "DE"},
        "organiser": "Mittelstand-Digital Zentrum Chemnitz",
        "contact_email": "ki-hub@example.org",
    }


def _category() -> dict[str, Any]:
    return {"key": "partner", "labels": {"de": "Partner", "en": "Partner"}}


COPIES: LiteralString = """
    INSERT INTO registration.registrations
    SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', gen_random_uuid(),
        'ref', %(slug)s || '-' || n,
        'last_name', one.last_name || n,
        'sort_key', one.sort_key || n,
        'email', n || one.email,
        'person_key', encode(sha256(convert_to('person' || n, 'UTF8')), 'hex'),
        'address_key', encode(sha256(convert_to('address' || n, 'UTF8')), 'hex'),
        'position', one.position + n
    ))).*
    FROM registration.registrations AS one, generate_series(1, %(copies)s) AS n
    WHERE one.event_id = %(event)s
"""
COUNT: LiteralString = """
    UPDATE registration.place_counters
    SET taken = taken + %(copies)s, last_position = last_position + %(copies)s
    WHERE event_id = %(event)s
"""
