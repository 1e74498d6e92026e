from services.agenda.programme.rules import clashes, outside, too_small
from tests.services.agenda.builders import a_room, a_session, berlin

TEN = berlin("2022-11-24T10:00")
HALF_PAST_TEN = berlin("2022-11-24T10:30")
ELEVEN = berlin("2022-11-24T11:00")


def test_two_sessions_in_one_room_at_one_time_clash() -> None:
    late = a_session(HALF_PAST_TEN, 60, number=1, room=a_room())
    early = a_session(TEN, 60, number=2, room=a_room())
    assert clashes([late, early]) == [(early, late)]


def test_a_long_session_clashes_with_each_that_runs_during_it() -> None:
    long = a_session(TEN, 120, number=1, room=a_room())
    first, second = (a_session(start, 15, number=2, room=a_room()) for start in (HALF_PAST_TEN, ELEVEN))
    assert clashes([long, first, second]) == [(long, first), (long, second)]


def test_a_session_may_begin_when_the_one_before_ends() -> None:
    assert clashes([a_session(TEN, 60, room=a_room()), a_session(ELEVEN, 60, room=a_room())]) == []


def test_other_rooms_and_no_room_never_clash() -> None:
    sessions = [
        a_session(TEN, room=a_room("plenum")),
        a_session(TEN, room=a_room("foyer")),
        a_session(TEN),
        a_session(TEN),
    ]
    assert clashes(sessions) == []


def test_a_session_must_lie_within_the_event() -> None:
    inside = a_session(TEN, 60)
    before = a_session(berlin("2022-11-24T09:59"), 30, number=2)
    after = a_session(TEN, 61, number=3)
    assert outside([inside, before, after], TEN, ELEVEN) == [before, after]


def test_a_room_that_seats_fewer_than_come_is_named() -> None:
    small = a_session(room=a_room("klein", capacity=59))
    large = a_session(room=a_room("plenum", capacity=60))
    assert too_small([small, large, a_session(room=a_room("wiese")), a_session()], 60) == [small]
