"""How the mailing of an event's confirmations runs: counts, speed, and what is stuck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from services.certificates.confirmations.models import Confirmation, State
from services.certificates.copies.models import Attendee
from shared.kit.mail import Mail, MailStream, count_mails, held_up_streams
from shared.kit.mail.models import State as MailState

KIND = "confirmation"
# Over which the speed is counted: long enough to be steady, short enough to see a standstill.
LOOK_BACK = timedelta(seconds=60)
# A page shows this many of what is stuck; more of them have one cause, and it stands above.
MOST_STUCK = 100


@dataclass(frozen=True)
class Stuck:
    """A mail that is not where it should be; `can_go_again` is whether its content is still here."""

    mail: Mail
    attendee: Attendee | None
    can_go_again: bool


@dataclass(frozen=True)
class Bounced:
    """A confirmation whose mail came back."""

    confirmation: Confirmation
    attendee: Attendee | None


@dataclass(frozen=True)
class Run:
    """The mailing of one event at this moment. `per_second` is that of the last minute."""

    counts: dict[MailState, int]
    per_second: float
    last_sent_at: datetime | None
    streams: Sequence[MailStream]
    stuck: Sequence[Stuck]
    bounced: Sequence[Bounced]

    @property
    def waiting(self) -> int:
        return sum(self.counts.get(state, 0) for state in ("queued", "claimed", "sending"))

    @property
    def is_running(self) -> bool:
        return bool(self.waiting)

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes at the present speed, rounded up; None while nothing moves."""
        return -int(-self.waiting // (self.per_second * 60)) if self.per_second and self.waiting else None


def run_of(session: Session, event_id: UUID, now: datetime) -> Run:
    """What the page of the mailing shows."""
    sent = [Mail.event_id == event_id, Mail.kind == KIND, Mail.state == "sent"]
    recently = func.count().filter(Mail.sent_at > now - LOOK_BACK)
    count, last = session.execute(select(recently, func.max(Mail.sent_at)).where(*sent)).one()
    return Run(
        counts=count_mails(session, event_id).get(KIND, {}),
        per_second=count / LOOK_BACK.total_seconds(),
        last_sent_at=last,
        streams=held_up_streams(session),
        stuck=_stuck(session, event_id),
        bounced=_bounced(session, event_id),
    )


def _stuck(session: Session, event_id: UUID) -> list[Stuck]:
    was_put_off = and_(Mail.state == "queued", Mail.attempts > 0)
    mails = (
        select(Mail, Attendee, Mail.message.is_not(None))
        .outerjoin(Attendee, Attendee.registration_id == Mail.about_id)
        .where(Mail.event_id == event_id, Mail.kind == KIND)
        .where(or_(Mail.state.in_(("failed", "unknown")), was_put_off))
        .order_by(Mail.id)
        .limit(MOST_STUCK)
    )
    return [
        Stuck(mail, attendee, has_content and mail.state != "queued")
        for mail, attendee, has_content in session.execute(mails)
    ]


def _bounced(session: Session, event_id: UUID) -> list[Bounced]:
    came_back = (
        select(Confirmation, Attendee)
        .outerjoin(Attendee, Attendee.registration_id == Confirmation.registration_id)
        .where(Confirmation.event_id == event_id, Confirmation.bounced_at.is_not(None))
        .where(Confirmation.state == State.VALID.value)
        .order_by(Confirmation.bounced_at)
    )
    return [Bounced(*row) for row in session.execute(came_back)]
