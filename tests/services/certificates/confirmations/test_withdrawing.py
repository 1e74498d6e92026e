"""Taking a confirmation back while the same person is looked at: one waits for the other, never for ever."""

from concurrent.futures import ThreadPoolExecutor

from services.certificates.confirmations.models import Confirmation, DueCheck, State
from services.certificates.confirmations.service import withdraw
from services.certificates.runtime import Sessions
from tests.services.certificates.model_event import ModelEvent, id_of
from tests.services.certificates.world import an_added_stay, every, hear, rule, until_somebody_waits, work


def test_withdrawing_and_issuing_at_the_same_moment_never_block_each_other(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    work()
    hear(an_added_stay("P11", few))
    own = next(each for each in every(Confirmation) if each.registration_id == id_of("P11"))
    with ThreadPoolExecutor(1) as pool:
        with Sessions.begin() as issuing:
            check = issuing.get_one(DueCheck, own.registration_id, with_for_update=True)
            withdrawal = pool.submit(withdraw_it, own)
            until_somebody_waits()
            issuing.get_one(Confirmation, own.confirmation_id).doubt = "minutes_changed"
            issuing.flush()
            issuing.delete(check)
        withdrawal.result(timeout=10)
    work()
    states = [each.state for each in every(Confirmation) if each.registration_id == own.registration_id]
    assert sorted(states) == ["revoked", "valid"]
    assert {each.doubt for each in every(Confirmation)} == {None}


def withdraw_it(confirmation: Confirmation) -> None:
    with Sessions.begin() as session:
        withdraw(session, session.get_one(Confirmation, confirmation.confirmation_id))


def test_two_withdrawals_at_the_same_moment_are_one(few: ModelEvent) -> None:
    hear(*few.messages())
    rule()
    work()
    own = every(Confirmation)[0]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(withdraw_it, [own, own]))
    work()
    states = [each.state for each in every(Confirmation) if each.registration_id == own.registration_id]
    assert sorted(states) == [State.REVOKED.value, State.VALID.value]
