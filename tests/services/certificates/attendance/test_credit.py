from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.certificates.attendance.credit import Session, credited, shares
from services.certificates.attendance.minutes import Attendance, Span, Stay, overlap, union
from services.certificates.attendance.rule import (
    AttendanceRule,
    Entitlement,
    Offer,
    Programme,
    Reason,
    SessionShare,
    Verdict,
    decided,
    entitlements,
)
from services.certificates.confirmations.kinds import Kind, Paper

DAY = datetime(2022, 11, 24, tzinfo=UTC)


def at(minute: int) -> datetime:
    return DAY + timedelta(minutes=minute)


def a_session(key: str, start: int, end: int) -> Session:
    return Session(key, Span(at(start), at(end)))


def minutes(
    sessions: Sequence[Session], counted: Sequence[Span], chosen: set[str] | None = None
) -> dict[str, int]:
    credit = credited(shares(sessions, chosen or set()), counted)
    return {key: time // timedelta(minutes=1) for key, time in credit.items() if time}


spans = st.tuples(st.integers(0, 300), st.integers(1, 120)).map(lambda each: (each[0], each[0] + each[1]))
programmes = st.lists(spans, min_size=1, max_size=7).map(
    lambda each: [a_session(f"s{number}", *span) for number, span in enumerate(each)]
)
presences = st.lists(spans, max_size=5).map(
    lambda each: union(Span(at(start), at(end)) for start, end in each)
)


@given(programmes, presences)
def test_every_minute_of_the_programme_counts_once(sessions: list[Session], present: list[Span]) -> None:
    programme = union(each.span for each in sessions)
    counted = overlap(present, programme)
    credit = credited(shares(sessions), counted)
    assert sum(credit.values(), timedelta()) == sum((each.end - each.start for each in counted), timedelta())


@given(programmes, presences)
def test_no_session_gives_more_than_it_had_and_than_somebody_was_there(
    sessions: list[Session], present: list[Span]
) -> None:
    credit = credited(shares(sessions), present)
    for each in sessions:
        there = sum((span.end - span.start for span in overlap(present, [each.span])), timedelta())
        assert timedelta() <= credit.get(each.key, timedelta()) <= min(each.length, there)


@given(programmes, presences, st.randoms(use_true_random=False))
def test_the_order_of_the_sessions_does_not_matter(sessions, present, random) -> None:  # type: ignore[no-untyped-def]  # what hypothesis gives
    shuffled = list(sessions)
    random.shuffle(shuffled)
    assert credited(shares(sessions), present) == credited(shares(shuffled), present)


@given(programmes, presences, st.data())
def test_a_chosen_session_never_loses_by_being_chosen(
    sessions: list[Session], present: list[Span], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sessions)).key
    plain, chosen = (credited(shares(sessions, each), present) for each in (set(), {key}))
    assert chosen.get(key, timedelta()) >= plain.get(key, timedelta())


ALL_DAY = [Span(at(0), at(600))]


def test_of_two_parallel_sessions_the_longer_counts() -> None:
    assert minutes([a_session("short", 0, 60), a_session("long", 0, 90)], ALL_DAY) == {"long": 90}


def test_of_two_parallel_sessions_the_chosen_one_counts_and_the_rest_of_the_other() -> None:
    parallel = [a_session("short", 0, 60), a_session("long", 0, 90)]
    assert minutes(parallel, ALL_DAY, {"short"}) == {"short": 60, "long": 30}


def test_of_two_sessions_of_one_length_the_earlier_counts() -> None:
    assert minutes([a_session("b", 0, 60), a_session("a", 30, 90)], ALL_DAY) == {"b": 60, "a": 30}


# --- what follows for papers ---

RULE = AttendanceRule(min_share_of_programme=Decimal("0.5"))
MORNING = [a_session("talk", 0, 60), a_session("workshop", 60, 120)]
PROGRAMME = Programme(120 * 60, {each.key: each.length for each in MORNING})


def papers(rule: AttendanceRule, until: int, *, category: str = "guest") -> dict[str, tuple[Verdict, Reason]]:
    """Who was there from the beginning until that minute."""
    span = Span(at(0), at(until))
    counted = (span,) if until else ()
    attendance = Attendance((Stay(span, span.end, is_open=False),) if until else (), until * 60, counted)
    credit = credited(shares(MORNING), counted)
    found = entitlements(rule, category, attendance, PROGRAMME, credit)
    return {str(each.paper): (each.verdict, each.reason) for each in found}


def test_who_missed_a_required_session_gets_no_paper_though_the_time_would_do() -> None:
    rule = AttendanceRule(
        RULE.min_share_of_programme, required_sessions=(SessionShare("workshop", Decimal("0.5")),)
    )
    assert papers(rule, 89) == {"attendance": (Verdict.NOT_DUE, Reason.SESSION_MISSED)}
    assert papers(rule, 90) == {"attendance": (Verdict.DUE, Reason.ENOUGH)}


def test_a_required_session_that_the_programme_lost_keeps_nobody_from_their_paper() -> None:
    rule = AttendanceRule(
        RULE.min_share_of_programme, required_sessions=(SessionShare("cancelled", Decimal(1)),)
    )
    assert papers(rule, 120)["attendance"][0] is Verdict.DUE


def test_a_session_can_have_a_paper_of_its_own() -> None:
    rule = AttendanceRule(Decimal(1), own_confirmations=(SessionShare("talk", Decimal(1)),))
    assert papers(rule, 60) == {
        "attendance": (Verdict.NOT_DUE, Reason.TOO_LITTLE),
        "session:talk": (Verdict.DUE, Reason.ENOUGH),
    }
    assert papers(rule, 59)["session:talk"] == (Verdict.NOT_DUE, Reason.TOO_LITTLE)


def test_a_kind_is_for_the_categories_that_the_rules_name() -> None:
    rule = AttendanceRule(offers=(Offer(Kind.HOURS, frozenset({"student"})),))
    assert papers(rule, 120, category="student") == {"hours": (Verdict.DUE, Reason.ENOUGH)}
    assert papers(rule, 120) == {}


def test_less_than_one_unit_gives_no_paper_about_units() -> None:
    rule = AttendanceRule(Decimal("0.1"), offers=(Offer(Kind.TEACHING_UNITS),))
    assert papers(rule, 44)["teaching_units"][0] is Verdict.NOT_DUE
    assert papers(rule, 45)["teaching_units"][0] is Verdict.DUE


def test_a_speaker_is_thanked_who_came_and_a_speaker_whom_nobody_saw_waits_for_a_look() -> None:
    rule = AttendanceRule(offers=(Offer(Kind.SPEAKER, frozenset({"speaker"})),))
    assert papers(rule, 5, category="speaker") == {"speaker": (Verdict.DUE, Reason.SPOKE)}
    assert papers(rule, 0, category="speaker") == {"speaker": (Verdict.HELD, Reason.NOT_SEEN)}


def test_an_organiser_can_take_in_whoever_was_there_and_nobody_who_was_not() -> None:
    rejected = Entitlement(Paper(Kind.ATTENDANCE), Verdict.NOT_DUE, Reason.TOO_LITTLE)
    assert decided(rejected, is_in=True, attendance=Attendance((), 60)).reason is Reason.TAKEN_IN
    assert decided(rejected, is_in=True, attendance=Attendance((), 0)) == rejected


def test_a_speaker_whom_nobody_scanned_can_be_taken_in() -> None:
    held = Entitlement(Paper(Kind.SPEAKER), Verdict.HELD, Reason.NOT_SEEN)
    assert decided(held, is_in=True, attendance=Attendance((), 0)).is_due


def test_who_is_taken_out_gets_nothing() -> None:
    due = Entitlement(Paper(Kind.ATTENDANCE), Verdict.DUE, Reason.ENOUGH)
    assert decided(due, is_in=False, attendance=Attendance((), 60)).reason is Reason.TAKEN_OUT
