import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from services.certificates.copies.models import Event
from services.certificates.runs import service
from services.certificates.runs.models import DocumentRun, Drawn, Kind, State
from services.certificates.runs.service import LEASE, draw_next, file_of, order
from services.certificates.runtime import Sessions
from shared.kit.i18n import Locale
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import every, hear, rule
from tests.support.facts import EVENT
from tests.support.papers import qr_codes, texts


def ordered(kind: Kind) -> DocumentRun:
    with Sessions.begin() as session:
        return order(session, session.get_one(Event, EVENT), kind)


def drawn(kind: Kind) -> DocumentRun:
    ordered(kind)
    assert draw_next(Sessions)
    return every(DocumentRun)[-1]


def test_a_badge_run_has_a_page_for_each_of_the_60(model_event: ModelEvent) -> None:
    hear(model_event.published(), *map(model_event.confirmed, model_event.participants))
    run = drawn(Kind.BADGES)
    codes = qr_codes(file_of(run))
    assert (run.state, run.pages, run.persons, run.problems) == ("done", 60, 60, [])
    assert len({page[0] for page in codes}) == 60


def test_the_checksum_is_that_of_the_file(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    run = drawn(Kind.SIGN_IN_SHEET)
    assert run.sha256 == hashlib.sha256(file_of(run)).hexdigest()


def test_who_cannot_be_printed_is_left_out_and_listed(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    hear(few.confirmed(few.person("P11"), sequence=2, first_name="\U00012000"))
    run = drawn(Kind.BADGES)
    assert (run.pages, run.persons) == (4, 4)
    problem = run.problems[0]
    assert problem["registration"] == str(id_of("P11"))
    assert (problem["field"], problem["what"]) == ("first_name", "missing_glyph")
    assert "U+12000" in problem["characters"]


def test_the_sign_in_sheet_names_everybody_and_the_funding(few: ModelEvent) -> None:
    hear(few.published(), *map(few.confirmed, few.participants))
    rule(funding_reference="01MF22004A")
    words = " ".join(texts(file_of(drawn(Kind.SIGN_IN_SHEET))))
    assert "01MF22004A" in words
    assert all(person["last_name"] in words for person in few.participants)


def test_the_evidence_list_explains_the_minutes(few: ModelEvent) -> None:
    hear(*few.messages())
    words = " ".join(texts(file_of(drawn(Kind.EVIDENCE_LIST))))
    assert "11:05" in words
    assert "offen" in words
    assert "333" in words


def test_a_paper_that_is_not_drawn_yet_says_so(few: ModelEvent) -> None:
    hear(few.published())
    with pytest.raises(service.NotDrawnYet):
        file_of(ordered(Kind.BADGES))


def test_an_event_without_people_has_an_empty_sign_in_sheet(few: ModelEvent) -> None:
    hear(few.published())
    assert drawn(Kind.SIGN_IN_SHEET).state == State.DONE.value


def test_two_workers_never_draw_the_same_paper(few: ModelEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    hear(few.published())
    drawings: list[Kind] = []
    monkeypatch.setitem(service.DRAWINGS, Kind.BADGES, noting(drawings))
    ordered(Kind.BADGES)
    workers = [Thread(target=draw_next, args=[Sessions]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert drawings == [Kind.BADGES]


def noting(drawings: list[Kind]) -> Callable[..., Drawn]:
    def draw(_session: object, _event: Event, _language: Locale) -> Drawn:
        drawings.append(Kind.BADGES)
        return Drawn(b"%PDF /Type /Page", 0, [])

    return draw


def test_a_paper_whose_worker_died_is_drawn_by_another(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    run = ordered(Kind.BADGES)
    with Sessions.begin() as session:
        claimed = session.get_one(DocumentRun, run.run_id)
        claimed.state, claimed.attempts = State.DRAWING.value, 1
        claimed.leased_until = datetime.now(UTC) + LEASE
    assert not draw_next(Sessions)
    assert draw_next(Sessions, now=lambda: datetime.now(UTC) + LEASE + timedelta(seconds=1))
    assert every(DocumentRun)[0].state == State.DONE.value


def test_a_paper_that_cannot_be_drawn_is_given_up_after_some_attempts(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Drawn:
        raise RuntimeError

    hear(few.published())
    monkeypatch.setitem(service.DRAWINGS, Kind.BADGES, fail)
    ordered(Kind.BADGES)
    assert [draw_next(Sessions) for _ in range(4)] == [True, True, True, False]
    assert every(DocumentRun)[0].state == State.FAILED.value


def test_a_paper_that_ends_every_worker_is_given_up(few: ModelEvent) -> None:
    hear(few.published())
    run = ordered(Kind.BADGES)
    with Sessions.begin() as session:
        session.get_one(DocumentRun, run.run_id).attempts = service.MOST_ATTEMPTS
    draw_next(Sessions)
    assert every(DocumentRun)[0].state == State.FAILED.value
