"""Runs of badges in steps: on sheets, in the wished order, again for some, and through every mishap."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from services.certificates.copies.models import Event
from services.certificates.layouts.gallery import gallery_layout
from services.certificates.layouts.layout import Layout
from services.certificates.layouts.service import keep_image, keep_layout
from services.certificates.printing import steps
from services.certificates.printing.models import PrintedBadge
from services.certificates.printing.schemas import BadgeRunIn
from services.certificates.runs import files, service
from services.certificates.runs.finishing import part_name
from services.certificates.runs.models import DocumentRun, Kind, State
from services.certificates.runs.service import LEASE, WAIT_FOR_ROOM, cancel, claim, draw_next, file_of, order
from services.certificates.runtime import Sessions
from shared.contracts.agenda import NetworkingPlanPublished, NetworkingRound, ProgrammeReleased
from shared.contracts.registration import RegistrationCancelled
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear
from tests.support.facts import EVENT, ORGANISATION
from tests.support.images import a_png
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


def kept(layout: str, **changes: Any) -> None:
    """The organisation keeps a layout of its own, like one of the gallery."""
    with Sessions.begin() as session:
        data = gallery_layout(layout).model_dump(mode="json", exclude_defaults=True)
        keep_layout(session, ORGANISATION, "ours", Layout.model_validate({**data, **changes}))


def test_the_released_programme_and_the_way_stand_on_the_back(five: ModelEvent) -> None:
    hear(five.released(), a_plan())
    run = drawn(layout="a6-portrait-programme", registrations=[str(id_of("P01"))])
    _, back = texts(file_of(run))
    for expected in ("09:45 Vorstellung der Partner plenum", "12:15 Mittagessen", "Tisch 2: Logistik"):
        assert expected in back
    assert run.problems == []


def test_what_is_shortened_is_on_the_list_once_before_anything_is_drawn(
    five: ModelEvent, two_a_step: None
) -> None:
    hear(a_long_programme(five))
    run = ordered(layout="a7")
    for _ in range(4):
        draw_next(Sessions)
    assert now_of(run).drawn == 0
    [problem] = now_of(run).problems
    assert (problem["name"], problem["field"], problem["what"]) == ("", "agenda", "shortened")
    assert "Vortrag" in problem["characters"]


def test_a_title_that_no_font_can_print_costs_nobody_the_badge(five: ModelEvent) -> None:
    released = five.released()
    first, *others = released.sessions
    hear(five.released(sessions=(first.model_copy(update={"title": "KI \u0378"}), *others)))
    run = drawn(layout="a7")
    assert (run.persons, [problem["field"] for problem in run.problems]) == (5, ["session"])


def test_a_run_has_one_look_whatever_changes_meanwhile(five: ModelEvent, two_a_step: None) -> None:
    kept("a7", title="A")
    run = ordered(layout="ours")
    for _ in range(5):
        draw_next(Sessions)
    assert now_of(run).drawn == 2
    kept("a6-landscape", title="B")
    hear(five.published(sequence=9, title={"de": "Ein anderer Titel"}))
    while draw_next(Sessions):
        pass
    pages = PdfReader(io.BytesIO(file_of(now_of(run)))).pages
    assert {tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in pages} == {
        (74, 105)
    }
    assert not any("Ein anderer Titel" in page for page in texts(file_of(now_of(run))))


def test_a_picture_that_is_exchanged_meanwhile_is_on_all_badges_or_on_none(
    five: ModelEvent, two_a_step: None
) -> None:
    def exchange(side: int) -> None:
        with Sessions.begin() as session:
            keep_image(session, ORGANISATION, "logo", a_png(side, side))

    exchange(40)
    front = [{"kind": "image", "image": "logo", "x": 5, "y": 5, "width": 20, "height": 20}]
    kept("a7", front=front, back=[])
    run = ordered(layout="ours")
    for _ in range(5):
        draw_next(Sessions)
    exchange(60)
    while draw_next(Sessions):
        pass
    assert (now_of(run).state, now_of(run).persons) == ("done", 5)
    pages = PdfReader(io.BytesIO(file_of(now_of(run)))).pages
    assert {image.image.size for page in pages for image in page.images if image.image} == {(60, 60)}


def test_a_changed_layout_or_programme_is_told_and_drawn_again_if_wished(five: ModelEvent) -> None:
    hear(five.released())
    drawn(layout="a7")
    assert drawn(layout="a7", changed=True).problems == []
    first, *others = five.released().sessions
    hear(five.released(sequence=2, sessions=(first.model_copy(update={"title": "Auftakt"}), *others)))
    told = drawn(layout="a7", changed=True)
    assert told.persons == 0
    assert [(each["field"], each["what"], each["characters"]) for each in told.problems] == [
        ("layout", "other_looks", "5")
    ]
    again = drawn(layout="a7", changed=True, changed_looks=True)
    assert (again.persons, again.problems) == (5, [])
    assert drawn(layout="a7", changed=True, changed_looks=True).persons == 0


def test_what_a_layout_does_not_show_changes_no_badge(five: ModelEvent) -> None:
    hear(five.released())
    drawn(layout="a6-portrait")
    hear(five.released(sequence=2, sessions=()), a_plan())
    assert drawn(layout="a6-portrait", changed=True, changed_looks=True).persons == 0


def a_plan() -> NetworkingPlanPublished:
    begin = datetime(2022, 11, 24, 9, 30, tzinfo=UTC)
    return NetworkingPlanPublished(
        organisation_id=ORGANISATION,
        sequence=1,
        event_id=EVENT,
        session_id=UUID(int=77),
        title="World Café",
        rounds=(NetworkingRound(starts_at=begin, ends_at=begin + timedelta(minutes=20)),),
        tables=("Schulungen", "Logistik"),
        ways={id_of("P01"): (1,)},
        mails=False,
    )


def a_long_programme(event: ModelEvent) -> ProgrammeReleased:
    [one, *_] = event.released().sessions
    return event.released(
        sessions=tuple(
            one.model_copy(
                update={"title": f"Vortrag {number}", "starts_at": one.starts_at + timedelta(minutes=number)}
            )
            for number in range(90)
        )
    )


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
