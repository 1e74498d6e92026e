import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.registration.signup.waiting_list import (
    BelowTaken,
    Places,
    give_back,
    outcome,
    resize,
    sign_up,
    stop_waiting,
)


def test_a_newcomer_waits_behind_those_who_wait() -> None:
    assert outcome(Places(capacity=2, taken=2, waiting=1)) == "waiting"


def test_a_place_given_back_goes_to_the_first_who_waits() -> None:
    assert give_back(Places(capacity=2, taken=2, waiting=3)) == (Places(2, 2, 2), 1)


def test_a_place_given_back_stays_free_when_nobody_waits() -> None:
    assert give_back(Places(capacity=2, taken=2)) == (Places(2, 1), 0)


def test_more_places_let_as_many_move_up() -> None:
    assert resize(Places(capacity=2, taken=2, waiting=5), 4) == (Places(4, 4, 3), 2)


def test_fewer_places_than_are_taken_is_refused() -> None:
    with pytest.raises(BelowTaken):
        resize(Places(capacity=5, taken=3), 2)


def test_a_free_place_beside_somebody_who_waits_cannot_be_said() -> None:
    with pytest.raises(ValueError, match="waits"):
        Places(capacity=2, taken=1, waiting=1)


class AnEvent(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.places = Places(capacity=3)
        self.queue: list[int] = []
        self.holders: set[int] = set()
        self.people = 0

    @rule()
    def somebody_signs_up(self) -> None:
        self.people += 1
        if outcome(self.places) == "confirmed":
            self.holders.add(self.people)
        else:
            self.queue.append(self.people)
        self.places = sign_up(self.places)

    @precondition(lambda self: self.holders)
    @rule()
    def a_holder_leaves(self) -> None:
        self.holders.pop()
        self.places, promoted = give_back(self.places)
        self.move_up(promoted)

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def one_who_waits_leaves(self, data: st.DataObject) -> None:
        self.queue.remove(data.draw(st.sampled_from(self.queue)))
        self.places = stop_waiting(self.places)

    @rule(capacity=st.integers(0, 8))
    def the_organiser_changes_the_capacity(self, capacity: int) -> None:
        try:
            self.places, promoted = resize(self.places, capacity)
        except BelowTaken:
            return
        self.move_up(promoted)

    def move_up(self, promoted: int) -> None:
        self.holders.update(self.queue[:promoted])
        del self.queue[:promoted]

    @invariant()
    def numbers_agree_with_people(self) -> None:
        assert (self.places.taken, self.places.waiting) == (len(self.holders), len(self.queue))


TestAnEvent = AnEvent.TestCase


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_resize_never_promotes_more_than_wait(capacity: int, more: int) -> None:
    _, promoted = resize(Places(capacity, capacity, waiting=10), capacity + more)
    assert promoted == min(more, 10)
