from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from services.registration.signup import events
from services.registration.signup.models import ReleasedProgramme
from services.registration.worker import app
from shared.contracts.agenda import EventChanged, ProgrammeReleased
from shared.contracts.catalogue import addressed_to
from shared.errors import Invalid
from shared.kit.access import Right, Role
from shared.kit.clock import utc_now
from shared.kit.database import new_id
from tests.services.registration.builders import (
    FOREIGN_ORGANISATION,
    ORGANISATION,
    a_principal,
    an_event,
    event_facts,
)


def test_the_worker_serves_every_message_addressed_to_registration() -> None:
    assert {contract.name for contract in addressed_to("registration")} <= set(app.tasks)
    assert "registration.send_mails" in app.tasks


def test_a_newer_message_changes_the_event_and_an_older_one_does_not(session: Session) -> None:
    event_id = new_id()
    for sequence in (1, 3, 2):
        facts = event_facts(event_id=event_id, sequence=sequence, slug=f"slug-{sequence}")
        events.keep_event(session, EventChanged(**facts))
    event = events.find_event(session, str(event_id))
    assert event is not None
    assert event.slug == "slug-3"


def test_events_come_in_pages_the_latest_first(session: Session) -> None:
    days = [datetime(2022, 11, day, 9, tzinfo=UTC) for day in (1, 3, 3, 2)]
    for day in days:
        an_event(session, starts_at=day)
    an_event(session, organisation_id=FOREIGN_ORGANISATION)
    pages, after = [], None
    while after is None or len(pages[-1]) > 2:
        pages.append(events.events_for(session, a_principal(), after=after, limit=2))
        after = events.cursor_key(pages[-1][:2][-1])
    assert [len(page) for page in pages] == [3, 2]
    shown = [event for page in pages for event in page[:2]]
    assert [event.starts_at for event in shown] == sorted(days, reverse=True)
    assert len({event.id for event in shown}) == 4


@pytest.mark.parametrize("after", [[], ["x"], [str(new_id())]])
def test_a_made_up_cursor_is_none(session: Session, after: list[str]) -> None:
    with pytest.raises(Invalid):
        events.events_for(session, a_principal(), after=after)


def test_while_two_events_have_one_slug_it_means_the_newer_one(session: Session) -> None:
    older, newer = an_event(session, sequence=7), an_event(session, sequence=1)
    assert older.slug == newer.slug
    assert events.find_event(session, older.slug) is newer


def test_an_older_release_does_not_replace_a_newer_one(session: Session) -> None:
    event_id = new_id()
    for sequence in (2, 1):
        facts = {"organisation_id": ORGANISATION, "event_id": event_id, "sequence": sequence}
        events.keep_programme(session, ProgrammeReleased(**facts, released_at=utc_now(), sessions=()))
    assert session.get_one(ReleasedProgramme, event_id).sequence == 2


def test_an_event_is_found_by_id_and_slug_within_ones_organisations(session: Session) -> None:
    event = an_event(session)
    principal = a_principal()
    for key in (str(event.id), event.slug):
        assert events.event_for(session, key, principal, Right.write) is event
    with pytest.raises(events.EventNotFound):
        events.event_for(session, event.slug, a_principal(Role.owner, FOREIGN_ORGANISATION), Right.read)
