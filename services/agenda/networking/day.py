"""The day itself: who is away, and which round runs."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.agenda.events import service as events
from services.agenda.networking.rules import Absence, Rules
from services.agenda.networking.schemas import ClockOrder
from services.agenda.networking.service import Meeting, keep, set_rules
from services.agenda.refusals import checked
from shared.errors import Conflict
from shared.kit.clock import Clock, utc_now


class LastRoundOver(Conflict):
    """The last round has been played."""


class NoRoundRuns(Conflict):
    """No round runs at the moment."""


class OtherRound(Conflict):
    """Somebody else has turned the clock meanwhile: it stands at round {round}. Please look again."""


def mark_away(session: Session, meeting: Meeting, wanted: Absence) -> None:
    """Somebody is not there in some rounds; the next plan knows it. Raises Invalid."""
    rules = meeting.own_rules
    if wanted not in rules.away:
        away = [*rules.away, wanted]
        set_rules(session, meeting, checked(Rules, {**rules.model_dump(), "away": away}))


def mark_back(session: Session, meeting: Meeting, person: UUID) -> None:
    """Somebody is there after all, in every round to come."""
    rules = meeting.own_rules
    others = [absence for absence in rules.away if absence.person != person]
    set_rules(session, meeting, rules.model_copy(update={"away": others}))


def turn_clock(session: Session, meeting: Meeting, wanted: ClockOrder, *, now: Clock = utc_now) -> None:
    """Begin, hold, resume or end a round, or take one back that was begun by mistake.

    Raises LastRoundOver, OtherRound where `wanted.round` is another one, and NoRoundRuns.
    """
    events.must_be_open(meeting.event)
    settings = meeting.settings
    if wanted.action == "start":
        _begin_round(meeting, wanted.round, now())
    elif wanted.round not in (None, settings.round):
        raise OtherRound(round=settings.round)
    elif wanted.action == "hold" and settings.round_ends_at is not None:
        settings.seconds_left = max(0, round((settings.round_ends_at - now()).total_seconds()))
        settings.round_ends_at = None
    elif wanted.action == "go_on" and settings.seconds_left is not None:
        settings.round_ends_at = now() + timedelta(seconds=settings.seconds_left)
        settings.seconds_left = None
    elif wanted.action == "end" and settings.round:
        settings.round_ends_at = settings.seconds_left = None
    elif wanted.action == "take_back" and settings.is_in_a_round:
        settings.round -= 1
        settings.round_ends_at = settings.seconds_left = None
    else:
        raise NoRoundRuns
    keep(session, meeting)


def _begin_round(meeting: Meeting, wanted: int | None, now: datetime) -> None:
    settings = meeting.settings
    if settings.round >= meeting.rounds:
        raise LastRoundOver
    if wanted not in (None, settings.round + 1):
        raise OtherRound(round=settings.round)
    settings.round += 1
    settings.round_ends_at = now + timedelta(minutes=meeting.networking.minutes_per_round)
    settings.seconds_left = None
