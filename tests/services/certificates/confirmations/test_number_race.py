"""Two issuers at the same moment: the counter's row keeps the numbers apart and without a gap."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certificates.confirmations.issuing import next_count
from services.certificates.confirmations.models import Confirmation, NumberCounter
from services.certificates.confirmations.tasks import issue_confirmations
from services.certificates.runtime import Sessions
from tests.services.certificates.model_event import ModelEvent
from tests.services.certificates.world import every, hear, mails, rule
from tests.support.facts import ORGANISATION

ISSUERS = 8
YEAR = 2022


def counts_of(issuers: int, take: Callable[[Session, UUID, int], int]) -> list[int]:
    """What each of some issuers gets that all begin together."""
    start = Barrier(issuers)

    def issue(_: int) -> int:
        with Sessions.begin() as session:
            start.wait()
            return take(session, ORGANISATION, YEAR)

    with ThreadPoolExecutor(issuers) as pool:
        return sorted(pool.map(issue, range(issuers)))


def without_a_lock(session: Session, organisation_id: UUID, year: int) -> int:
    """The guard left out: read, then write."""
    counter = session.scalar(
        select(NumberCounter).where(
            NumberCounter.organisation_id == organisation_id, NumberCounter.year == year
        )
    )
    assert counter is not None
    session.connection().exec_driver_sql("SELECT pg_sleep(0.05)")
    counter.last += 1
    session.flush()
    return counter.last


@pytest.fixture
def a_counter() -> None:
    with Sessions.begin() as session:
        session.add(NumberCounter(organisation_id=ORGANISATION, year=YEAR, last=0))


def test_issuers_at_the_same_moment_get_different_numbers_without_a_gap() -> None:
    assert counts_of(ISSUERS, next_count) == list(range(1, ISSUERS + 1))


def test_without_the_counters_lock_numbers_would_be_given_twice(a_counter: None) -> None:
    assert len(set(counts_of(ISSUERS, without_a_lock))) < ISSUERS


def test_a_number_that_is_rolled_back_is_given_again() -> None:
    with Sessions() as session:
        next_count(session, ORGANISATION, YEAR)
        session.rollback()
    with Sessions.begin() as session:
        assert next_count(session, ORGANISATION, YEAR) == 1


def test_workers_at_the_same_moment_issue_each_confirmation_once(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: issue_confirmations(), range(4)))
    assert {confirmation.registration_id for confirmation in every(Confirmation)} == few.due()
    assert sorted(confirmation.count for confirmation in every(Confirmation)) == [1, 2, 3]
    assert len(mails("confirmation")) == 3
