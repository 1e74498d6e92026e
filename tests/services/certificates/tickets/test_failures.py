"""Tickets that cannot be made: they wait longer each time, and nobody else waits for them."""

from datetime import datetime, timedelta

import pytest

from services.certificates.copies.models import Attendee
from services.certificates.runtime import Sessions
from services.certificates.tickets import document
from services.certificates.tickets.models import Ticket
from services.certificates.tickets.service import FIRST_WAIT, LONGEST_WAIT, look_at_next_tickets
from services.certificates.tickets.tasks import BATCH
from shared.kit.clock import utc_now
from tests.services.certificates.api import PAGES, browser
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, mails, work


@pytest.fixture
def nobodys_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ticket can be drawn."""
    monkeypatch.setattr(document, "draw", fail)


def fail(_: document.Ticket) -> bytes:
    raise RuntimeError


def test_more_than_a_batch_of_tickets_that_cannot_be_made_hold_up_nobody(
    model_event: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = sorted(model_event.participants, key=lambda person: id_of(person["ref"]))
    draw, last = document.draw, people[-1]["last_name"]
    monkeypatch.setattr(
        document, "draw", lambda ticket: draw(ticket) if last in ticket.name else fail(ticket)
    )
    hear(*map(model_event.confirmed, [*people[:BATCH], people[-1]]), model_event.published())
    work()
    assert len(mails("ticket")) == 1
    assert [ticket.registration_id for ticket in every(Ticket)] == [id_of(people[-1]["ref"])]


@pytest.mark.usefixtures("nobodys_ticket")
def test_each_failure_makes_the_next_try_wait_longer(few: ModelEvent) -> None:
    hear(few.confirmed(few.person("P11")), few.published())
    moment, waits = utc_now(), []
    for _ in range(8):
        look_at(moment)
        due_at = every(Attendee)[0].ticket_due_at
        assert due_at is not None
        waits.append(due_at - moment)
        moment = due_at
    assert waits == [min(FIRST_WAIT * 2**failures, LONGEST_WAIT) for failures in range(8)]
    assert waits[-1] == timedelta(hours=1)


def look_at(moment: datetime) -> None:
    with Sessions.begin() as session:
        look_at_next_tickets(session, limit=BATCH, now=lambda: moment)


@pytest.mark.usefixtures("nobodys_ticket")
def test_a_registration_is_kept_although_its_ticket_cannot_be_made(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    assert [attendee.ticket_failures for attendee in every(Attendee)] == [1]


def test_what_is_put_right_is_mailed_at_once(few: ModelEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(document, "draw", fail)
        hear(few.published(), few.confirmed(few.person("P11")))
    hear(few.confirmed(few.person("P11"), sequence=2))
    assert len(mails("ticket")) == 1
    assert [attendee.ticket_failures for attendee in every(Attendee)] == [0]


@pytest.mark.usefixtures("nobodys_ticket")
def test_the_organiser_sees_whose_ticket_could_not_be_made(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    page = browser().get(PAGES).text
    assert "Lotti Geisel" in page
    assert "It could not be made; this is tried again by itself." in page
