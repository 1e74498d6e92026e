"""Facts of the same event at the same moment: their transactions wait for each other, and never for ever."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from services.certificates.copies.models import Attendee, Event
from services.certificates.tickets.models import Ticket
from services.certificates.tickets.tasks import issue_tickets
from shared.contracts.messages import Message
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear, work

CHANGES = 12


def test_changes_of_an_event_and_of_its_people_never_block_each_other(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    starts_at = few.published().starts_at
    changes_of_event: list[Message] = [
        few.published(sequence=10 + number, starts_at=starts_at + timedelta(minutes=number))
        for number in range(CHANGES)
    ]
    changes_of_people: list[list[Message]] = [
        [few.confirmed(person, sequence=10 + number, organisation=str(number)) for number in range(CHANGES)]
        for person in few.participants[:3]
    ]
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(hear_all, facts) for facts in [changes_of_event, *changes_of_people]]
        running.append(pool.submit(keep_issuing))
        for each in running:
            each.result(timeout=60)
    work()
    assert [event.sequence for event in every(Event)] == [9 + CHANGES]
    assert {attendee.ticket_due_at for attendee in every(Attendee)} == {None}
    assert {ticket.calendar_version for ticket in every(Ticket)} == {every(Event)[0].calendar_version}


def hear_all(facts: Sequence[Message]) -> None:
    for fact in facts:
        hear(fact)


def keep_issuing() -> None:
    for _ in range(CHANGES):
        issue_tickets()
