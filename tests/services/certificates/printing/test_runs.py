"""Runs of badges in steps: on sheets, in the wished order, again for some, and through every mishap."""

import hashlib
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from typing import Any
from uuid import UUID

import pytest

from services.certificates.copies.models import Event
from services.certificates.printing import steps
from services.certificates.printing.models import PrintedBadge
from services.certificates.printing.schemas import BadgeRunIn
from services.certificates.runs import files, service
from services.certificates.runs.finishing import part_name
from services.certificates.runs.models import DocumentRun, Kind, State
from services.certificates.runs.service import LEASE, WAIT_FOR_ROOM, cancel, claim, draw_next, file_of, order
from services.certificates.runtime import Sessions
from shared.contracts.registration import RegistrationCancelled
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear
from tests.support.facts import EVENT
from tests.support.papers import qr_codes, texts

# By name: Geisel, Kiefer …; five people of the model event.
REFS = ("P01", "P03", "P10", "P11", "P15")


@pytest.fixture
def five(few: ModelEvent) -> ModelEvent:
    hear(few.published(), *map(few.confirmed, few.participants))
    return few


@pytest.fixture
def two_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five badges take a look-up, three checks and three parts."""
    monkeypatch.setattr(steps, "BADGES_IN_A_STEP", 2)


def ordered(**wishes: Any) -> DocumentRun:
    with Sessions.begin() as session:
        wish = BadgeRunIn.model_validate(wishes)
        event = session.get_one(Event, EVENT)
        return order(session, event, Kind.BADGES, locale=wish.locale, options=wish.options)


def now_of(run: DocumentRun) -> DocumentRun:
    return next(each for each in every(DocumentRun) if each.run_id == run.run_id)


def drawn(**wishes: Any) -> DocumentRun:
    run = ordered(**wishes)
    while draw_next(Sessions):
        pass
    return now_of(run)


def names_on(run: DocumentRun, event: ModelEvent) -> list[list[str]]:
    """Whose first names stand on each page, in the order of the text."""
    names = [person["first_name"] for person in event.participants]
    return [sorted((name for name in names if name in page), key=page.index) for page in texts(file_of(run))]


def test_badges_of_a_sheet_are_printed_with_every_code(five: ModelEvent) -> None:
    run = drawn(sheet="4xA6", blanks=2)
    assert (run.state, run.pages, run.persons, run.drawn, run.total) == ("done", 2, 5, 7, 7)
    assert [len(set(page)) for page in qr_codes(file_of(run))] == [4, 1]


def test_cut_piles_are_in_order_of_the_wish(five: ModelEvent) -> None:
    in_rows = [name for page in names_on(drawn(order="organisation"), five) for name in page]
    stacked = names_on(drawn(order="organisation", sheet="4xA6", filling="stacks"), five)
    assert in_rows != [name for page in names_on(drawn(), five) for name in page]
    piles = [[page[cell] for page in stacked if cell < len(page)] for cell in range(4)]
    assert [name for pile in piles for name in pile] == in_rows


def test_one_persons_badge_is_printed_again(five: ModelEvent) -> None:
    run = drawn(registrations=[str(id_of("P11"))])
    [[name]] = names_on(run, five)
    assert name == five.person("P11")["first_name"]


def test_whoever_has_changed_is_printed_again_and_nobody_else(five: ModelEvent) -> None:
    drawn()
    hear(five.confirmed(five.person("P03"), sequence=2, organisation="Neue Werkstatt"))
    run = drawn(changed=True)
    assert names_on(run, five) == [[five.person("P03")["first_name"]]]
    assert (run.persons, run.total) == (1, 1)
    # Now nothing has changed since.
    assert drawn(changed=True).persons == 0


def test_a_run_that_was_cancelled_has_printed_nobody(five: ModelEvent, two_a_step: None) -> None:
    run = ordered()
    for _ in range(6):
        draw_next(Sessions)
    assert (now_of(run).drawn, len(every(PrintedBadge))) == (4, 4)
    with Sessions.begin() as session:
        cancel(session, session.get_one(DocumentRun, run.run_id))
    assert not draw_next(Sessions)
    assert now_of(run).state == State.CANCELLED.value
    assert not (files.settings.documents_dir / part_name(run.run_id, 0)).exists()
    assert drawn(changed=True).persons == 5


def test_a_finished_run_is_not_cancelled(five: ModelEvent) -> None:
    run = drawn()
    with Sessions.begin() as session, pytest.raises(service.DrawnAlready):
        cancel(session, session.get_one(DocumentRun, run.run_id))


def test_progress_is_told_after_each_step(five: ModelEvent, two_a_step: None) -> None:
    run = ordered()
    told = []
    while draw_next(Sessions):
        told.append((now_of(run).state, now_of(run).drawn, now_of(run).total))
    assert told == [*[("drawing", 0, 5)] * 4, ("drawing", 2, 5), ("drawing", 4, 5), ("done", 5, 5)]


def test_parts_make_the_file_that_is_drawn_at_once(five: ModelEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn(sheet="4xA6")
    monkeypatch.setattr(steps, "BADGES_IN_A_STEP", 4)
    parted = drawn(sheet="4xA6")
    assert texts(file_of(parted)) == texts(file_of(whole))
    assert qr_codes(file_of(parted)) == qr_codes(file_of(whole))
    assert not list((files.settings.documents_dir / f"runs/{parted.run_id}").glob("part*"))


def a_worker_dies(run: DocumentRun) -> datetime:
    """Claims the run and says nothing more; returns the moment at which its lease has ended."""
    with Sessions.begin() as session:
        assert claim(session) is not None
    assert not draw_next(Sessions)
    return datetime.now(UTC) + LEASE + timedelta(seconds=1)


def test_a_killed_workers_run_goes_on_where_it_was(
    five: ModelEvent, two_a_step: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = 0

    def count(*what: Any) -> bytes:
        nonlocal drawings
        drawings += 1
        return draw(*what)

    draw = steps.draw_sheets
    monkeypatch.setattr(steps, "draw_sheets", count)
    run = ordered()
    for _ in range(5):
        draw_next(Sessions)
    assert (now_of(run).drawn, drawings) == (2, 1)
    later = a_worker_dies(run)
    assert draw_next(Sessions, now=lambda: later)
    while draw_next(Sessions):
        pass
    assert (now_of(run).state, now_of(run).persons, drawings) == ("done", 5, 3)
    assert names_on(now_of(run), five) == names_on(drawn(), five)


def test_the_same_order_drawn_again_gives_the_same_bytes(
    five: ModelEvent, two_a_step: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies just before its last commit leaves the file, and another one writes it again."""
    run = ordered()
    while draw_next(Sessions):
        pass
    first = now_of(run).sha256
    with Sessions.begin() as session:
        again = session.get_one(DocumentRun, run.run_id)
        again.state, again.people, again.checked = State.QUEUED.value, None, 0
        again.drawn, again.persons, again.parts = 0, 0, []
    while draw_next(Sessions):
        pass
    assert now_of(run).sha256 == first == hashlib.sha256(file_of(now_of(run))).hexdigest()


@pytest.mark.parametrize("damage", ["torn", "lost"])
def test_a_part_that_is_not_as_it_was_written_is_drawn_again(
    five: ModelEvent, two_a_step: None, damage: str
) -> None:
    run = ordered()
    for _ in range(6):
        draw_next(Sessions)
    part = files.settings.documents_dir / part_name(run.run_id, 0)
    if damage == "torn":
        part.write_bytes(part.read_bytes()[:500])
    else:
        part.unlink()
    while draw_next(Sessions):
        pass
    assert (now_of(run).state, now_of(run).persons) == ("done", 5)
    assert [len(page) for page in qr_codes(file_of(now_of(run)))] == [1] * 5


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    five: ModelEvent, two_a_step: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> str:
        raise OSError(ENOSPC, "No space left on device")

    run = ordered()
    for _ in range(5):
        draw_next(Sessions)
    with monkeypatch.context() as full:
        full.setattr(files.os, "fsync", no_room)
        # More often than a run may fail: a full disk is nobody's fault.
        for attempt in range(5):
            later = datetime.now(UTC) + attempt * 2 * WAIT_FOR_ROOM
            assert draw_next(Sessions, now=lambda later=later: later)
    waiting = now_of(run)
    assert (waiting.state, waiting.waits_for, waiting.drawn) == ("queued", "room", 2)
    assert not list((files.settings.documents_dir / f"runs/{run.run_id}").glob(".*"))
    assert not draw_next(Sessions)
    while draw_next(Sessions, now=lambda: datetime.now(UTC) + 12 * WAIT_FOR_ROOM):
        pass
    assert (now_of(run).state, now_of(run).waits_for, now_of(run).persons) == ("done", None, 5)


def test_who_gives_up_the_place_meanwhile_is_not_printed(five: ModelEvent, two_a_step: None) -> None:
    run = ordered(sheet="4xA6")
    for _ in range(4):
        draw_next(Sessions)
    leaving = five.confirmed(five.person("P15")).model_dump() | {"sequence": 2, "status": "cancelled"}
    hear(RegistrationCancelled.model_validate(leaving))
    while draw_next(Sessions):
        pass
    assert (now_of(run).state, now_of(run).persons) == ("done", 4)
    assert sum(map(len, names_on(now_of(run), five))) == 4


def test_a_registration_of_another_event_is_not_printed(five: ModelEvent) -> None:
    run = drawn(registrations=[str(UUID(int=5)), str(id_of("P01"))])
    assert run.persons == 1
