"""Forgetting what has served its purpose."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.registration.accounts.models import SignIn
from services.registration.attendees.models import ChangeLink
from services.registration.signup.models import Notice

# Long after the pauses and lives that these rows stand for, so that nothing is forgotten too early.
KEEP_TRACES = timedelta(days=1)
# A token that ended last month may still be asked after.
KEEP_SIGN_INS = timedelta(days=90)


def forget_expired(session: Session, now: datetime) -> None:
    """Delete used-up change links, notes of mails sent and sign-ins that ended long ago."""
    session.execute(delete(ChangeLink).where(ChangeLink.expires_at < now - KEEP_TRACES))
    session.execute(delete(Notice).where(Notice.sent_at < now - KEEP_TRACES))
    session.execute(delete(SignIn).where(SignIn.expires_at < now - KEEP_SIGN_INS))
