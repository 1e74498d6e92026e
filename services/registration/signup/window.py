"""When people can sign up and when they can give a place back. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.agenda import EventState


class SignUpState(StrEnum):
    """Why the form is shown, or not."""

    hidden = "hidden"
    """A draft: nobody knows of the event yet."""
    early = "early"
    open = "open"
    ended = "ended"
    over = "over"
    """The event itself was closed."""
    called_off = "called_off"


@dataclass(frozen=True)
class Window:
    """An event's state and its deadlines; one that is None does not exist."""

    state: EventState
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    cancel_until: datetime | None = None


def sign_up_state(window: Window, now: datetime) -> SignUpState:
    by_event = {
        EventState.draft: SignUpState.hidden,
        EventState.closed: SignUpState.over,
        EventState.cancelled: SignUpState.called_off,
    }
    if window.state in by_event:
        return by_event[window.state]
    if window.opens_at and now < window.opens_at:
        return SignUpState.early
    if window.closes_at and now >= window.closes_at:
        return SignUpState.ended
    return SignUpState.open


def can_cancel(window: Window, now: datetime) -> bool:
    """Whether an attendee may give the place back; an organiser always may."""
    is_ahead = window.state in {EventState.draft, EventState.published}
    return is_ahead and (window.cancel_until is None or now < window.cancel_until)
