from datetime import UTC, datetime, timedelta

import pytest

from services.registration.signup.window import SignUpState, Window, can_cancel, sign_up_state
from shared.contracts.agenda import EventState

NOW = datetime(2022, 11, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
PUBLISHED = EventState.published


@pytest.mark.parametrize(
    ("window", "state"),
    [
        (Window(PUBLISHED), SignUpState.open),
        (Window(PUBLISHED, opens_at=LATER), SignUpState.early),
        (Window(PUBLISHED, opens_at=NOW, closes_at=LATER), SignUpState.open),
        (Window(PUBLISHED, closes_at=NOW), SignUpState.ended),
        (Window(EventState.draft), SignUpState.hidden),
        (Window(EventState.closed, closes_at=LATER), SignUpState.over),
        (Window(EventState.cancelled), SignUpState.called_off),
    ],
)
def test_sign_up_is_open_between_its_deadlines(window: Window, state: SignUpState) -> None:
    assert sign_up_state(window, NOW) == state


@pytest.mark.parametrize(
    ("window", "is_possible"),
    [
        (Window(PUBLISHED), True),
        (Window(PUBLISHED, cancel_until=LATER), True),
        (Window(PUBLISHED, cancel_until=NOW), False),
        (Window(EventState.draft), True),
        (Window(EventState.closed, cancel_until=LATER), False),
        (Window(EventState.cancelled), False),
    ],
)
def test_a_place_is_given_back_until_its_deadline(window: Window, is_possible: bool) -> None:
    assert can_cancel(window, NOW) is is_possible
