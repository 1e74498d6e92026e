import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy.orm import Session

from services.certificates.copies.models import Event
from services.certificates.runs import service
from services.certificates.runs.models import DocumentRun, Kind, Prepared, State
from services.certificates.runs.service import LEASE, Claim, claim, draw_next, file_of, order, waiting_runs
from services.certificates.runs.tasks import SECONDS, draw_documents
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
    while draw_next(Sessions):
        pass
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
    monkeypatch.setitem(service.PAPERS, Kind.SIGN_IN_SHEET, noting(drawings))
    ordered(Kind.SIGN_IN_SHEET)
    workers = [Thread(target=draw_next, args=[Sessions]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert drawings == [Kind.SIGN_IN_SHEET]


def noting(drawings: list[Kind]) -> Callable[..., Prepared]:
    def draw() -> bytes:
        drawings.append(Kind.SIGN_IN_SHEET)
        return b"%PDF /Type /Page"

    return drawing_by(draw)


def drawing_by(draw: Callable[[], bytes]) -> Callable[..., Prepared]:
    def prepare(_session: object, _event: Event, _language: Locale) -> Prepared:
        return Prepared(draw, 0, [])

    return prepare


def claims_of_two(take: Callable[[Session], Claim | None]) -> list[Claim | None]:
    """What two get of whom the second asks while the first has not committed."""
    with Sessions.begin() as first, Sessions.begin() as second:
        second.connection().exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        return [take(first), take(second)]


def claim_without_a_lock(session: Session) -> Claim | None:
    """The guard left out: read, then write."""
    run = session.scalar(waiting_runs(datetime.now(UTC)))
    return Claim(run.run_id, run.attempts + 1) if run else None


def test_a_paper_is_claimed_by_one_of_two_who_ask_at_the_same_moment(few: ModelEvent) -> None:
    hear(few.published())
    run = ordered(Kind.SIGN_IN_SHEET)
    assert claims_of_two(claim) == [Claim(run.run_id, 1), None]


def test_without_the_lock_both_would_claim_it(few: ModelEvent) -> None:
    hear(few.published())
    run = ordered(Kind.SIGN_IN_SHEET)
    assert claims_of_two(claim_without_a_lock) == [Claim(run.run_id, 1)] * 2


def test_no_transaction_is_open_while_a_paper_is_drawn(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw() -> bytes:
        with Sessions() as session:
            others = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'"
            open_ones.append(session.connection().exec_driver_sql(others).scalar_one())
        return b"%PDF"

    open_ones: list[int] = []
    hear(few.published())
    monkeypatch.setitem(service.PAPERS, Kind.SIGN_IN_SHEET, drawing_by(draw))
    drawn(Kind.SIGN_IN_SHEET)
    assert open_ones == [0]


def test_who_draws_longer_than_the_lease_leaves_the_paper_to_the_next(
    few: ModelEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw_slowly() -> bytes:
        monkeypatch.setitem(service.PAPERS, Kind.SIGN_IN_SHEET, drawing_by(lambda: b"second"))
        draw_next(Sessions, now=lambda: datetime.now(UTC) + LEASE + timedelta(seconds=1))
        return b"first"

    hear(few.published())
    monkeypatch.setitem(service.PAPERS, Kind.SIGN_IN_SHEET, drawing_by(draw_slowly))
    run = drawn(Kind.SIGN_IN_SHEET)
    assert file_of(run) == b"second"
    assert run.sha256 == hashlib.sha256(b"second").hexdigest()


def test_a_task_begins_no_paper_after_some_seconds(few: ModelEvent) -> None:
    hear(few.published())
    for _ in range(3):
        ordered(Kind.SIGN_IN_SHEET)
    moments = iter([0.0, 1.0, SECONDS + 1.0])
    draw_documents(lambda: next(moments))
    assert sorted(run.state for run in every(DocumentRun)) == ["done", "done", "queued"]


def test_a_paper_whose_worker_died_is_drawn_by_another(few: ModelEvent) -> None:
    hear(few.published(), few.confirmed(few.person("P11")))
    run = ordered(Kind.SIGN_IN_SHEET)
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
    def fail(*_: object) -> Prepared:
        raise RuntimeError

    hear(few.published())
    monkeypatch.setitem(service.PAPERS, Kind.SIGN_IN_SHEET, fail)
    ordered(Kind.SIGN_IN_SHEET)
    assert [draw_next(Sessions) for _ in range(4)] == [True, True, True, False]
    assert every(DocumentRun)[0].state == State.FAILED.value


def test_a_paper_that_ends_every_worker_is_given_up(few: ModelEvent) -> None:
    hear(few.published())
    run = ordered(Kind.SIGN_IN_SHEET)
    with Sessions.begin() as session:
        session.get_one(DocumentRun, run.run_id).stalled = service.MOST_ATTEMPTS
    draw_next(Sessions)
    assert every(DocumentRun)[0].state == State.FAILED.value
