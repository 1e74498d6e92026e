"""Who met whom, counted; and that only those count whom the door knows to have been inside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.agenda.attendees.service import note_scan
from services.agenda.networking.report import OrganisationsMet, report_on
from services.agenda.runtime import Sessions
from shared.contracts.registration import Direction
from tests.services.agenda.networking.conftest import EVENT, SPEED
from tests.support.facts import a_scan
from tests.support.visitors import Api

ADA, BO, CY, DAN = (UUID(int=number) for number in range(4))
NINE = datetime(2022, 11, 24, 9, tzinfo=UTC)


def test_pairs_count_once_and_meetings_each_time() -> None:
    tables = [frozenset({ADA, BO, CY}), frozenset({DAN}), frozenset({ADA, BO})]
    found = report_on(tables, {})
    assert (found.people, found.meetings, found.pairs) == (4, 4, 3)
    assert found.met == {ADA: 2, BO: 2, CY: 2, DAN: 0}
    assert (found.fewest, found.median, found.most) == (0, 2, 2)
    assert found.share_of_all_pairs == 0.5


def test_organisations_that_met_most_come_first_and_who_has_none_stands_for_none() -> None:
    tables = [frozenset({ADA, BO, CY}), frozenset({ADA, DAN})]
    found = report_on(tables, {ADA: "Verein", BO: "TU", CY: "", DAN: "Verein"})
    assert found.organisations == (
        OrganisationsMet("TU", "Verein", 1),
        OrganisationsMet("Verein", "Verein", 1),
    )


def test_an_event_without_a_plan_has_an_empty_report() -> None:
    found = report_on([], {})
    assert (found.people, found.fewest, found.median, found.share_of_all_pairs) == (0, 0, 0, 0.0)


def test_who_had_left_or_not_come_is_not_counted(
    api: Api, event_id: UUID, people: Callable[..., list[str]], published: Callable[..., dict[str, Any]]
) -> None:
    """Three rounds of three pairs, of four minutes from half past nine; one person leaves after the first round."""
    late, leaves, *others = people(6)
    published(SPEED)
    # In the middle of the first round, and between the first and the second.
    passages = [(late, 32, Direction.entry), (leaves, 0, Direction.entry), (leaves, 35, Direction.exit)]
    with Sessions.begin() as session:
        for person, minute, direction in [*passages, *((one, 0, Direction.entry) for one in others)]:
            facts = {"scanned_at": NINE + timedelta(minutes=minute), "direction": direction}
            note_scan(session, a_scan(UUID(person), event_id=event_id, **facts))
    found = api("GET", f"{EVENT}/networking-report").json()
    assert (found["people"], found["meetings"], found["share_of_all_pairs"]) == (6, 7, 0.4667)
