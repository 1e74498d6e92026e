"""Mails about registrations that an address could not take: whoever types it causes at most one in an hour."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.mailing import service as mails
from services.registration.signup import letters
from services.registration.signup.duplicates import address_key
from services.registration.signup.models import Event, Notice, Registration
from services.registration.signup.setup import settings_of

ADDRESS_FULL = "address-full"
# Somebody who types another's address gets no second mail sent to it within the hour.
PAUSE = timedelta(hours=1)


def report_attempt(session: Session, event: Event, email: str, now: datetime) -> None:
    """One more person was to be registered with an address that has its limit: the address hears of it.

    The first attempt is told at once; the later ones of the hour are counted, and told together at its end.
    """
    key = address_key(email)
    fresh = insert(Notice).values(event_id=event.id, address_key=key, kind=ADDRESS_FULL, sent_at=now)
    is_first = session.scalar(fresh.on_conflict_do_nothing().returning(Notice.kind)) is not None
    notice = session.get_one(Notice, (event.id, key, ADDRESS_FULL), with_for_update=True)
    notice.untold += 1
    notice.untold_since = notice.untold_since or now
    if is_first or notice.sent_at <= now - PAUSE:
        _tell(session, event, notice, now)


def tell_untold(session: Session, now: datetime) -> int:
    """Write about the attempts of the hours that have ended; to how many addresses."""
    ended = select(Notice).where(Notice.untold > 0, Notice.sent_at <= now - PAUSE)
    notices = session.scalars(ended.with_for_update(skip_locked=True)).all()
    for notice in notices:
        _tell(session, session.get_one(Event, notice.event_id), notice, now)
    return len(notices)


def _tell(session: Session, event: Event, notice: Notice, now: datetime) -> None:
    registered = select(Registration).where(
        Registration.event_id == event.id,
        Registration.address_key == notice.address_key,
        Registration.status != "cancelled",
    )
    owner = session.scalar(registered.order_by(Registration.address_slot).limit(1))
    # Where all have cancelled since, nobody is there to tell, and the address has room again.
    if owner is not None:
        limit = settings_of(session, event.id).places_per_address
        since = notice.untold_since or now
        letter = letters.address_full(event, attempts=notice.untold, since=since, limit=limit)
        reason = f"{notice.address_key}:{now.isoformat()}"
        mails.send_to_owner(session, event, owner, letter, reason=reason)
    notice.sent_at, notice.untold, notice.untold_since = now, 0, None
