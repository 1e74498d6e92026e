"""What it costs to recognise somebody."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.registration.signup import service
from services.registration.signup.duplicates import address_key
from services.registration.signup.keys import WITH_ADDRESS
from services.registration.signup.models import Registration
from services.registration.signup.setup import settings_of
from tests.services.registration.builders import a_person, an_open_event

PEOPLE = 300


def test_recognising_somebody_reads_nobody_else_of_the_event(session: Session) -> None:
    """In a rush PostgreSQL has not counted the event's people yet, and then chooses by the conditions alone."""
    event = an_open_event(session, capacity=PEOPLE)
    people = [a_person(number) for number in range(PEOPLE)]
    service.sign_up_together(session, event, settings_of(session, event.id), people)
    assert _read_in_vain(session, [people[7].email, "nobody@example.org"]) == 0
    assert session.scalar(select(func.count()).select_from(Registration)) == PEOPLE


def _read_in_vain(session: Session, emails: list[str]) -> int:
    statement = str(WITH_ADDRESS.compile(dialect=postgresql.psycopg.dialect()))
    wanted = {"addresses": [address_key(email) for email in emails]}
    connection = session.connection().connection.cursor()
    connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", wanted)
    [[[found]]] = connection.fetchall()
    return _removed(found["Plan"])


def _removed(plan: dict[str, Any]) -> int:
    removed: int = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return removed + sum(map(_removed, plan.get("Plans", [])))
